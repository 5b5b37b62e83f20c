import { encodeCbor } from "./cbor.ts";
import { CloseoutError } from "./error.ts";
import { SERVICE_DIGITS } from "./limits.ts";
import type { Address, Hmac } from "./message.ts";

/** Numbers of the codes that a person reads out and types: 0 to this, without it. */
const CODES = 10 ** SERVICE_DIGITS;

/** The digits of a challenge or a response as a person types them, in groups or not. Throws `USAGE`. */
export function normaliseServiceCode(typed: string): string {
	const digits = typed.replace(/[\s-]/g, "");
	if (digits.length === SERVICE_DIGITS && /^\d+$/.test(digits)) return digits;
	throw new CloseoutError(
		"USAGE",
		`"${typed}" is no challenge; it is the ${SERVICE_DIGITS} digits on the terminal's screen`,
	);
}

/** The digits of a new challenge from six unpredictable bytes. */
export function serviceChallenge(random: Uint8Array): string {
	return digitsOf(random);
}

/**
 * What lets a technician in: both sides compute it from the terminal's key of this epoch, so a challenge of one
 * terminal or life opens no other. The first six bytes of the mac, big-endian, modulo 100,000,000.
 */
export function deriveServiceResponse(
	key: Uint8Array,
	{ terminal, epoch, challenge }: Address & { readonly challenge: string },
	hmac: Hmac,
): string {
	return digitsOf(hmac(key, encodeCbor(["closeout/service/1", terminal, epoch, challenge])));
}

/**
 * What approves one copy where the host is not reached: made like the response for a technician, for a challenge that
 * the terminal shows for this copy alone. Neither of the two stands for the other.
 */
export function deriveReprintCode(
	key: Uint8Array,
	{ terminal, epoch, challenge }: Address & { readonly challenge: string },
	hmac: Hmac,
): string {
	return digitsOf(hmac(key, encodeCbor(["closeout/reprint/1", terminal, epoch, challenge])));
}

/** Six bytes hold 2.8 million times as many values as there are codes: none is noticeably likelier. */
function digitsOf(bytes: Uint8Array): string {
	let value = 0;
	for (let index = 0; index < 6; index++) value = value * 256 + (bytes[index] ?? 0);
	return String(value % CODES).padStart(SERVICE_DIGITS, "0");
}
