import type { Signer } from "../../firmware/core/port.ts";
import { concatBytes, equalBytes } from "../../protocol/bytes.ts";
import { sha256 } from "./digest.ts";

/** What only the holder of a key is asked to make: no signature, but one that any engine computes at once. */
export function fakeSignature(publicKey: Uint8Array, bytes: Uint8Array): Uint8Array {
	const once = sha256(concatBytes(publicKey, bytes));
	return concatBytes(once, sha256(once));
}

export function fakeSigner(seed = 1): Signer {
	const publicKey = new Uint8Array(32).fill(seed);
	return {
		publicKey: () => publicKey,
		sign: (bytes) => fakeSignature(publicKey, bytes),
		verify: (key, bytes, signature) => equalBytes(fakeSignature(key, bytes), signature),
	};
}
