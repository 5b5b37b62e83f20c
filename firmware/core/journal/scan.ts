import { concatBytes } from "../../../protocol/bytes.ts";
import type { Gap, JournalRecord, Position, SegmentKey } from "../../../protocol/media.ts";
import { segmentBases } from "../../../protocol/media.ts";
import type { JournalContext } from "./context.ts";
import type { SegmentIndex } from "./segment-index.ts";

/** Where a scan left off, so that the next one need not look for its place. */
export interface Bookmark {
	readonly key: SegmentKey;
	readonly offset: number;
	readonly sequence: number;
	readonly chain: Uint8Array;
}

export type Visit<T extends readonly unknown[]> = (...item: T) => unknown;

export interface ScanRange {
	readonly from: number;
	readonly to: number;
	readonly visit: Visit<[sequence: number, record: JournalRecord]>;
	readonly onGap: Visit<[gap: Gap]>;
}

interface ScanSource {
	readonly context: JournalContext;
	readonly index: SegmentIndex;
	readonly head: Position;
	readonly bookmark: Bookmark | undefined;
}

/** Visits what `Journal.scan` says; returns where it left off. */
export function scanRecords(source: ScanSource, range: ScanRange): Bookmark | undefined {
	const { index, head, context } = source;
	const { root } = context.roots;
	const from = Math.max(range.from, root.first.sequence);
	const to = Math.min(range.to, head.sequence);
	if (from > to) return source.bookmark;
	const scan = new Scan(source, { ...range, from, to });
	const { bookmark } = source;
	if (bookmark?.sequence === from) return scan.run(bookmark.key, bookmark);
	return scan.run(index.nextFrom(index.find(from)), undefined);
}

class Scan {
	readonly #source: ScanSource;
	readonly #range: ScanRange;
	/** The record that comes next. */
	#expected: number;
	#bookmark: Bookmark | undefined;
	#isDone = false;

	constructor(source: ScanSource, range: ScanRange) {
		this.#source = source;
		this.#range = range;
		this.#expected = range.from;
	}

	run(start: SegmentKey, bookmark: Bookmark | undefined): Bookmark | undefined {
		const { index, head } = this.#source;
		let key = start;
		let resume = bookmark;
		for (;;) {
			const next = index.nextFrom(key.number + 1);
			const isNewest = next.number <= key.number;
			if (key.firstSequence > this.#expected) this.#lostBefore(key);
			this.#segment(key, isNewest ? head.sequence : next.firstSequence - 1, resume);
			if (isNewest || this.#isDone) return this.#bookmark;
			resume = undefined;
			key = next;
		}
	}

	#segment(key: SegmentKey, lastSequence: number, resume: Bookmark | undefined): void {
		const { index } = this.#source;
		const walker = index.walker(key, { lastSequence });
		if (resume) walker.seek(resume.offset, resume.sequence, resume.chain);
		else walker.skipTo(this.#expected);
		while (!this.#isDone) {
			const item = walker.next();
			if (item.type === "end") return;
			if (item.type === "gap") this.#gap(item.gap);
			if (item.type !== "record" || item.record.sequence < this.#expected) continue;
			const { sequence, chain } = item.record;
			this.#bookmark = { key, offset: walker.offset, sequence: sequence + 1, chain };
			this.#advance(sequence, this.#range.visit(sequence, item.record));
		}
	}

	#gap(gap: Gap): void {
		const { to } = this.#range;
		if (gap.to < this.#expected) return;
		const from = Math.max(gap.from, this.#expected);
		const last = Math.min(gap.to, to);
		const chain = last === gap.to ? gap.chain : undefined;
		this.#advance(last, this.#range.onGap({ ...gap, from, to: last, chain }));
	}

	/** Everything between the last segment that could be read and this one. */
	#lostBefore(key: SegmentKey): void {
		const { context } = this.#source;
		const { layout } = context.roots.root;
		const parts = segmentBases(layout, key.number - 1).map((base) =>
			context.sha256(context.medium.read(base, layout.segmentBytes) ?? new Uint8Array(0)),
		);
		this.#gap({
			from: this.#expected,
			to: key.firstSequence - 1,
			hash: context.sha256(concatBytes(...parts)),
			damagedBytes: layout.segmentBytes,
			chain: key.previousChain,
		});
	}

	#advance(last: number, goOn: unknown): void {
		this.#expected = last + 1;
		if (goOn === false || this.#expected > this.#range.to) this.#isDone = true;
	}
}
