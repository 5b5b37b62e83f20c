import { refuseCardNumbers } from "../../protocol/card-guard.ts";
import { type CborValue, decodeCbor } from "../../protocol/cbor.ts";
import { CloseoutError } from "../../protocol/error.ts";
import type { WireRecord } from "../../protocol/message.ts";
import { recordKindName, recordKinds, stampFields } from "../../protocol/record.ts";

/** Where a record that came from a terminal holds what looks like a card number. */
export interface CardFinding {
	readonly sequence: number;
	/** Kind and field by name, or by number where they are not known here. */
	readonly field: string;
}

/** Least integer with as many digits as a card number; nobody counts or keeps time that far. */
const CARD_INTEGER_MIN = 1_000_000_000_000;
const CARD_DIGITS_MIN = 13;
const UINT64_HEAD = 0x1b;
const NINT64_HEAD = 0x3b;

/**
 * The first of these records, of which the first has the sequence `from`, that holds a card number. An honest terminal
 * refuses such a record itself, so a hit is a hostile one or a broken one, and its bytes must not be kept
 * (PCI DSS 3.3.1, 3.4.1).
 */
export function findCardNumber(
	records: readonly WireRecord[],
	from: number,
): CardFinding | undefined {
	for (const [index, record] of records.entries()) {
		const field = fieldWithCard(record);
		if (field !== undefined) return { sequence: from + index, field };
	}
	return undefined;
}

/** True when a text, a byte string or an integer in the value reads as a card number. */
export function holdsCardNumber(value: CborValue): boolean {
	if (typeof value === "number" || typeof value === "bigint") return isCardInteger(value);
	if (Array.isArray(value)) return value.some(holdsCardNumber);
	if (value instanceof Uint8Array) return mayHoldDigits(value) && holdsCardNumber(asText(value));
	try {
		refuseCardNumbers(value, "value");
		return false;
	} catch (error) {
		if (error instanceof CloseoutError && error.code === "CARD_DATA") return true;
		throw error;
	}
}

function isCardInteger(value: number | bigint): boolean {
	const digits = value < 0 ? -value : value;
	return digits >= CARD_INTEGER_MIN && holdsCardNumber(`${BigInt(digits)}`);
}

/** False when there are too few bytes that may end a digit: ASCII ones, and the last bytes of full-width ones in UTF-8. */
function mayHoldDigits(bytes: Uint8Array): boolean {
	let digits = 0;
	for (const byte of bytes) {
		const low = byte & 0x0f;
		const high = byte >> 4;
		if (low <= 9 && (high === 0x3 || high === 0x9)) digits += 1;
	}
	return digits >= CARD_DIGITS_MIN;
}

function fieldWithCard({ kind, payload }: WireRecord): string | undefined {
	const items = itemsOf(payload);
	const name = recordKindName(kind);
	if (items === undefined) return holdsInBytes(payload) ? `${name ?? kind}, unreadable` : undefined;
	const place = items.findIndex(holdsCardNumber);
	if (place === -1) return undefined;
	const names = [
		...Object.keys(stampFields),
		...(name === undefined ? [] : recordKinds[name].body.fieldNames),
	];
	return `${name ?? kind}.${names[place] ?? place}`;
}

/** The items of a payload; undefined when it is no array of the wire's CBOR. */
function itemsOf(payload: Uint8Array): readonly CborValue[] | undefined {
	try {
		const value = decodeCbor(payload);
		return Array.isArray(value) ? value : undefined;
	} catch (error) {
		if (error instanceof CloseoutError) return undefined;
		throw error;
	}
}

/** Of bytes that cannot be read as a record nothing is known, so they are looked at in every way that a card may stand. */
function holdsInBytes(payload: Uint8Array): boolean {
	if (holdsCardNumber(payload)) return true;
	const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
	for (let at = 0; at + 9 <= payload.length; at++) {
		const head = payload[at];
		if (head !== UINT64_HEAD && head !== NINT64_HEAD) continue;
		if (isCardInteger(view.getBigUint64(at + 1))) return true;
	}
	return false;
}

/** The text that bytes may be: sequences of UTF-8 of two and three bytes, and every other byte for itself. */
function asText(payload: Uint8Array): string {
	let text = "";
	for (let at = 0; at < payload.length; at++) {
		const [lead = 0, second = 0, third = 0] = payload.subarray(at, at + 3);
		const isTwo = lead >= 0xc2 && lead <= 0xdf && second >> 6 === 2;
		const isThree = lead >> 4 === 0xe && second >> 6 === 2 && third >> 6 === 2;
		if (isTwo) text += String.fromCharCode(((lead & 0x1f) << 6) | (second & 0x3f));
		else if (isThree)
			text += String.fromCharCode(((lead & 0xf) << 12) | ((second & 0x3f) << 6) | (third & 0x3f));
		else text += String.fromCharCode(lead);
		at += isThree ? 2 : isTwo ? 1 : 0;
	}
	return text;
}
