import type { CborValue } from "./cbor.ts";
import { CloseoutError } from "./error.ts";

/** Lengths of a primary account number, ISO/IEC 7812-1. */
const PAN_DIGITS_MIN = 13;
const PAN_DIGITS_MAX = 19;

/**
 * Throws `CARD_DATA` when any text or byte string of the value holds a run of 13 to 19 digits that passes the
 * Luhn check (ISO/IEC 7812-1, annex B); spaces and hyphens inside the run do not hide it. No field of ours may
 * hold a card number, so a hit is somebody's mistake and must not reach the media (PCI DSS 3.3.1, 3.4.1).
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

function holdsCardNumber(length: number, codeAt: (index: number) => number): boolean {
	if (length < PAN_DIGITS_MIN) return false;
	let digits: number[] = [];
	for (let index = 0; index <= length; index++) {
		const code = index < length ? codeAt(index) : 0;
		if (code >= 0x30 && code <= 0x39) {
			digits.push(code - 0x30);
		} else if (digits.length > 0 && !isSeparator(code)) {
			if (isCardNumber(digits)) return true;
			digits = [];
		}
	}
	return false;
}

function isSeparator(code: number): boolean {
	return code === 0x20 || code === 0x2d;
}

function isCardNumber(digits: readonly number[]): boolean {
	if (digits.length < PAN_DIGITS_MIN || digits.length > PAN_DIGITS_MAX) return false;
	let sum = 0;
	for (let place = 0; place < digits.length; place++) {
		const digit = digits[digits.length - 1 - place] ?? 0;
		const doubled = place % 2 === 1 ? digit * 2 : digit;
		sum += doubled > 9 ? doubled - 9 : doubled;
	}
	return sum % 10 === 0;
}
