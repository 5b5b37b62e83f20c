/**
 * Hashes texts to two words. Not for secrets, and equal words are no proof: where the texts themselves are not
 * compared afterwards, two hashes are taken together whose seeds are drawn afresh, so that nobody can write a file
 * whose references meet on purpose.
 */
export class TextHash {
	readonly #seed: number;
	high = 0;
	low = 0;

	constructor(seed: number) {
		this.#seed = seed | 0;
	}

	/** Puts the hash of a text into `high` and `low`. */
	take(text: string): void {
		let high = this.#seed ^ 0x243f_6a88;
		let low = Math.imul(this.#seed, 0x9e37_79b1) ^ text.length;
		for (let place = 0; place < text.length; place++) {
			const unit = text.charCodeAt(place);
			high = Math.imul(high ^ unit, 0xcc9e_2d51);
			high = (high << 13) | (high >>> 19);
			low = Math.imul(low ^ unit ^ (high >>> 7), 0x1b87_3593);
			low = (low << 15) | (low >>> 17);
		}
		this.high = finish(high ^ (low >>> 5));
		this.low = finish(low ^ Math.imul(high, 0x297a_2d39));
	}
}

function finish(word: number): number {
	let mixed = Math.imul(word ^ (word >>> 16), 0x85eb_ca6b);
	mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
	return (mixed ^ (mixed >>> 16)) >>> 0;
}
