/**
 * A row of the exact join: what it is known by, what must agree, and where it came from, in words of 32 bits. The
 * key and the mark are numbers of 64 bits or hashes of as many; the amount is any safe integer.
 */
export const ROW_WORDS = 7;
export const KEY_HIGH = 0;
export const KEY_LOW = 1;
export const AMOUNT_HIGH = 2;
export const AMOUNT_LOW = 3;
export const MARK_HIGH = 4;
export const MARK_LOW = 5;
export const PLACE = 6;

const HIGH = 0x1_0000_0000;

/** The two sides of a join, as places in arrays. */
export const LEFT = 0;
export const RIGHT = 1;
export type Side = typeof LEFT | typeof RIGHT;

/** Upper word of a safe integer; signed amounts keep their sign in it. */
export function highOf(amount: number): number {
	return Math.floor(amount / HIGH) >>> 0;
}

/** The amount of the row that begins at a word. */
export function amountAt(words: Uint32Array, offset: number): number {
	const high = (words[offset + AMOUNT_HIGH] ?? 0) | 0;
	return high * HIGH + (words[offset + AMOUNT_LOW] ?? 0);
}

/** Spreads a key over 32 bits: the upper ones choose the partition, the lower ones the slot in its table. */
export function spread(high: number, low: number): number {
	let mixed = Math.imul(low ^ (low >>> 15), 0x2c1b_3c6d) ^ Math.imul(high, 0x297a_2d39);
	mixed = Math.imul(mixed ^ (mixed >>> 12), 0x9e37_79b1);
	mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85eb_ca77);
	return (mixed ^ (mixed >>> 16)) >>> 0;
}
