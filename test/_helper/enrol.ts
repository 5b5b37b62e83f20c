import { randomBytes } from "node:crypto";
import { hmacSha256 } from "../../host/digest.ts";
import type { Store } from "../../host/store/store.ts";
import { CloseoutError } from "../../protocol/error.ts";
import { deriveEnrolmentKey, deriveTerminalKey } from "../../protocol/key.ts";

const CODE = "123456789012345678901234";

/** Enrols a terminal without a wire; returns its new epoch and key. */
export async function enrolInStore(
	store: Store,
	terminal: string,
	tenant = "shop",
): Promise<{ readonly epoch: number; readonly key: Uint8Array }> {
	await store.addTerminal({ tenant, terminal });
	const enrolmentKey = deriveEnrolmentKey(CODE, terminal, hmacSha256);
	await store.addEnrolment({ terminal, key: enrolmentKey, expiresS: 4_000_000_000 });
	const open = (await store.enrolmentKeys(terminal, tenant)).at(-1);
	if (open === undefined) throw new CloseoutError("ASSERTION", "no enrolment key");
	const nonces = { terminalNonce: randomBytes(16), hostNonce: randomBytes(16) };
	const { epoch } = await store.useEnrolment({ ...open, ...nonces });
	return { epoch, key: deriveTerminalKey(enrolmentKey, { ...nonces, epoch }, hmacSha256) };
}
