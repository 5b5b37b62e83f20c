import { assert } from "../../../protocol/error.ts";
import { RECORD_PAYLOAD_BYTES_MAX } from "../../../protocol/limits.ts";
import {
	CHAIN_BYTES,
	FRAME_HEAD_BYTES,
	FRAME_HEADER_BYTES,
	FRAME_MAGIC,
	FRAME_OVERHEAD_BYTES,
	frameType,
	type Gap,
	type JournalRecord,
	type Position,
	type Sha256,
	segmentBases,
} from "../../../protocol/media.ts";
import { viewOf } from "../../../protocol/media-bytes.ts";
import type { JournalContext } from "./context.ts";
import type { RecentPlaces } from "./recent-places.ts";
import type { Bookmark, Visit } from "./scan.ts";
import type { SegmentIndex } from "./segment-index.ts";

/** Read and checked at once: some twenty records of a day's work. */
const PIECE_BYTES = 2_048;
/** First two bytes of the frame of a record. */
const RECORD_FRAME = (FRAME_MAGIC << 8) | frameType.record;

export interface SkimRange {
	/** Kinds that are visited. */
	readonly kinds: ReadonlySet<number>;
	/** True when the others are checked too, so that none of these kinds can hide behind a broken kind. */
	readonly checksAll: boolean;
	/** Records looked at, of whatever kind. */
	readonly recordsMax: number;
	/** The payload is lent: it is a part of a larger array. */
	readonly visit: (sequence: number, record: SkimmedRecord) => void;
	/** Told of records `from` to `to` that the media no longer hold. */
	readonly onMissing: (from: number, to: number) => void;
}

export interface SkimmedRecord {
	readonly kind: number;
	readonly payload: Uint8Array;
}

type Skimmed = Pick<SkimRange, "kinds" | "checksAll" | "visit">;

interface SkimSource {
	readonly context: JournalContext;
	readonly index: SegmentIndex;
	readonly tail: { readonly head: Position };
	readonly recent: RecentPlaces;
	/** Where the scan or the skim before has left off. */
	bookmark: Bookmark | undefined;
}

type Scan = (
	from: number,
	to: number,
	visit: Visit<[sequence: number, record: JournalRecord]>,
	onGap: Visit<[gap: Gap]>,
) => void;

/** Visits what `Journal.skim` says; returns the first sequence number that was not looked at. */
export function skimRecords(
	source: SkimSource,
	scan: Scan,
	range: SkimRange & { readonly from: number; readonly to: number },
): number {
	const { kinds, visit, onMissing, from } = range;
	const oldest = source.context.roots.root.first.sequence;
	const last = Math.min(range.to, source.tail.head.sequence);
	const end = Math.min(last, Math.max(from, oldest) + range.recordsMax - 1);
	let next = from;
	const missing = (upTo: number) => {
		onMissing(next, upTo);
		next = upTo + 1;
	};
	const one = (sequence: number, record: JournalRecord) => {
		next = sequence + 1;
		if (kinds.has(record.kind)) visit(sequence, record);
		return false;
	};
	if (next < oldest) missing(Math.min(oldest - 1, last));
	while (next <= end) {
		const before = next;
		const place = source.recent.at(next) ?? source.bookmark;
		if (place?.sequence === next) {
			source.bookmark = skimSegment(source, { place, last: end }, range);
			next = source.bookmark.sequence;
		}
		// Whatever is not as usual, the end of a segment too, is left to the scan: one record, and on.
		if (next <= end) scan(next, last, one, (gap) => missing(gap.to));
		assert(next > before, "a scan shows a record or tells of a gap");
	}
	return next;
}

/**
 * Reads whole records that follow each other in the first copy of a segment, many at a time. Instead of both
 * checksums of every frame it computes the chain over a piece and compares it with what the last frame of the piece
 * says: a stronger check of all of them, made by the digest of the platform. A range that was checked whole before is
 * read again with a check of the visited kinds alone, each against the chain that stands before and in it. Stops
 * before whatever is not as usual, and returns the place.
 */
function skimSegment(
	{ context, index }: SkimSource,
	{ place, last: end }: { readonly place: Bookmark; readonly last: number },
	range: Skimmed,
): Bookmark {
	const { layout, newest } = context.roots.root;
	const { number } = place.key;
	const [base] = segmentBases(layout, number);
	// What was written behind the last record of an older segment never happened.
	const isNewest = number === newest.number;
	const last = isNewest ? end : Math.min(end, index.nextFrom(number + 1).firstSequence - 1);
	const skim = new Skim(context, range, last);
	let next = place;
	while (next.sequence <= last) {
		const length = Math.min(PIECE_BYTES, layout.segmentBytes - next.offset);
		const bytes = context.medium.read(base + next.offset, length);
		const behind = bytes && skim.piece(bytes, next);
		if (behind === undefined) break;
		next = behind;
	}
	return next;
}

/** Of a frame in the bytes of a piece. */
type Place = readonly [sequence: number, at: number];

class Skim {
	readonly #sha256: Sha256;
	/** Frames are aligned to a power of two. */
	readonly #padding: number;
	readonly #range: Skimmed;
	readonly #last: number;
	/** What is hashed: the chain before a record, its head, its payload. */
	readonly #message = new Uint8Array(CHAIN_BYTES + FRAME_HEAD_BYTES + RECORD_PAYLOAD_BYTES_MAX);

	constructor({ sha256, roots }: JournalContext, range: Skimmed, last: number) {
		this.#sha256 = sha256;
		this.#padding = roots.root.layout.alignBytes - 1;
		this.#range = range;
		this.#last = last;
	}

	/** The place behind the whole frames of these bytes, once they are checked and visited; undefined for none. */
	piece(bytes: Uint8Array, place: Bookmark): Bookmark | undefined {
		const { kinds, checksAll } = this.#range;
		const padding = this.#padding;
		const view = viewOf(bytes);
		const wanted: Place[] = [];
		let { sequence, chain } = place;
		let at = 0;
		let kept = 0;
		/** A last frame whose chain is only taken as it stands there, and the chain before it. */
		let unchecked: number | undefined;
		let before = chain;
		while (sequence <= this.#last) {
			const length = payloadBytesAt(view, at, sequence);
			if (length === undefined) break;
			const isWanted = kinds.has(view.getUint8(at + 2));
			kept = at + FRAME_HEADER_BYTES + length;
			if (checksAll || isWanted) {
				chain = this.#chainOf(chain, bytes, at, kept);
				if (!checksAll && !isAt(view, kept, chain)) return undefined;
				unchecked = undefined;
			} else {
				unchecked = at;
				before = chain;
				chain = bytes.subarray(kept, kept + CHAIN_BYTES);
			}
			if (isWanted) wanted.push([sequence, at]);
			sequence++;
			at += (FRAME_OVERHEAD_BYTES + length + padding) & ~padding;
		}
		if (unchecked !== undefined) chain = this.#chainOf(before, bytes, unchecked, kept);
		if (at === 0 || !isAt(view, kept, chain)) return undefined;
		this.#visit(bytes, view, wanted);
		return { key: place.key, offset: place.offset + at, sequence, chain };
	}

	#visit(bytes: Uint8Array, view: DataView, wanted: readonly Place[]): void {
		const { visit } = this.#range;
		for (const [sequence, at] of wanted) {
			const from = at + FRAME_HEADER_BYTES;
			const payload = bytes.subarray(from, from + view.getUint16(at + 4));
			visit(sequence, { kind: view.getUint8(at + 2), payload });
		}
	}

	/** Chain hash of the record in the frame at `at` whose payload ends at `end`, see `nextChain`. */
	#chainOf(previous: Uint8Array, bytes: Uint8Array, at: number, end: number): Uint8Array {
		const message = this.#message;
		const payload = bytes.subarray(at + FRAME_HEADER_BYTES, end);
		message.set(previous);
		message.set(bytes.subarray(at, at + FRAME_HEAD_BYTES), CHAIN_BYTES);
		message.set(payload, CHAIN_BYTES + FRAME_HEAD_BYTES);
		return this.#sha256(message.subarray(0, CHAIN_BYTES + FRAME_HEAD_BYTES + payload.length));
	}
}

/** Length of the payload of a frame that says it is this record and that is here to its end. */
function payloadBytesAt(view: DataView, at: number, sequence: number): number | undefined {
	const left = view.byteLength - at - FRAME_OVERHEAD_BYTES;
	if (left < 0 || view.getUint16(at) !== RECORD_FRAME) return undefined;
	const length = view.getUint16(at + 4);
	if (length > Math.min(left, RECORD_PAYLOAD_BYTES_MAX)) return undefined;
	// The chain binds the upper half of the number as well.
	return view.getUint32(at + 12) === sequence >>> 0 ? length : undefined;
}

/** True when these hash bytes stand there. */
function isAt(view: DataView, at: number, hash: Uint8Array): boolean {
	const other = viewOf(hash);
	for (let index = 0; index < CHAIN_BYTES; index += 4) {
		if (view.getUint32(at + index) !== other.getUint32(index)) return false;
	}
	return true;
}
