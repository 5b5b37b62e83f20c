import { equalBytes } from "../../../protocol/bytes.ts";
import { CloseoutError } from "../../../protocol/error.ts";
import { CHECKPOINT_BYTES_MAX } from "../../../protocol/limits.ts";
import {
	type Frame,
	frameType,
	type Gap,
	type JournalRecord,
	leafHash,
	type Position,
	type Root,
	type Sha256,
} from "../../../protocol/media.ts";
import type { Digest, Log, Storage } from "../port.ts";
import type { JournalContext, Tail } from "./context.ts";
import { type FormatOptions, formatMedia } from "./format.ts";
import { chainGroup, checkedGroupBytes, type NewRecord } from "./group.ts";
import { Medium } from "./medium.ts";
import { RecentPlaces } from "./recent-places.ts";
import { type OpenReport, recover } from "./recovery.ts";
import { oldestToKeep } from "./retention.ts";
import { openRoots, type RootPatch } from "./root-store.ts";
import { type Bookmark, scanRecords, type Visit } from "./scan.ts";
import { type ScrubReport, scrubSegment } from "./scrub.ts";
import { SegmentIndex } from "./segment-index.ts";
import {
	beginSegment,
	checkFreshSegment,
	fits,
	freeSegments,
	sealSegment,
	writeFrames,
} from "./segment-write.ts";
import { type Usage, usageOf } from "./usage.ts";

export interface JournalOptions {
	readonly storage: Storage;
	readonly digest: Digest;
	readonly log: Log;
	/** The state folded up to the head; asked for when a segment begins. At most `CHECKPOINT_BYTES_MAX` bytes. */
	readonly snapshot: () => Uint8Array;
	/** Told of each record when it is durable, with its leaf hash. */
	readonly onRecord?: (record: JournalRecord, leaf: Uint8Array) => void;
}

/** What `open` has made ready, and what has come of it since. */
interface Opened {
	readonly context: JournalContext;
	readonly index: SegmentIndex;
	tail: Tail;
	/** Up to here the host has confirmed. */
	watermark: Position;
	/** Segment that the next scrub step looks at, and the one whose gaps it has reported and not yet repaired. */
	scrubNumber: number;
	reportedSegment: number;
	/** The first group since the start stands in the journal, and with it what the start reported. */
	isReportTold: boolean;
	/** Where the last scan left off. */
	bookmark: Bookmark | undefined;
	readonly recent: RecentPlaces;
}

type Status = "new" | "open" | "readOnly" | "fenced" | "closed";

/**
 * The append-only record on the terminal's media, in two copies. `open` comes first; after any failure of the
 * storage in a change every call throws until `open` has recovered what stands on the media.
 */
export class Journal {
	readonly #options: JournalOptions;
	readonly #medium: Medium;
	readonly #sha256: Sha256;
	#status: Status = "new";
	#opened: Opened | undefined;

	/** Writes an empty journal; see `formatMedia`. */
	static format(storage: Storage, options: FormatOptions): void {
		formatMedia(storage, options);
	}

	constructor(options: JournalOptions) {
		this.#options = options;
		this.#medium = new Medium(options.storage, options.log);
		this.#sha256 = (bytes) => options.digest.sha256(bytes);
	}

	/**
	 * Recovers what stands on the media and makes the journal ready. The caller then folds the checkpoint and the
	 * records after it, and appends what the report says in its own records.
	 * Throws `MEDIA_FORMAT` for media without a journal and `STORAGE_*` when the media cannot be made ready.
	 */
	open(): OpenReport {
		const { storage, log } = this.#options;
		const medium = this.#medium;
		this.#status = "fenced";
		const { roots, healed } = openRoots(medium, storage.geometry(), this.#sha256);
		const context: JournalContext = { medium, roots, sha256: this.#sha256, log };
		const index = new SegmentIndex(context);
		const { tail, report } = recover(context, index);
		if (healed > 0) log.write("warn", "MEDIA_FORMAT", `${healed} root slots were written anew`);
		this.#opened = {
			context,
			index,
			tail,
			watermark: roots.root.watermark,
			scrubNumber: 0,
			reportedSegment: 0,
			isReportTold: false,
			bookmark: undefined,
			recent: new RecentPlaces(),
		};
		this.#status = report.readOnly ? "readOnly" : "open";
		return report;
	}

	/**
	 * Makes one group durable on both copies, all of it or nothing, and returns the sequence number of its first
	 * record. Throws `MEDIA_FULL` before anything is written when the ring holds only what must be kept, and
	 * `STORAGE_*` when the media fail: then open again, the group may or may not stand there.
	 */
	append(records: readonly NewRecord[]): number {
		const opened = this.#writable();
		const { context, tail } = opened;
		const { root } = context.roots;
		const bytes = checkedGroupBytes(records, root.layout.alignBytes);
		const isRotation = !fits(context, tail, bytes) || tail.epoch !== root.epoch;
		const state = isRotation ? this.#snapshotFor(root, bytes) : undefined;
		const first = tail.head.sequence + 1;
		this.#changing(() => {
			if (root.state !== "open") context.roots.update({ state: "open" });
			if (state) this.#rotate(opened, state);
			this.#write(opened, records);
		});
		opened.isReportTold = true;
		return first;
	}

	/** The record at a sequence number; undefined when the media no longer hold it. */
	read(sequence: number): JournalRecord | undefined {
		let found: JournalRecord | undefined;
		this.scan(sequence, sequence, (_, record) => {
			found = record;
		});
		return found;
	}

	/**
	 * Visits the records from `from` to `to` in order, one at a time in memory, until `visit` returns false.
	 * Records that are destroyed are told to `onGap` in their place. What is older than the oldest kept record
	 * is left out.
	 */
	scan(
		from: number,
		to: number,
		visit: Visit<[sequence: number, record: JournalRecord]>,
		onGap: Visit<[gap: Gap]> = () => {},
	): void {
		const opened = this.#readable();
		const { context, index, tail } = opened;
		opened.bookmark = scanRecords(
			{ context, index, head: tail.head, bookmark: opened.recent.at(from) ?? opened.bookmark },
			{ from, to, visit, onGap },
		);
	}

	/**
	 * The chain hash after a record, also after the one before the oldest that is kept and after record 0, which
	 * never was. Undefined when it is lost.
	 */
	chainAt(sequence: number): Uint8Array | undefined {
		const { index, tail, watermark } = this.#readable();
		if (sequence === tail.head.sequence) return tail.head.chain;
		if (sequence === watermark.sequence) return watermark.chain;
		let chain: Uint8Array | undefined;
		const take = (item: { readonly chain: Uint8Array | undefined }) => {
			chain = item.chain;
		};
		this.scan(sequence, sequence, (_, record) => take(record), take);
		if (chain) return chain;
		const key = index.nextFrom(index.find(sequence + 1));
		return key.firstSequence === sequence + 1 ? key.previousChain : undefined;
	}

	/** The last record and the chain hash it ended in. */
	get head(): Position {
		return this.#readable().tail.head;
	}

	get epoch(): number {
		return this.#readable().context.roots.root.epoch;
	}

	/** Sequence number of the oldest record that is kept. */
	get firstSequence(): number {
		return this.#readable().context.roots.root.first.sequence;
	}

	/** Up to here the host has confirmed. */
	get watermark(): Position {
		return this.#readable().watermark;
	}

	/**
	 * Takes the host's confirmation of everything up to a record. Returns false, and changes nothing, unless the
	 * chain is the journal's own; the watermark never goes back. Durable with the next root, see
	 * `persistWatermark`: until then the host is merely asked again.
	 */
	acknowledge(sequence: number, chain: Uint8Array): boolean {
		const opened = this.#readable();
		if (sequence < opened.watermark.sequence) return false;
		const own = this.chainAt(sequence);
		if (own === undefined || !equalBytes(own, chain)) return false;
		opened.watermark = { sequence, chain: own };
		return true;
	}

	/** Makes the watermark durable, when it has moved. */
	persistWatermark(): void {
		const opened = this.#writable();
		const { roots } = opened.context;
		if (roots.root.watermark.sequence === opened.watermark.sequence) return;
		this.#changing(() => roots.update(standing(opened)));
	}

	usage(): Usage {
		const { context, tail, watermark } = this.#readable();
		return usageOf(context.roots.root, {
			tailBytes: tail.offset,
			unacknowledgedRecords: tail.head.sequence - watermark.sequence,
		});
	}

	/** How many segments hold this record and what follows it; one at least, the newest. */
	segmentsFrom(sequence: number): number {
		const { context, index } = this.#readable();
		const { first, newest } = context.roots.root;
		return newest.number - index.find(Math.max(sequence, first.sequence)) + 1;
	}

	/**
	 * Frees the oldest segments whose records are all confirmed by the host and older than `keepFrom`, at most
	 * `segmentsMax` of them. Returns how many were freed. They are erased when their place is needed.
	 */
	reclaim(keepFrom: number, segmentsMax = Number.POSITIVE_INFINITY): number {
		const opened = this.#writable();
		const { roots } = opened.context;
		const { root } = roots;
		const bound = Math.min(keepFrom, opened.watermark.sequence + 1);
		const oldest = oldestToKeep(root, opened.index, { bound, segmentsMax });
		const freed = oldest.number - root.first.number;
		if (freed > 0) this.#changing(() => roots.update({ ...standing(opened), first: oldest }));
		return freed;
	}

	/**
	 * Verifies one segment, both copies, and writes it anew where one of them is damaged. The newest segment is
	 * left out: a start verifies it. A segment with gaps that have to be told is repaired by the step after the one
	 * that reports them. Undefined when there is no older segment.
	 */
	scrubStep(): ScrubReport | undefined {
		const opened = this.#writable();
		const { context, index } = opened;
		const { first, newest } = context.roots.root;
		const ahead = index.nextFrom(Math.max(opened.scrubNumber, first.number));
		const key = ahead.number < newest.number ? ahead : index.nextFrom(first.number);
		if (key.number >= newest.number) return undefined;
		const mayDrop = opened.reportedSegment === key.number;
		opened.bookmark = undefined;
		opened.recent.clear();
		const report = this.#changing(() => scrubSegment(context, index, key, mayDrop));
		const isOwed = !report.repaired && report.gaps.some(({ recorded }) => !recorded);
		opened.reportedSegment = isOwed ? key.number : 0;
		opened.scrubNumber = isOwed ? key.number : key.number + 1;
		return report;
	}

	/**
	 * Takes the epoch that the host issued. Sequence, chain and watermark run on: the epoch says under which name
	 * the host knows the stream from now on, so records made before enrolment are delivered like any other.
	 * Throws `REFUSED` for an epoch that is not newer.
	 */
	adoptEpoch(epoch: number): void {
		const opened = this.#writable();
		const { roots } = opened.context;
		const { root } = roots;
		if (!Number.isSafeInteger(epoch) || epoch <= root.epoch) {
			throw new CloseoutError(
				"REFUSED",
				`epoch ${epoch} is not newer than ${root.epoch}; enrol the terminal again`,
			);
		}
		this.#changing(() => roots.update({ ...standing(opened), epoch }));
	}

	/** Shuts down in order: the next open finds nothing to recover. Idempotent. */
	close(): void {
		if (this.#status === "open") {
			const opened = this.#writable();
			const { roots } = opened.context;
			const isMoved = roots.root.watermark.sequence !== opened.watermark.sequence;
			if (roots.root.state !== "closed" || isMoved) {
				const { head } = opened.tail;
				const state = "closed";
				const cleared = { tornBytes: 0, repairedRecords: 0, staleRecords: 0 };
				this.#changing(() => roots.update({ ...standing(opened), state, head, ...cleared }));
			}
		}
		this.#status = "closed";
		this.#opened = undefined;
	}

	#readable(): Opened {
		if (this.#status === "fenced") {
			throw new CloseoutError(
				"STORAGE_SYNC",
				"the journal is fenced after its storage failed; open it again to see what is durable",
			);
		}
		if (this.#opened === undefined) {
			throw new CloseoutError("CLOSED", "the journal is not open; call open first");
		}
		return this.#opened;
	}

	#writable(): Opened {
		const opened = this.#readable();
		if (this.#status === "open") return opened;
		throw new CloseoutError(
			"MEDIA_FORMAT",
			"the journal is open for reading only, its media took too many steps to recover; pull the image",
		);
	}

	/** Runs a change of the media. Whatever fails in it leaves unknown what is durable, so nothing goes on. */
	#changing<T>(change: () => T): T {
		this.#status = "fenced";
		const result = change();
		this.#status = "open";
		return result;
	}

	/** The folded state for a new segment, checked before anything is written. */
	#snapshotFor(root: Root, groupBytes: number): Uint8Array {
		if (freeSegments(root) < 1) {
			throw new CloseoutError(
				"MEDIA_FULL",
				"the journal is full of records that must be kept; settle, connect to the host, then go on",
			);
		}
		const state = this.#options.snapshot();
		if (state.length > CHECKPOINT_BYTES_MAX) {
			throw new CloseoutError(
				"LIMIT",
				`folded state of ${state.length} bytes; at most ${CHECKPOINT_BYTES_MAX}`,
			);
		}
		checkFreshSegment(root, state.length, groupBytes);
		return state;
	}

	#rotate(opened: Opened, state: Uint8Array): void {
		const { context, tail } = opened;
		if (!tail.retired) sealSegment(context, tail);
		const patch = { ...standing(opened), head: tail.head };
		opened.tail = beginSegment(context, { head: tail.head, state, patch });
	}

	#write({ context, tail, recent }: Opened, records: readonly NewRecord[]): void {
		const chained = chainGroup(records, tail.head, this.#sha256);
		const frames: Frame[] = chained.map((record) => ({ type: frameType.record, ...record }));
		recent.note(tail, chained, context.roots.root.layout.alignBytes);
		writeFrames(context, tail, frames);
		for (const record of chained) {
			const leaf = leafHash(record, this.#sha256);
			tail.tree.add(leaf);
			tail.head = { sequence: record.sequence, chain: record.chain };
			this.#options.onRecord?.(record, leaf);
		}
	}
}

/** What every new root takes along. */
function standing({ watermark, isReportTold }: Opened): RootPatch {
	return isReportTold ? { watermark, untold: false } : { watermark };
}
