/**
 * A small random generator with a seed, so that a replay can be repeated exactly: SplitMix32, the 32-bit form of
 * the SplitMix of Steele, Lea and Flood (2014). Not for secrets.
 */
export interface Random {
	/** Whole number from 0 to `bound - 1`; `bound` from 1 to 2^32. */
	readonly below: (bound: number) => number;
}

export function makeRandom(seed: number): Random {
	let state = seed >>> 0;
	const next = () => {
		state = (state + 0x9e3779b9) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
		mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
		return (mixed ^ (mixed >>> 16)) >>> 0;
	};
	// The bias of scaling 32 bits is at most bound / 2^32, which does not matter for choosing rows.
	return { below: (bound) => Math.floor((next() / 0x1_0000_0000) * bound) };
}

/** `count` different whole numbers from 0 to `bound - 1`, in rising order; all of them when there are fewer. */
export function chooseDistinct(random: Random, count: number, bound: number): number[] {
	const chosen = new Set<number>();
	const wanted = Math.min(count, bound);
	// Floyd's sampling: one draw for each number chosen, however large the bound.
	for (let top = bound - wanted; top < bound; top++) {
		const drawn = random.below(top + 1);
		chosen.add(chosen.has(drawn) ? top : drawn);
	}
	return [...chosen].sort((a, b) => a - b);
}
