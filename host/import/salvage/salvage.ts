import { FLAG_LAST_OF_GROUP, genesisChain } from "../../../protocol/chain.ts";
import type { JournalRecord } from "../../../protocol/media.ts";
import { sha256 } from "../../digest.ts";
import {
	areKin,
	type Candidate,
	Candidates,
	follows,
	type Source,
	type Spot,
} from "./candidates.ts";
import type { Dump } from "./dump.ts";
import { countUpTo, type Generation, sortGenerations, surveyGeneration } from "./generation.ts";
import { findLives, type Life } from "./life.ts";
import { type Island, type Scan, scanDumps } from "./scan.ts";

/** A record that is proven to belong to the journal. */
export interface SalvagedRecord {
	readonly record: JournalRecord;
	/** Chain before it, when it is known; then the record's own chain was computed from it. */
	readonly previousChain: Uint8Array | undefined;
	/** `chain`: follows from the record before. `place`: by salt and offset, what is before it is lost. */
	readonly proof: "chain" | "place";
	readonly source: Source;
	readonly copies: number;
}

/** Records that are whole in no copy. */
export interface SalvageGap {
	readonly from: number;
	readonly to: number;
	readonly chainBefore: Uint8Array | undefined;
	/** Chain after the last lost record, when something whole tells it. */
	readonly chainAfter: Uint8Array | undefined;
	/** Chain of the first record behind it, as it was kept; undefined where nothing follows. */
	readonly nextChain: Uint8Array | undefined;
	/** The terminal knew of it: a gap frame says so. */
	readonly isTold: boolean;
}

/** A whole record that is not given, and why. */
export interface Rejected {
	readonly sequence: number;
	readonly chain: Uint8Array;
	readonly why: "stale" | "fork" | "misfit" | "unproven";
}

export type SalvageItem =
	| ({ readonly type: "record" } & SalvagedRecord)
	| ({ readonly type: "gap" } & SalvageGap)
	/** Records that no media hold any more because the terminal had freed them. */
	| { readonly type: "freed"; readonly from: number; readonly to: number }
	| ({ readonly type: "rejected" } & Rejected)
	/** The last records are whole, the end of their group is not there: it may never have been confirmed. */
	| { readonly type: "unfinished"; readonly from: number; readonly to: number };

export interface Salvaged {
	readonly dumps: readonly Dump[];
	readonly scan: Scan;
	readonly lives: readonly Life[];
	readonly generations: readonly Generation[];
	readonly loose: readonly Island[];
}

/** Finds what the dumps hold. Yields bytes done: of the search, then once more of the look at each segment. */
export function* salvage(dumps: readonly Dump[]): Generator<number, Salvaged> {
	const scan = yield* scanDumps(dumps);
	const { generations, loose } = sortGenerations(scan);
	const total = dumps.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
	for (const [index, generation] of generations.entries()) {
		surveyGeneration(dumps, generation);
		if (index % 64 === 63) yield total + Math.floor((total * index) / generations.length);
	}
	const lives = findLives(dumps, generations, scan.roots);
	return { dumps, scan, lives, generations, loose: loose.toSorted((a, b) => a.first - b.first) };
}

const RECORDS_PER_SEGMENT_MAX = 1_171;
/** Records of a stretch without segment headers that are judged together. */
const WINDOW_RECORDS = 2_048;
const LOOKAHEAD_RECORDS = 64;

/** Everything that is proven of one life, in order. The same input always gives the same output. */
export function salvageLife(found: Salvaged, life: Life): Generator<SalvageItem, void> {
	return new LifeWalk(found, life).run();
}

class LifeWalk {
	readonly #found: Salvaged;
	readonly #life: Life;
	readonly #looseFirsts: readonly number[];
	readonly #genesis: Uint8Array;
	/** Where the stream stands; the chain is undefined behind records that are lost. */
	#sequence = 0;
	#chain: Uint8Array | undefined;
	/** First record that is lost and not reported yet; 0 for none. */
	#gapFrom = 0;
	#gapBefore: Uint8Array | undefined;
	#told = new Map<number, number>();
	/** Records since the last end of a group. */
	#pending: SalvagedRecord[] = [];
	#hasStarted = false;
	/** Where the last record without a segment header stood. */
	#spots: readonly Spot[] = [];

	constructor(found: Salvaged, life: Life) {
		this.#found = found;
		this.#life = life;
		this.#looseFirsts = found.loose.map(({ first }) => first);
		this.#genesis = genesisChain(life.terminal, life.epoch, sha256);
	}

	*run(): Generator<SalvageItem, void> {
		const { path } = this.#life;
		const [first] = path;
		if (first !== undefined && first.header.firstSequence > 1)
			yield* this.#stretch(1, first.header.firstSequence - 1, undefined, first);
		for (const [index, generation] of path.entries()) {
			const next = path[index + 1];
			const to = next ? next.header.firstSequence - 1 : Number.MAX_SAFE_INTEGER;
			yield* this.#stretch(generation.header.firstSequence, to, generation, next);
		}
		yield* this.#end();
	}

	/** The records of one segment, and of those after it up to the next one whose header is there. */
	*#stretch(
		from: number,
		to: number,
		generation: Generation | undefined,
		next: Generation | undefined,
	): Generator<SalvageItem, void> {
		let start = from;
		let top = this.#topOf(generation);
		while (start <= to) {
			const end = Math.min(to, Math.max(start + WINDOW_RECORDS - 1, top));
			const candidates = this.#candidates(start, end, generation, next);
			if (generation && start === from) this.#arrive(from - 1, generation.header.previousChain);
			for (const sequence of candidates.sequences()) {
				if (sequence >= start && sequence <= end) yield* this.#step(sequence, candidates);
			}
			const further = this.#looseAfter(end);
			if (further > to) {
				yield* this.#leftOver(candidates, to);
				return;
			}
			start = further;
			top = 0;
		}
	}

	#topOf(generation: Generation | undefined): number {
		if (generation === undefined) return 0;
		const { number } = generation.header;
		const versions = [generation, ...this.#versionsOf(number)];
		return Math.max(0, ...versions.map(({ summary }) => summary.last?.sequence ?? 0));
	}

	#versionsOf(number: number): readonly Generation[] {
		return this.#life.others.filter(({ header }) => header.number === number);
	}

	/** Islands that hold any of these records. None is longer than a segment can be, which bounds the search. */
	#islandsIn(from: number, to: number): readonly Island[] {
		const low = countUpTo(this.#looseFirsts, from - RECORDS_PER_SEGMENT_MAX);
		const high = countUpTo(this.#looseFirsts, to);
		return this.#found.loose.slice(low, high).filter(({ last }) => last >= from);
	}

	/** The first record after `sequence` that an island holds. */
	#looseAfter(sequence: number): number {
		const low = countUpTo(this.#looseFirsts, sequence - RECORDS_PER_SEGMENT_MAX);
		const high = countUpTo(this.#looseFirsts, sequence);
		const { loose } = this.#found;
		if (loose.slice(low, high).some(({ last }) => last > sequence)) return sequence + 1;
		return loose[high]?.first ?? Number.POSITIVE_INFINITY;
	}

	#candidates(
		from: number,
		to: number,
		generation: Generation | undefined,
		next: Generation | undefined,
	): Candidates {
		const { dumps } = this.#found;
		const candidates = new Candidates();
		if (next) candidates.anchor(next.header.firstSequence - 1, next.header.previousChain);
		if (generation) {
			candidates.anchor(generation.header.firstSequence - 1, generation.header.previousChain);
			candidates.addGeneration(dumps, generation, "path");
			for (const other of this.#versionsOf(generation.header.number))
				candidates.addGeneration(dumps, other, "other");
		} else if (from === 1) candidates.anchor(0, this.#genesis);
		for (const island of this.#islandsIn(from, to + LOOKAHEAD_RECORDS))
			candidates.addIsland(dumps, island);
		const { root } = this.#life;
		for (const known of [root?.head, root?.watermark]) {
			if (known && known.sequence > 0) candidates.anchor(known.sequence, known.chain);
		}
		for (const gap of candidates.gaps) this.#told.set(gap.from, gap.to);
		candidates.judge(sha256);
		return candidates;
	}

	/** A segment header says what the chain is before its first record. */
	#arrive(sequence: number, chain: Uint8Array): void {
		if (!this.#hasStarted) {
			this.#begin(sequence);
			this.#chain = chain;
		} else if (sequence === this.#sequence) this.#chain ??= chain;
	}

	/** Records before the first live segment are not missed: they were freed. */
	#begin(sequence: number): void {
		this.#hasStarted = true;
		this.#sequence = sequence;
	}

	*#step(sequence: number, candidates: Candidates): Generator<SalvageItem, void> {
		if (this.#hasStarted && sequence <= this.#sequence) return;
		const there = candidates.at(sequence);
		const isNext = this.#hasStarted && sequence === this.#sequence + 1;
		const before = (isNext ? this.#chain : undefined) ?? candidates.anchors.get(sequence - 1);
		const chosen = choose(there, before, this.#spots);
		yield* there.filter((one) => one !== chosen).map((one) => rejected(one, before));
		if (chosen !== undefined) {
			if (!this.#hasStarted) this.#begin(sequence - 1);
			yield* this.#closeGap(sequence - 1, before, chosen.record.chain);
			yield* this.#give(chosen, before);
		} else if (this.#hasStarted) {
			if (!isNext) this.#lose(sequence - 1, before);
			this.#lose(sequence, candidates.anchors.get(sequence) ?? tiedChain(there));
		}
	}

	*#give(
		{ record, source, copies, spots }: Candidate,
		before: Uint8Array | undefined,
	): Generator<SalvageItem, void> {
		const isChained = before !== undefined && follows(before, record, sha256);
		const previousChain = isChained ? before : undefined;
		const proof = isChained ? "chain" : "place";
		if (source === "loose") this.#spots = spots;
		this.#sequence = record.sequence;
		this.#chain = record.chain;
		this.#pending.push({ record, previousChain, proof, source, copies });
		if ((record.flags & FLAG_LAST_OF_GROUP) !== 0) yield* this.#count();
	}

	*#count(): Generator<SalvageItem, void> {
		for (const one of this.#pending) yield { type: "record", ...one };
		this.#pending = [];
	}

	#lose(sequence: number, chain: Uint8Array | undefined): void {
		if (this.#gapFrom === 0) {
			this.#gapFrom = this.#sequence + 1;
			this.#gapBefore = this.#chain;
		}
		this.#sequence = sequence;
		this.#chain = chain;
	}

	/** Reports what was lost up to `to`. What stands behind it shows that the group before it was confirmed. */
	*#closeGap(
		to: number,
		chainAfter: Uint8Array | undefined,
		nextChain?: Uint8Array,
	): Generator<SalvageItem, void> {
		if (this.#sequence < to) this.#lose(to, chainAfter);
		if (this.#gapFrom === 0) return;
		yield* this.#count();
		yield* this.#gap(this.#gapFrom, to, chainAfter, nextChain);
		this.#gapFrom = 0;
	}

	*#gap(
		from: number,
		to: number,
		chainAfter: Uint8Array | undefined,
		nextChain: Uint8Array | undefined,
	): Generator<SalvageItem, void> {
		const live = this.#life.root?.first.sequence ?? 1;
		if (from < live) yield { type: "freed", from, to: Math.min(to, live - 1) };
		const start = Math.max(from, live);
		if (start > to) return;
		const chainBefore = start === from ? this.#gapBefore : undefined;
		const isTold = [...this.#told].some(([first, last]) => first <= start && last >= to);
		yield { type: "gap", from: start, to, chainBefore, chainAfter, nextChain, isTold };
	}

	/** Whole frames with numbers that the next segment holds: written, never confirmed, written anew. */
	*#leftOver(candidates: Candidates, to: number): Generator<SalvageItem, void> {
		for (const sequence of candidates.sequences()) {
			if (sequence <= to) continue;
			for (const { record, source } of candidates.at(sequence)) {
				if (source === "loose") continue;
				yield { type: "rejected", sequence, chain: record.chain, why: "stale" };
			}
		}
	}

	*#end(): Generator<SalvageItem, void> {
		const { root } = this.#life;
		const known = this.#lastKnown();
		if (!this.#hasStarted) {
			if (known === 0 || root === undefined) return;
			this.#begin(root.first.sequence - 1);
		}
		if (known > this.#sequence) this.#lose(known, undefined);
		if (this.#gapFrom > 0 && this.#gapFrom <= known) {
			const chainAfter = [root?.head, root?.watermark].find((one) => one?.sequence === known);
			yield* this.#closeGap(known, chainAfter?.chain);
		}
		yield* this.#unfinished();
	}

	/** Highest record that something whole says was there. */
	#lastKnown(): number {
		const { root, path } = this.#life;
		const seals = path.map(({ summary }) => summary.seal?.sequence ?? 0);
		const starts = path.map(({ header }) => header.firstSequence - 1);
		const ends = seals.concat(starts, [...this.#told.values()]);
		const most = ends.reduce((best, one) => Math.max(best, one), 0);
		return Math.max(most, root?.head.sequence ?? 0, root?.watermark.sequence ?? 0);
	}

	*#unfinished(): Generator<SalvageItem, void> {
		const pending = this.#pending;
		const [first] = pending;
		if (first === undefined) return;
		const sure = pending.filter(({ source }) => source !== "other");
		yield* sure.map((one): SalvageItem => ({ type: "record", ...one }));
		for (const { record, source } of pending) {
			if (source !== "other") continue;
			const { sequence, chain } = record;
			yield { type: "rejected", sequence, chain, why: "unproven" };
		}
		const last = sure.at(-1);
		if (last === undefined) return;
		yield { type: "unfinished", from: first.record.sequence, to: last.record.sequence };
	}
}

const fates: { readonly [fate in Candidate["fate"]]: number } = { tied: 0, open: 1, away: 2 };

/** The record that counts at its place, if any of those that were found there does. */
function choose(
	there: readonly Candidate[],
	before: Uint8Array | undefined,
	kin: readonly Spot[],
): Candidate | undefined {
	const able = there.filter((one) =>
		before !== undefined ? isNext(one, before) : isStart(one, kin),
	);
	return able.toSorted((a, b) => fates[a.fate] - fates[b.fate])[0];
}

/** What follows from a known chain is proven by SHA-256, unless what stands behind it leads elsewhere. */
function isNext({ record, source, fate }: Candidate, before: Uint8Array): boolean {
	if (!follows(before, record, sha256)) return false;
	return source === "path" || fate !== "away";
}

/**
 * What stands behind lost records is taken by its place: in a segment whose salt is known, in the same segment as
 * a record that was given, or else only when a known chain comes of it.
 */
function isStart({ source, fate, isHeadSure, spots }: Candidate, kin: readonly Spot[]): boolean {
	if (source === "path") return true;
	if (fate === "away") return false;
	if (source === "other" || (fate === "tied" && isHeadSure)) return true;
	return spots.some((spot) => kin.some((one) => areKin(one, spot)));
}

function tiedChain(there: readonly Candidate[]): Uint8Array | undefined {
	return there.find(({ fate }) => fate === "tied")?.record.chain;
}

function rejected(
	{ record, source, fate }: Candidate,
	before: Uint8Array | undefined,
): SalvageItem {
	const { sequence, chain } = record;
	const isFit = before === undefined || follows(before, record, sha256);
	if (!isFit)
		return { type: "rejected", sequence, chain, why: fate === "away" ? "stale" : "misfit" };
	if (source === "loose" && fate !== "away")
		return { type: "rejected", sequence, chain, why: "unproven" };
	return { type: "rejected", sequence, chain, why: source === "path" ? "fork" : "stale" };
}
