const BITS = 32;

/** A set of whole numbers from 0, one bit each up to the largest. */
export class PlaceSet {
	#words = new Uint32Array(1_024);

	add(place: number): void {
		const word = Math.floor(place / BITS);
		if (word >= this.#words.length) {
			const grown = new Uint32Array(Math.max(word + 1, this.#words.length * 2));
			grown.set(this.#words);
			this.#words = grown;
		}
		this.#words[word] = (this.#words[word] ?? 0) | (1 << (place % BITS));
	}

	has(place: number): boolean {
		return (((this.#words[Math.floor(place / BITS)] ?? 0) >>> (place % BITS)) & 1) === 1;
	}
}
