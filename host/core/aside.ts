import { equalBytes } from "../../protocol/bytes.ts";
import { FLAG_LAST_OF_GROUP } from "../../protocol/chain.ts";
import type { WireRecord } from "../../protocol/message.ts";
import type { RecordHash } from "./stream.ts";

/** Records that came out of a file and follow one another. */
export interface AsidePiece {
	readonly from: number;
	/** Empty when it is lost: then the piece is one record, whose chain is as it was kept. */
	readonly previousChain: Uint8Array;
	readonly records: readonly WireRecord[];
	readonly endChain: Uint8Array;
}

/** A record with its place and chain. */
export interface PlacedRecord {
	readonly sequence: number;
	readonly record: WireRecord;
	readonly chain: Uint8Array;
}

export interface Place {
	readonly sequence: number;
	readonly chain: Uint8Array;
}

export function lastOfPiece({ from, records }: AsidePiece): number {
	return from + records.length - 1;
}

/** The records of a piece with their chains; undefined for a piece that does not give the chain it names. */
export function unfoldPiece(
	{ from, previousChain, records, endChain }: AsidePiece,
	hash: RecordHash,
): readonly PlacedRecord[] | undefined {
	let chain = previousChain;
	const placed = records.map((record, index) => {
		const sequence = from + index;
		chain = chain.length === 0 ? endChain : hash(chain, sequence, record);
		return { sequence, record, chain };
	});
	if (records.length === 0 || (previousChain.length === 0 && records.length > 1)) return undefined;
	return equalBytes(chain, endChain) ? placed : undefined;
}

/** True when a record follows from a chain. */
export function isNextTo(chain: Uint8Array, next: PlacedRecord, hash: RecordHash): boolean {
	return equalBytes(hash(chain, next.sequence, next.record), next.chain);
}

/** Records by their numbers; where they contradict one another, every version of them. */
export type Versions = ReadonlyMap<number, readonly PlacedRecord[]>;

export function versionsOf(records: Iterable<PlacedRecord>): Versions {
	const versions = new Map<number, PlacedRecord[]>();
	for (const placed of records) {
		const there = versions.get(placed.sequence) ?? [];
		if (!there.some(({ chain }) => equalBytes(chain, placed.chain))) there.push(placed);
		versions.set(placed.sequence, there);
	}
	return versions;
}

/** The records that follow a place by the chain, as far as they are there, at most up to `to`. */
export function runAfter(
	place: Place,
	versions: Versions,
	hash: RecordHash,
	to = Number.MAX_SAFE_INTEGER,
): readonly PlacedRecord[] {
	const run: PlacedRecord[] = [];
	let { sequence, chain } = place;
	while (sequence < to) {
		sequence += 1;
		const before = chain;
		const next = versions.get(sequence)?.find((one) => isNextTo(before, one, hash));
		if (next === undefined) break;
		run.push(next);
		chain = next.chain;
	}
	return run;
}

/** The records that lead to a record by the chain, in order, not below `from`. */
export function runBefore(
	target: PlacedRecord,
	versions: Versions,
	hash: RecordHash,
	from: number,
): readonly PlacedRecord[] {
	const run: PlacedRecord[] = [];
	let next = target;
	while (next.sequence > from) {
		const after = next;
		const before = versions
			.get(next.sequence - 1)
			?.find(({ chain }) => isNextTo(chain, after, hash));
		if (before === undefined) break;
		run.push(before);
		next = before;
	}
	return run.reverse();
}

/** A run up to the last end of a group: a group without its end never happened. */
export function wholeGroups(run: readonly PlacedRecord[]): readonly PlacedRecord[] {
	const end = run.findLastIndex(({ record }) => (record.flags & FLAG_LAST_OF_GROUP) !== 0);
	return run.slice(0, end + 1);
}

/** A run as pieces of at most `size` records. `previousChain` is empty where it is lost. */
export function piecesOf(
	run: readonly PlacedRecord[],
	previousChain: Uint8Array,
	size: number,
): readonly AsidePiece[] {
	const pieces: AsidePiece[] = [];
	let before = previousChain;
	for (let start = 0; start < run.length; ) {
		const part = run.slice(start, start + (before.length === 0 ? 1 : size));
		const [first] = part;
		const last = part.at(-1);
		if (first === undefined || last === undefined) break;
		const records = part.map(({ record }) => record);
		pieces.push({ from: first.sequence, previousChain: before, records, endChain: last.chain });
		before = last.chain;
		start += part.length;
	}
	return pieces;
}

/**
 * The records in as few runs as they make, each only once, whatever overlapped in what they came in. `before` gives
 * the chain before a record where it is known.
 */
export function runsOf(
	versions: Versions,
	hash: RecordHash,
	before: (first: PlacedRecord) => Uint8Array | undefined,
): readonly { readonly run: readonly PlacedRecord[]; readonly previousChain: Uint8Array }[] {
	const runs: { readonly run: PlacedRecord[]; readonly previousChain: Uint8Array }[] = [];
	let open: PlacedRecord[][] = [];
	for (const sequence of [...versions.keys()].toSorted((a, b) => a - b)) {
		const ending = open.filter((run) => run.at(-1)?.sequence === sequence - 1);
		open = [];
		for (const placed of versions.get(sequence) ?? []) {
			const run = ending.find((one) => isNextTo(one.at(-1)?.chain ?? none, placed, hash));
			if (run === undefined) {
				const started = [placed];
				runs.push({ run: started, previousChain: before(placed) ?? none });
				open.push(started);
			} else if (run.at(-1)?.sequence === sequence - 1) {
				run.push(placed);
				open.push(run);
			}
		}
	}
	return runs;
}

const none = new Uint8Array(0);
