import type { CborValue } from "./cbor.ts";
import { CloseoutError } from "./error.ts";

/** Lengths of a primary account number, ISO/IEC 7812-1. */
const PAN_DIGITS_MIN = 13;
const PAN_DIGITS_MAX = 19;

/**
 * Throws `CARD_DATA` when any text or byte string of the value holds 13 to 19 digits that pass the Luhn check
 * (ISO/IEC 7812-1, annex B). The digits may stand in groups with spaces and hyphens between them, full-width
 * forms included, and other groups may stand before and after. No field of ours may hold a card number, so a hit
 * is somebody's mistake and must not reach the media (PCI DSS 3.3.1, 3.4.1).
 */
export function refuseCardNumbers(value: CborValue, path: string): void {
	if (typeof value === "string") {
		if (holdsCardNumber(value.length, (index) => value.charCodeAt(index))) throw cardData(path);
	} else if (value instanceof Uint8Array) {
		if (holdsCardNumber(value.length, (index) => value[index] ?? 0)) throw cardData(path);
	} else if (Array.isArray(value)) {
		for (const item of value) refuseCardNumbers(item, path);
	}
}

function cardData(path: string): CloseoutError {
	return new CloseoutError(
		"CARD_DATA",
		`${path} holds what looks like a card number; send the last four digits only`,
	);
}

/**
 * Looks back from the end of each group of digits over the groups before it: in "table 12 4111 1111 1111 1111"
 * the number of the table must not hide the card's.
 */
function holdsCardNumber(length: number, codeAt: CodeAt): boolean {
	for (let end = PAN_DIGITS_MIN; end <= length; end++) {
		const isEnd = digitOf(codeAt(end - 1)) !== undefined && digitOf(codeAt(end)) === undefined;
		if (isEnd && endsInCardNumber(codeAt, end)) return true;
	}
	return false;
}

/** One before the first character and one behind the last are no digit and no separator. */
type CodeAt = (index: number) => number;

/** True when whole groups that end here are a card number; adds up the Luhn sum from its last digit. */
function endsInCardNumber(codeAt: CodeAt, end: number): boolean {
	let count = 0;
	let sum = 0;
	for (let index = end - 1; count < PAN_DIGITS_MAX; index--) {
		const code = codeAt(index);
		const digit = digitOf(code);
		if (digit === undefined) {
			if (isSeparator(code)) continue;
			return false;
		}
		count += 1;
		const doubled = count % 2 === 0 ? digit * 2 : digit;
		sum += doubled > 9 ? doubled - 9 : doubled;
		const isWhole = count >= PAN_DIGITS_MIN && digitOf(codeAt(index - 1)) === undefined;
		if (isWhole && sum % 10 === 0) return true;
	}
	return false;
}

/** ASCII digits, and the full-width ones that Chinese input methods write. */
function digitOf(code: number): number | undefined {
	if (code >= 0x30 && code <= 0x39) return code - 0x30;
	if (code >= 0xff10 && code <= 0xff19) return code - 0xff10;
	return undefined;
}

/** Spaces and hyphens: ASCII, no-break, U+2010 to U+2015, ideographic and full-width. */
function isSeparator(code: number): boolean {
	if (code === 0x20 || code === 0x2d) return true;
	if (code === 0xa0 || code === 0x3000 || code === 0xff0d) return true;
	return code >= 0x2010 && code <= 0x2015;
}
