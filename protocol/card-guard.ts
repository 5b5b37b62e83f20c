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
 * Looks at each run of digits and separators, and in it at every sequence of whole groups: in "table 12
 * 4111 1111 1111 1111" the number of the table must not hide the card's.
 */
function holdsCardNumber(length: number, codeAt: (index: number) => number): boolean {
	if (length < PAN_DIGITS_MIN) return false;
	let digits: number[] = [];
	let groupStarts: number[] = [];
	let inGroup = false;
	for (let index = 0; index <= length; index++) {
		// One past the end is no digit and no separator: it ends the last group.
		const code = codeAt(index);
		const digit = digitOf(code);
		if (digit !== undefined) {
			if (!inGroup) groupStarts.push(digits.length);
			inGroup = true;
			digits.push(digit);
			continue;
		}
		if (inGroup && groupStarts.some((start) => isCardNumber(digits, start))) return true;
		inGroup = false;
		if (isSeparator(code)) {
			groupStarts = groupStarts.filter((start) => digits.length - start < PAN_DIGITS_MAX);
		} else {
			digits = [];
			groupStarts = [];
		}
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

function isCardNumber(digits: readonly number[], start: number): boolean {
	const count = digits.length - start;
	if (count < PAN_DIGITS_MIN || count > PAN_DIGITS_MAX) return false;
	const fromTheRight = digits.slice(start).reverse();
	const sum = fromTheRight.reduce((total, digit, place) => {
		const doubled = place % 2 === 1 ? digit * 2 : digit;
		return total + (doubled > 9 ? doubled - 9 : doubled);
	}, 0);
	return sum % 10 === 0;
}
