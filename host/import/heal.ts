import { equalBytes } from "../../protocol/bytes.ts";
import { CloseoutError } from "../../protocol/error.ts";
import {
	deriveSalt,
	encodeRoot,
	findRoot,
	genesisChain,
	imageOf,
	type JournalRecord,
	nextChain,
	type Position,
	ROOT_SLOTS,
	type Root,
	rootOffset,
	type SegmentHeader,
	type SegmentKey,
	segmentBases,
} from "../../protocol/media.ts";
import { sha256 } from "../digest.ts";
import { buildSegment, type Content, partsOf } from "./build-segment.ts";
import { type HeldSegment, holdSegments } from "./held-segment.ts";

export interface HealRange {
	readonly from: number;
	readonly to: number;
}

export interface Healed {
	readonly bytes: Uint8Array;
	/** Records that were put back. */
	readonly put: readonly HealRange[];
	/** Records that stay lost. */
	readonly left: readonly HealRange[];
}

export interface HealOptions {
	/** Records of the host, with chains that were computed from the beginning. */
	readonly records: ReadonlyMap<number, JournalRecord>;
	/** Where the host stands. */
	readonly head: Position;
	/** For a new nonce when every root is lost. */
	readonly random: (length: number) => Uint8Array;
}

/** An image with gaps, to be written anew with the records that the host still has. */
export class HealingImage {
	readonly root: Root;
	readonly #isRootInferred: boolean;
	readonly #name: string;
	readonly #old: Uint8Array;
	readonly #segments: readonly HeldSegment[];

	/** Throws `MEDIA_FORMAT` for bytes that are no storage image of a terminal in its whole length. */
	constructor(name: string, bytes: Uint8Array) {
		const found = findRoot(imageOf(bytes), sha256);
		if (found === undefined) {
			throw new CloseoutError(
				"MEDIA_FORMAT",
				`${name}: no root and no segment in its place; a healed image needs the whole media, recover the records instead`,
			);
		}
		this.#name = name;
		this.#old = bytes;
		this.root = found.root;
		this.#isRootInferred = found.isInferred;
		this.#segments = holdSegments(bytes, found.root);
	}

	/** Records that are whole in no copy, and those that the host may hold behind the end. */
	lost(hostLast: number): readonly HealRange[] {
		const gaps = this.#segments.flatMap(({ gaps: own }) => own);
		const last = this.#segments.at(-1)?.last ?? this.root.head.sequence;
		return hostLast > last ? [...gaps, { from: last + 1, to: hostLast }] : gaps;
	}

	/**
	 * The image with the records put back: segments that had gaps are written anew in both rings, everything else
	 * stays as it is. What the host's records do not prove stays a gap. Throws `CHAIN_BROKEN` when the host's
	 * records are not the ones that were lost.
	 */
	heal(options: HealOptions): Healed {
		const work = new HealWork(this.#old.slice(), this.root, options);
		for (const [index, segment] of this.#segments.entries()) {
			const isNewest = index === this.#segments.length - 1;
			if (segment.gaps.length > 0 || segment.isStaged) work.rewrite(segment, isNewest);
			else if (isNewest) work.extend(segment);
		}
		work.checkEnd(this.#name, this.#segments.at(-1));
		const last = this.#segments.at(-1);
		return work.finish(this.#isRootInferred, last === undefined ? undefined : last.last);
	}
}

function isPut(one: Content): boolean {
	return one.type === "record" && one.isPut;
}

class HealWork {
	readonly #bytes: Uint8Array;
	readonly #options: HealOptions;
	#root: Root;
	#put: number[] = [];
	#left: HealRange[] = [];
	#end: Position | undefined;

	constructor(bytes: Uint8Array, root: Root, options: HealOptions) {
		this.#bytes = bytes;
		this.#root = { ...root, sequence: root.sequence + 1 };
		this.#options = options;
	}

	/** Writes a segment with gaps anew. */
	rewrite(given: HeldSegment, isNewest: boolean): void {
		const segment = this.#withChain(given);
		const filled = this.#fill(segment, isNewest);
		const isUseful = given.isStaged || filled.some(isPut);
		if (isUseful && this.#write(segment, filled, isNewest)) {
			this.#count(filled);
			return;
		}
		// Nothing to put back, or the segment has been written on since and cannot take back what it once held.
		this.#left.push(...segment.gaps);
		if (isNewest) this.#end = { sequence: segment.last, chain: segment.lastChain };
	}

	/** The first segment of all has nothing before it that tells its chain, when its header is lost. */
	#withChain(segment: HeldSegment): HeldSegment {
		const { key } = segment;
		if (key.previousChain.length > 0) return segment;
		const { terminalId, epoch } = this.#root;
		const before = this.#options.records.get(key.firstSequence - 1)?.chain;
		const chain = key.firstSequence === 1 ? genesisChain(terminalId, epoch, sha256) : before;
		return chain === undefined ? segment : { ...segment, key: { ...key, previousChain: chain } };
	}

	/** Puts back what the host holds behind the end of the newest segment. */
	extend(segment: HeldSegment): void {
		const filled = this.#fill(segment, true);
		if (!filled.some(isPut)) return;
		if (this.#write(segment, filled, true)) this.#count(filled);
	}

	#count(filled: readonly Content[]): void {
		for (const one of filled) {
			if (one.type === "gap") this.#left.push({ from: one.from, to: one.to });
			else if (one.isPut) this.#put.push(one.record.sequence);
		}
	}

	/** What the segment is to hold: its own records, and the host's where the chain proves them. */
	#fill(segment: HeldSegment, isNewest: boolean): readonly Content[] {
		const { key, records, known } = segment;
		const content: Content[] = [];
		let chain: Uint8Array | undefined = key.previousChain;
		let next = key.firstSequence;
		const stops = [...records.keys()].toSorted((a, b) => a - b);
		const most = isNewest ? Math.max(segment.last, this.#options.head.sequence) : segment.last;
		for (const stop of [...stops, most + 1]) {
			const record = records.get(stop);
			const behind = record === undefined ? undefined : { record };
			content.push(...this.#run(next, stop - 1, chain, behind, known, stop > segment.last));
			if (record !== undefined) content.push({ type: "record", record, isPut: false });
			chain = record?.chain;
			next = stop + 1;
		}
		return content;
	}

	/** The host's records for a stretch, from both its ends as far as they are proven. */
	#run(
		from: number,
		to: number,
		before: Uint8Array | undefined,
		behind: { readonly record: JournalRecord } | undefined,
		known: ReadonlyMap<number, Uint8Array>,
		isBeyond: boolean,
	): readonly Content[] {
		if (from > to) return [];
		const { records } = this.#options;
		const start: JournalRecord[] = [];
		let chain = before;
		for (let sequence = from; chain !== undefined && sequence <= to; sequence++) {
			const record = records.get(sequence);
			if (record === undefined || !isAfter(chain, record)) break;
			start.push(record);
			chain = record.chain;
		}
		if (start.length === to - from + 1) {
			const anchor = known.get(to);
			const isTied =
				(behind === undefined || (chain !== undefined && isAfter(chain, behind.record))) &&
				(anchor === undefined || (chain !== undefined && equalBytes(chain, anchor)));
			if (isTied) return start.map((record) => ({ type: "record", record, isPut: true }));
			return [{ type: "gap", from, to }];
		}
		// Nothing behind the end of the journal was ever known there, so nothing is missed there.
		if (isBeyond && from > this.#lastKnown(known)) return [];
		const end = this.#runBefore(from + start.length, to, behind?.record, known.get(to));
		const gap = { type: "gap", from: from + start.length, to: to - end.length } as const;
		const put = (record: JournalRecord): Content => ({ type: "record", record, isPut: true });
		return [...start.map(put), ...(gap.from > gap.to ? [] : [gap]), ...end.map(put)];
	}

	#lastKnown(known: ReadonlyMap<number, Uint8Array>): number {
		return Math.max(0, ...known.keys());
	}

	#runBefore(
		from: number,
		to: number,
		behind: JournalRecord | undefined,
		anchor: Uint8Array | undefined,
	): readonly JournalRecord[] {
		const run: JournalRecord[] = [];
		let next = behind;
		for (let sequence = to; sequence >= from; sequence--) {
			const record = this.#options.records.get(sequence);
			if (record === undefined) break;
			const isTied = next
				? isAfter(record.chain, next)
				: anchor && equalBytes(record.chain, anchor);
			if (!isTied) break;
			run.unshift(record);
			next = record;
		}
		return run;
	}

	/** False when it does not fit; then nothing is changed. */
	#write(segment: HeldSegment, content: readonly Content[], isNewest: boolean): boolean {
		const parts = partsOf(this.#root.layout, segment, content);
		if (parts === undefined) return false;
		const { key, header } = segment;
		const built: { readonly header: SegmentHeader; readonly bytes: Uint8Array }[] = [];
		let before: Position = { sequence: key.firstSequence - 1, chain: key.previousChain };
		for (const [index, part] of parts.entries()) {
			const number = [key.number, ...segment.spare][index] ?? 0;
			const start = { firstSequence: before.sequence + 1, previousChain: before.chain };
			const own = index === 0 && header ? { ...header, ...key } : this.#newHeader(number, start);
			const state = index === 0 ? segment.checkpoint : undefined;
			const isEnded = segment.isSealed || !isNewest;
			const bytes = buildSegment(this.#root.layout, own, state, part, isEnded);
			if (bytes === undefined) return false;
			built.push({ header: own, bytes });
			const last = part.at(-1);
			if (last?.type === "record") before = last.record;
		}
		for (const one of built) this.#place(one.header.number, one.bytes, segment, isNewest);
		const { sequence, chain } = before;
		if (isNewest) this.#end = { sequence, chain };
		return true;
	}

	#place(number: number, bytes: Uint8Array, segment: HeldSegment, isNewest: boolean): void {
		const { layout } = this.#root;
		for (const base of segmentBases(layout, number)) {
			const old = this.#bytes.subarray(base, base + layout.segmentBytes);
			// Behind the end of the newest one may stand what is left of records that nobody has.
			const restStart = Math.max(bytes.length, segment.end);
			const rest = isNewest && !segment.isStaged ? old.slice(restStart) : undefined;
			old.fill(layout.eraseValue).set(bytes);
			if (rest) old.set(rest, restStart);
		}
	}

	/** A header in the place of a lost one, under a salt that no other segment has. */
	#newHeader(
		number: number,
		start: Pick<SegmentKey, "firstSequence" | "previousChain">,
	): SegmentHeader {
		const { nonce, sequence, terminalId, epoch, layout, newest } = this.#root;
		const { segmentBytes, alignBytes } = layout;
		const shape = { segmentBytes, alignBytes, eraseCount: 1, previousNumber: number - 1 };
		if (newest.number === number) return { ...newest, ...shape, terminalId, epoch };
		this.#root = { ...this.#root, sequence: sequence + 1 };
		const salt = deriveSalt(nonce, sequence, sha256);
		return { ...start, ...shape, number, salt, terminalId, epoch };
	}

	/** A terminal that ends before the host does would write other records under numbers that the host has. */
	checkEnd(name: string, newest: HeldSegment | undefined): void {
		const { head } = this.#options;
		const end = this.#end?.sequence ?? newest?.last ?? this.#root.head.sequence;
		if (end >= head.sequence) return;
		throw new CloseoutError(
			"REFUSED",
			`${name}: it ends at record ${end} and has no room for what the host holds up to ${head.sequence}; enrol the terminal again`,
		);
	}

	finish(isRootInferred: boolean, last: number | undefined): Healed {
		const { layout } = this.#root;
		this.#root = this.#newRoot(isRootInferred, last);
		const encoded = encodeRoot(this.#root, sha256);
		for (let slot = 0; slot < ROOT_SLOTS; slot++) {
			const offset = rootOffset(layout, slot);
			this.#bytes.fill(layout.eraseValue, offset, offset + layout.sectorBytes).set(encoded, offset);
		}
		return { bytes: this.#bytes, put: rangesOf(this.#put), left: this.#left };
	}

	#newRoot(isRootInferred: boolean, last: number | undefined): Root {
		const { head: hostHead, random, records } = this.#options;
		const root = this.#root;
		const end = this.#end;
		const staged = root.intent.kind === "rebuild" ? root.intent : undefined;
		const intent = staged ? ({ kind: "none" } as const) : root.intent;
		const isNewestStaged = staged?.number === root.newest.number;
		const newest = staged && isNewestStaged ? { ...root.newest, salt: staged.salt } : root.newest;
		const isLonger = end !== undefined && end.sequence > root.head.sequence;
		const head = isLonger ? end : root.head;
		// The records of a newest segment that was open are looked through at the next start in any case.
		if (!isRootInferred) return { ...root, intent, newest, ...(isLonger && { head }) };
		const sequence = Math.min(hostHead.sequence, last ?? 0);
		const chain = sequence === hostHead.sequence ? hostHead.chain : records.get(sequence)?.chain;
		const watermark = chain === undefined ? root.watermark : { sequence, chain };
		return { ...root, intent, nonce: random(root.nonce.length), head, watermark };
	}
}

function isAfter(chain: Uint8Array, record: JournalRecord): boolean {
	return equalBytes(nextChain(chain, record, sha256), record.chain);
}

function rangesOf(numbers: readonly number[]): readonly HealRange[] {
	const ranges: { from: number; to: number }[] = [];
	for (const number of numbers.toSorted((a, b) => a - b)) {
		const last = ranges.at(-1);
		if (last !== undefined && number === last.to + 1) last.to = number;
		else ranges.push({ from: number, to: number });
	}
	return ranges;
}
