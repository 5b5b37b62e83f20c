import { createHash, randomBytes } from "node:crypto";
import type { Entropy } from "../../firmware/core/port.ts";

/** Bytes that depend only on the seed and on how many were read: SHA-256 in counter mode. Not for real secrets. */
export class SeededEntropy implements Entropy {
	readonly #seed: string;
	#counter = 0;
	#left: Uint8Array = new Uint8Array();

	constructor(seed: string) {
		this.#seed = seed;
	}

	read(length: number): Uint8Array {
		const bytes = new Uint8Array(length);
		for (let filled = 0; filled < length; ) {
			if (this.#left.length === 0) this.#refill();
			const piece = this.#left.subarray(0, length - filled);
			bytes.set(piece, filled);
			filled += piece.length;
			this.#left = this.#left.subarray(piece.length);
		}
		return bytes;
	}

	/** A whole number from 0 to `below` - 1. The bias of the remainder does not matter for drills. */
	below(below: number): number {
		const [a = 0, b = 0, c = 0, d = 0] = this.read(4);
		return (a * 0x100_0000 + b * 0x1_0000 + c * 0x100 + d) % below;
	}

	#refill(): void {
		this.#left = createHash("sha256").update(`${this.#seed}/${this.#counter}`).digest();
		this.#counter += 1;
	}
}

/** Unpredictable bytes of the computer that runs the emulator. */
export const systemEntropy: Entropy = { read: (length) => new Uint8Array(randomBytes(length)) };
