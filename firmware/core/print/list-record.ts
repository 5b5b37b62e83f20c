import {
	type AnyRecord,
	decodeRecord,
	type EncodedRecord,
	outcome,
	outcomeSource,
	type RecordBody,
	type RecordOf,
	recordKinds,
	type Stamp,
	schemeGroup,
	stamp,
	transactionType,
} from "../../../protocol/record.ts";
import { decodeUtf8 } from "../../../protocol/utf8.ts";

/** What a list says of an intent and of an outcome: all that is taken out of most of the records it reads. */
export type ListIntent = Pick<
	RecordBody<"intent">,
	"type" | "amountMinor" | "currency" | "trace" | "original" | "order"
>;
export type ListOutcome = Pick<
	RecordBody<"outcome">,
	"transaction" | "outcome" | "source" | "group" | "response" | "lastFour"
>;
export type ListStamp = Pick<Stamp, "wallS" | "zoneMinutes">;

interface Listed<K extends "intent" | "outcome", B> {
	readonly kind: K;
	readonly stamp: ListStamp;
	readonly body: B;
}

export type ListRecord =
	| Listed<"intent", ListIntent>
	| Listed<"outcome", ListOutcome>
	| RecordOf<Exclude<AnyRecord["kind"], "intent" | "outcome">>;

/** A payload of these kinds: the head of a CBOR array with so many items. */
const intentHead = 0x80 + stamp.fieldNames.length + recordKinds.intent.body.fieldNames.length;
const outcomeHead = 0x80 + stamp.fieldNames.length + recordKinds.outcome.body.fieldNames.length;
const NULL = 0xf6;

const types = namesByNumber(transactionType);
const outcomes = namesByNumber(outcome);
const sources = namesByNumber(outcomeSource);
const groups = namesByNumber(schemeGroup);

function namesByNumber<N extends string>(choice: {
	readonly names: readonly N[];
	readonly numbers: Readonly<Record<N, number>>;
}): readonly (N | undefined)[] {
	const found: (N | undefined)[] = [];
	for (const name of choice.names) found[choice.numbers[name]] = name;
	return found;
}

/**
 * What a list says of a record. The fields are read where they stand, without the checks of `decodeRecord`: these were
 * made before the record was kept, and its hash is that of then.
 */
export function decodeForList(record: EncodedRecord): ListRecord {
	const { kind, payload } = record;
	if (kind === recordKinds.intent.number && payload[0] === intentHead) return intentOf(payload);
	if (kind === recordKinds.outcome.number && payload[0] === outcomeHead) return outcomeOf(payload);
	return decodeRecord(record);
}

function intentOf(payload: Uint8Array): Listed<"intent", ListIntent> {
	const cursor = new Cursor(payload);
	const stamp = stampOf(cursor);
	const type = types[cursor.uint()] ?? "sale";
	cursor.skip();
	const amountMinor = cursor.uint();
	const currency = cursor.text() ?? "";
	const trace = cursor.isNull() ? null : cursor.uint();
	const original = cursor.isNull() ? null : cursor.uint();
	const order = cursor.text();
	return { kind: "intent", stamp, body: { type, amountMinor, currency, trace, original, order } };
}

function outcomeOf(payload: Uint8Array): Listed<"outcome", ListOutcome> {
	const cursor = new Cursor(payload);
	const stamp = stampOf(cursor);
	const transaction = cursor.uint();
	const outcome = outcomes[cursor.uint()] ?? "unknown";
	const source = sources[cursor.uint()] ?? "app";
	const group = groups[cursor.uint()] ?? "domestic";
	for (let field = 0; field < 3; field++) cursor.skip();
	const response = cursor.text();
	const lastFour = cursor.text();
	return {
		kind: "outcome",
		stamp,
		body: { transaction, outcome, source, group, response, lastFour },
	};
}

function stampOf(cursor: Cursor): ListStamp {
	const wallS = cursor.uint();
	const zoneMinutes = cursor.int();
	cursor.skip();
	cursor.skip();
	return { wallS, zoneMinutes };
}

/** Goes through the items of a CBOR array that was made by `encodeRecord`. */
class Cursor {
	readonly #bytes: Uint8Array;
	#at = 1;

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
	}

	uint(): number {
		const first = this.#bytes[this.#at++] ?? 0;
		return first < 24 ? first : this.#argument(first & 31);
	}

	int(): number {
		const first = this.#bytes[this.#at] ?? 0;
		if (first < 0x20) return this.uint();
		this.#at++;
		const info = first & 31;
		return -1 - (info < 24 ? info : this.#argument(info));
	}

	/** Steps over a null. */
	isNull(): boolean {
		if (this.#bytes[this.#at] !== NULL) return false;
		this.#at++;
		return true;
	}

	text(): string | null {
		const first = this.#bytes[this.#at++] ?? NULL;
		if (first === NULL) return null;
		const info = first & 31;
		const length = info < 24 ? info : this.#argument(info);
		const start = this.#at;
		this.#at = start + length;
		return shortText(this.#bytes, start, length);
	}

	skip(): void {
		const first = this.#bytes[this.#at++] ?? 0;
		const info = first & 31;
		if (first === NULL || first < 24) return;
		const argument = info < 24 ? info : this.#argument(info);
		if (first >= 0x60) this.#at += argument;
	}

	#argument(info: number): number {
		const bytes = this.#bytes;
		let value = 0;
		for (let left = 1 << (info - 24); left > 0; left--) {
			value = value * 256 + (bytes[this.#at++] ?? 0);
		}
		return value;
	}
}

/** Most texts of a list are four ASCII characters or fewer; those are not worth a decoder. */
function shortText(bytes: Uint8Array, at: number, length: number): string {
	const a = bytes[at] ?? 0;
	const b = bytes[at + 1] ?? 0;
	const c = bytes[at + 2] ?? 0;
	const d = bytes[at + 3] ?? 0;
	if (length === 4 && (a | b | c | d) < 0x80) return String.fromCharCode(a, b, c, d);
	if (length === 3 && (a | b | c) < 0x80) return String.fromCharCode(a, b, c);
	if (length === 2 && (a | b) < 0x80) return String.fromCharCode(a, b);
	return decodeUtf8(bytes.subarray(at, at + length));
}
