import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { type HostKey, hostKeyName } from "../../host/host-key.ts";

/** Ed25519 by the platform, from a seed of 32 bytes (RFC 8032): shares nothing with the terminal's own signer. */
export interface TestKey {
	readonly publicKey: Uint8Array;
	sign(bytes: Uint8Array): Uint8Array;
}

/** Head of a PKCS #8 Ed25519 key (RFC 8410, section 7); the seed follows. */
const pkcs8Head = Buffer.from("302e020100300506032b657004220420", "hex");

export function keyOfSeed(seed: Uint8Array): TestKey {
	const der = Buffer.concat([pkcs8Head, seed]);
	const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
	const { x = "" } = createPublicKey(key).export({ format: "jwk" });
	return {
		publicKey: new Uint8Array(Buffer.from(x, "base64url")),
		sign: (bytes) => new Uint8Array(sign(null, bytes, key)),
	};
}

const fixed = keyOfSeed(new Uint8Array(32).fill(0x48));

/** The key of a host that cosigns the same at every run. */
export const testHostKey: HostKey = { ...fixed, name: hostKeyName(fixed.publicKey) };
