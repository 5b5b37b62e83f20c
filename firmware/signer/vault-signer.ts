import { getPublicKey, hashes, sign, verify } from "@noble/ed25519";
import { sha512 } from "@noble/hashes/sha2.js";
import type { Entropy, Signer, Vault } from "../core/port.ts";

const SEED_ENTRY = "signer.seed";
const SEED_BYTES = 32;

/**
 * Signs with a seed in the vault: the one that was provisioned there, or one that is made at the first use and kept
 * for good. For platforms that have no signing of their own.
 */
export class VaultSigner implements Signer {
	readonly #vault: Vault;
	readonly #entropy: Entropy;
	#seed: Uint8Array | undefined;
	#publicKey: Uint8Array | undefined;

	constructor({ vault, entropy }: { readonly vault: Vault; readonly entropy: Entropy }) {
		this.#vault = vault;
		this.#entropy = entropy;
		hashes.sha512 = sha512;
	}

	publicKey(): Uint8Array {
		this.#publicKey ??= getPublicKey(this.#secret());
		return this.#publicKey.slice();
	}

	sign(bytes: Uint8Array): Uint8Array {
		return sign(bytes, this.#secret());
	}

	/** Strict as RFC 8032 has it, so that every side accepts the same signatures. */
	verify(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
		try {
			return verify(signature, bytes, publicKey, { zip215: false });
		} catch {
			// Bytes that are no point of the curve are no key of anybody.
			return false;
		}
	}

	#secret(): Uint8Array {
		this.#seed ??= this.#vault.read(SEED_ENTRY) ?? this.#make();
		return this.#seed;
	}

	#make(): Uint8Array {
		const seed = this.#entropy.read(SEED_BYTES);
		this.#vault.write(SEED_ENTRY, seed);
		return seed;
	}
}
