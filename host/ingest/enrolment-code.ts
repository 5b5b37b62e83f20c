import { randomInt } from "node:crypto";
import { deriveEnrolmentKey, ENROLMENT_CODE_DIGITS } from "../../protocol/key.ts";
import { ENROLMENT_VALID_S } from "../../protocol/limits.ts";
import { hmacSha256 } from "../digest.ts";
import type { Store } from "../store/store.ts";

/**
 * Makes a one-time code of 24 digits for a terminal, good for a day; an earlier one that was not used is void.
 * Only a key derived from it is kept, so it can be shown this once and not again. Throws `TERMINAL_UNKNOWN`.
 */
export async function createEnrolment(
	store: Pick<Store, "addEnrolment">,
	terminal: string,
	options: { readonly nowS: number; readonly validS?: number },
): Promise<{ readonly code: string; readonly expiresS: number }> {
	const digits = Array.from({ length: ENROLMENT_CODE_DIGITS }, () => randomInt(10));
	const code = digits.join("");
	const key = deriveEnrolmentKey(code, terminal, hmacSha256);
	const expiresS = options.nowS + (options.validS ?? ENROLMENT_VALID_S);
	await store.addEnrolment({ terminal, key, expiresS });
	return { code, expiresS };
}
