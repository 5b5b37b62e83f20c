import { encodeCbor } from "./cbor.ts";
import { CloseoutError } from "./error.ts";
import type { Hmac } from "./message.ts";
import { encodeUtf8 } from "./utf8.ts";

/** Digits of a one-time enrolment code: 24 decimal digits hold 79 bits, too many to try out off line. */
export const ENROLMENT_CODE_DIGITS = 24;

/** The 24 digits of a code as a person types it, in groups or not. Throws `USAGE`. */
export function normaliseEnrolmentCode(typed: string): string {
	const digits = typed.replace(/[\s-]/g, "");
	if (/^\d{24}$/.test(digits)) return digits;
	throw new CloseoutError(
		"USAGE",
		`an enrolment code has ${ENROLMENT_CODE_DIGITS} digits; ask the host for a new one`,
	);
}

/** Key of the two enrolment messages, from the code that both sides were given by a person. */
export function deriveEnrolmentKey(code: string, terminal: string, hmac: Hmac): Uint8Array {
	return hmac(encodeUtf8(normaliseEnrolmentCode(code)), encodeCbor(["closeout/enrol/1", terminal]));
}

/** The terminal's key of one epoch; never sent, both sides compute it from the enrolment messages. */
export function deriveTerminalKey(
	enrolmentKey: Uint8Array,
	made: {
		readonly terminalNonce: Uint8Array;
		readonly hostNonce: Uint8Array;
		readonly epoch: number;
	},
	hmac: Hmac,
): Uint8Array {
	return hmac(
		enrolmentKey,
		encodeCbor(["closeout/key/1", made.terminalNonce, made.hostNonce, made.epoch]),
	);
}
