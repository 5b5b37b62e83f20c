import {
	AMOUNT_HIGH,
	AMOUNT_LOW,
	amountAt,
	KEY_HIGH,
	KEY_LOW,
	LEFT,
	MARK_HIGH,
	MARK_LOW,
	PLACE,
	RIGHT,
	ROW_WORDS,
	spread,
} from "./layout.ts";
import { PARTITIONS, type PartitionedRows } from "./rows.ts";

/** A row of a group, by where it came from. */
export interface JoinedRow {
	readonly place: number;
	readonly amountMinor: number;
}

/** All rows of one key, where they are not one on each side that say the same. One side may be empty. */
export interface Exception {
	readonly left: readonly JoinedRow[];
	readonly right: readonly JoinedRow[];
	/** Set when there is one row on each side and their marks are not the same. */
	readonly marksDiffer: boolean;
}

/** Told the places of two rows that agree. */
export type Agree = (left: number, right: number) => void;

/**
 * Full outer hash join by key, partition by partition. Keys with exactly one row on each side, equal in amount and
 * mark, agree and are only counted, or told to `agree`; every other key is told with all its rows. Returns the number of keys that agree.
 */
export function joinExactly(
	rows: PartitionedRows,
	tell: (exception: Exception) => void,
	agree?: Agree,
): number {
	const scratch = new Scratch();
	let agreed = 0;
	for (let partition = 0; partition < PARTITIONS; partition++) {
		const leftRows = rows.rowsOf(LEFT, partition);
		const rightRows = rows.rowsOf(RIGHT, partition);
		if (leftRows + rightRows === 0) continue;
		scratch.fit(leftRows, rightRows);
		rows.copy(LEFT, partition, scratch.left);
		rows.copy(RIGHT, partition, scratch.right);
		agreed += joinPartition(scratch, leftRows, rightRows, tell, agree);
	}
	return agreed;
}

/** Room that all partitions use in turn. Numbers of rows in it are counted from 1; 0 is none. */
class Scratch {
	left = new Uint32Array(0);
	right = new Uint32Array(0);
	/** First left row of a key, by slot. */
	table = new Uint32Array(0);
	/** What is known of a left row; see the states below. */
	state = new Uint8Array(0);
	/** The right row that met a first left row. */
	partner = new Uint32Array(0);
	/** Another row of the same key and side; the left rows come first. */
	next = new Uint32Array(0);

	fit(leftRows: number, rightRows: number): void {
		const rows = leftRows + rightRows;
		if (this.left.length < leftRows * ROW_WORDS) this.left = grown(leftRows * ROW_WORDS);
		if (this.right.length < rightRows * ROW_WORDS) this.right = grown(rightRows * ROW_WORDS);
		if (this.partner.length < leftRows) {
			this.partner = grown(leftRows);
			this.state = new Uint8Array(this.partner.length);
		}
		if (this.next.length < rows) this.next = grown(rows);
		const slots = slotsFor(leftRows);
		if (this.table.length < slots) this.table = new Uint32Array(slots);
	}
}

/** The first row of its key, which no right row met, or which one met that says the same. */
const UNMET = 0;
const AGREED = 1;
/** The first row of a key that something is the matter with. */
const DIFFERS = 2;
/** Another row of a key that has a first one. */
const FOLLOWER = 3;

/** Some more than asked for, because the next partition may be a little larger. */
function grown(length: number): Uint32Array<ArrayBuffer> {
	return new Uint32Array(Math.ceil(length * 1.25));
}

/** A power of two with room for all rows and at least as many free slots. */
function slotsFor(rows: number): number {
	return 2 ** Math.max(4, Math.ceil(Math.log2(rows * 2 + 1)));
}

function joinPartition(
	scratch: Scratch,
	leftRows: number,
	rightRows: number,
	tell: (exception: Exception) => void,
	agree: Agree | undefined,
): number {
	const { left, right, partner, state, next } = scratch;
	const table = scratch.table.subarray(0, slotsFor(leftRows)).fill(0);
	partner.fill(0, 0, leftRows);
	state.fill(UNMET, 0, leftRows);
	next.fill(0, 0, leftRows + rightRows);
	enter(left, leftRows, table, state, next);
	const alone: number[] = [];
	for (let row = 0; row < rightRows; row++) {
		const at = row * ROW_WORDS;
		const first =
			table[slotOf(left, table, right[at + KEY_HIGH] ?? 0, right[at + KEY_LOW] ?? 0)] ?? 0;
		if (first === 0) {
			alone.push(row);
			continue;
		}
		const met = partner[first - 1] ?? 0;
		next[leftRows + row] = met;
		partner[first - 1] = row + 1;
		const single = met === 0 && next[first - 1] === 0;
		const agrees = single && isSame(left, (first - 1) * ROW_WORDS, right, at);
		state[first - 1] = agrees ? AGREED : DIFFERS;
	}
	tellAlone(right, alone, tell);
	return tellMet(scratch, leftRows, tell, agree);
}

/** Slot of a key: the one where it is, or the free one where it belongs. */
function slotOf(left: Uint32Array, table: Uint32Array, high: number, low: number): number {
	const mask = table.length - 1;
	let slot = spread(high, low) & mask;
	for (let found = table[slot] ?? 0; found !== 0; found = table[slot] ?? 0) {
		const at = (found - 1) * ROW_WORDS;
		if (left[at + KEY_LOW] === low && left[at + KEY_HIGH] === high) break;
		slot = (slot + 1) & mask;
	}
	return slot;
}

/** Enters the left rows; a key's further rows hang on its first one. */
function enter(
	left: Uint32Array,
	rows: number,
	table: Uint32Array,
	state: Uint8Array,
	next: Uint32Array,
): void {
	for (let row = 0; row < rows; row++) {
		const at = row * ROW_WORDS;
		const slot = slotOf(left, table, left[at + KEY_HIGH] ?? 0, left[at + KEY_LOW] ?? 0);
		const first = table[slot] ?? 0;
		if (first === 0) table[slot] = row + 1;
		else {
			state[row] = FOLLOWER;
			next[row] = next[first - 1] ?? 0;
			next[first - 1] = row + 1;
		}
	}
}

function isSame(left: Uint32Array, at: number, right: Uint32Array, other: number): boolean {
	return (
		left[at + AMOUNT_LOW] === right[other + AMOUNT_LOW] &&
		left[at + AMOUNT_HIGH] === right[other + AMOUNT_HIGH] &&
		sameMark(left, at, right, other)
	);
}

function sameMark(left: Uint32Array, at: number, right: Uint32Array, other: number): boolean {
	return (
		left[at + MARK_LOW] === right[other + MARK_LOW] &&
		left[at + MARK_HIGH] === right[other + MARK_HIGH]
	);
}

function tellMet(
	{ left, right, partner, state, next }: Scratch,
	leftRows: number,
	tell: (exception: Exception) => void,
	agree: Agree | undefined,
): number {
	let agreed = 0;
	for (let row = 0; row < leftRows; row++) {
		const known = state[row];
		if (known === AGREED) {
			agreed += 1;
			if (agree !== undefined) agree(placeAt(left, row), placeAt(right, (partner[row] ?? 0) - 1));
		} else if (known !== FOLLOWER) {
			const first = [row, ...chain(next, next[row] ?? 0, 0)];
			const second = chain(next, partner[row] ?? 0, leftRows);
			const [other] = second;
			const single = first.length === 1 && second.length === 1 && other !== undefined;
			tell({
				left: rowsAt(left, first),
				right: rowsAt(right, second),
				marksDiffer: single && !sameMark(left, row * ROW_WORDS, right, other * ROW_WORDS),
			});
		}
	}
	return agreed;
}

/** Rows of a chain that begins with the row counted from 1; the links of a side begin at `offset`. */
function chain(next: Uint32Array, first: number, offset: number): number[] {
	const rows: number[] = [];
	for (let row = first; row !== 0; row = next[offset + row - 1] ?? 0) rows.push(row - 1);
	return rows;
}

/** Right rows whose key no left row has, grouped by it. They may be all there are. */
function tellAlone(
	right: Uint32Array,
	alone: readonly number[],
	tell: (exception: Exception) => void,
): void {
	const rows = new Uint32Array(alone.length * ROW_WORDS);
	for (const [index, row] of alone.entries()) {
		rows.set(right.subarray(row * ROW_WORDS, (row + 1) * ROW_WORDS), index * ROW_WORDS);
	}
	const state = new Uint8Array(alone.length);
	const next = new Uint32Array(alone.length);
	enter(rows, alone.length, new Uint32Array(slotsFor(alone.length)), state, next);
	for (let row = 0; row < alone.length; row++) {
		if (state[row] === FOLLOWER) continue;
		const same = [row, ...chain(next, next[row] ?? 0, 0)];
		tell({ left: [], right: rowsAt(rows, same), marksDiffer: false });
	}
}

function placeAt(words: Uint32Array, row: number): number {
	return words[row * ROW_WORDS + PLACE] ?? 0;
}

/** In the order in which they were added. */
function rowsAt(words: Uint32Array, rows: readonly number[]): JoinedRow[] {
	return rows
		.map((row) => ({
			place: placeAt(words, row),
			amountMinor: amountAt(words, row * ROW_WORDS),
		}))
		.sort((a, b) => a.place - b.place);
}
