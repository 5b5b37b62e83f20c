import { assert } from "../../../protocol/error.ts";
import { highOf, LEFT, RIGHT, ROW_WORDS, type Side, spread } from "./layout.ts";

/** Keeps full blocks that are more than memory should hold; they are asked for again in the order of keeping. */
export interface BlockKeeper {
	/** Takes a block over and gives what it is read back by. */
	keep(words: Uint32Array): number;
	/** Copies a kept block of as many words as `into` has. */
	read(id: number, into: Uint32Array): void;
}

export interface RowsOptions {
	/** Bytes of full blocks that stay in memory; what is more goes to the keeper. */
	readonly memoryBytes?: number;
	/** Needed only where rows may be more than memory holds; without it everything stays. */
	readonly keeper?: BlockKeeper;
}

/** Each partition is joined on its own, so that its table fits a processor's cache or at least the memory. */
export const PARTITIONS = 256;
const PARTITION_SHIFT = 24;

/** Rows of a partition's first block; each next one doubles up to the largest. */
const BLOCK_ROWS_MIN = 64;
const BLOCK_ROWS_MAX = 8_192;
/** The number of a row is one word. */
export const PLACES_MAX = 0xffff_ffff;

const MEMORY_BYTES = 1 << 30;

/** Blocks of one side of one partition: the full ones, in memory or kept elsewhere, and the one being filled. */
interface Pile {
	readonly full: { readonly words: number; readonly block: Uint32Array | undefined; id: number }[];
	block: Uint32Array;
	used: number;
	rows: number;
}

/**
 * Rows of two sides, dealt to partitions by their key as they come. Rows of one partition and side stay in the order
 * in which they were added.
 */
export class PartitionedRows {
	readonly #piles: readonly (readonly Pile[])[];
	readonly #keeper: BlockKeeper | undefined;
	readonly #memoryBytes: number;
	#heldBytes = 0;
	readonly #rows = [0, 0];

	constructor({ memoryBytes = MEMORY_BYTES, keeper }: RowsOptions = {}) {
		const pile = (): Pile => ({ full: [], block: new Uint32Array(0), used: 0, rows: 0 });
		this.#piles = [LEFT, RIGHT].map(() => Array.from({ length: PARTITIONS }, pile));
		this.#memoryBytes = memoryBytes;
		this.#keeper = keeper;
	}

	/** Adds a row; `amount` is a safe integer, the key, the mark and the place are words from 0 to 2^32 - 1. */
	add(
		side: Side,
		keyHigh: number,
		keyLow: number,
		amount: number,
		markHigh: number,
		markLow: number,
		place: number,
	): void {
		const pile = this.#piles[side]?.[spread(keyHigh, keyLow) >>> PARTITION_SHIFT];
		assert(pile !== undefined, "every key has a partition");
		if (pile.used === pile.block.length) this.#next(pile);
		const { block, used } = pile;
		block[used] = keyHigh;
		block[used + 1] = keyLow;
		block[used + 2] = highOf(amount);
		block[used + 3] = amount;
		block[used + 4] = markHigh;
		block[used + 5] = markLow;
		block[used + 6] = place;
		pile.used = used + ROW_WORDS;
		pile.rows += 1;
		this.#rows[side] = (this.#rows[side] ?? 0) + 1;
	}

	/** Rows of a side. */
	rows(side: Side): number {
		return this.#rows[side] ?? 0;
	}

	/** Rows of a side in one partition. */
	rowsOf(side: Side, partition: number): number {
		return this.#piles[side]?.[partition]?.rows ?? 0;
	}

	/** Copies the rows of one partition and side to the front of `into`, which has room for them. */
	copy(side: Side, partition: number, into: Uint32Array): void {
		const pile = this.#piles[side]?.[partition];
		assert(pile !== undefined, `partition ${partition} is one of ${PARTITIONS}`);
		let at = 0;
		for (const { words, block, id } of pile.full) {
			if (block !== undefined) into.set(block, at);
			else this.#keeper?.read(id, into.subarray(at, at + words));
			at += words;
		}
		into.set(pile.block.subarray(0, pile.used), at);
	}

	#next(pile: Pile): void {
		const words = pile.block.length;
		if (words > 0) {
			const bytes = words * Uint32Array.BYTES_PER_ELEMENT;
			if (this.#keeper !== undefined && this.#heldBytes + bytes > this.#memoryBytes) {
				pile.full.push({ words, block: undefined, id: this.#keeper.keep(pile.block) });
				if (words === BLOCK_ROWS_MAX * ROW_WORDS) {
					pile.used = 0;
					return;
				}
			} else {
				pile.full.push({ words, block: pile.block, id: 0 });
				this.#heldBytes += bytes;
			}
		}
		const rows = Math.min(Math.max((words / ROW_WORDS) * 2, BLOCK_ROWS_MIN), BLOCK_ROWS_MAX);
		pile.block = new Uint32Array(rows * ROW_WORDS);
		pile.used = 0;
	}
}
