import type { Entropy } from "../../firmware/core/port.ts";

/** Repeatable numbers from a seed (mulberry32); for tests only. */
export class Random implements Entropy {
	#state: number;

	constructor(seed: number) {
		this.#state = seed >>> 0;
	}

	/** Goes on with the same numbers as this one. */
	fork(): Random {
		return new Random(this.#state);
	}

	/** A number of 32 bits. */
	next(): number {
		this.#state = (this.#state + 0x6d2b_79f5) >>> 0;
		let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return (mixed ^ (mixed >>> 14)) >>> 0;
	}

	/** A whole number from 0 to `limit` - 1. */
	below(limit: number): number {
		return Math.floor((this.next() / 0x1_0000_0000) * limit);
	}

	read(length: number): Uint8Array {
		return Uint8Array.from({ length }, () => this.next() & 0xff);
	}
}
