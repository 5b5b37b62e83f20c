import { equalBytes } from "../../../protocol/bytes.ts";
import { RECORD_PAYLOAD_BYTES_MAX } from "../../../protocol/limits.ts";
import {
	CHAIN_BYTES,
	FRAME_HEAD_BYTES,
	FRAME_HEADER_BYTES,
	FRAME_MAGIC,
	FRAME_OVERHEAD_BYTES,
	frameBytes,
	frameType,
	type Sha256,
	segmentBases,
} from "../../../protocol/media.ts";
import { viewOf } from "../../../protocol/media-bytes.ts";
import type { JournalContext } from "./context.ts";
import type { Bookmark } from "./scan.ts";
import type { SegmentIndex } from "./segment-index.ts";

/** Read and checked at once: some twenty records of a day's work. */
const PIECE_BYTES = 2_048;

export interface SkimRange {
	/** Kinds that are visited; the others are only checked. */
	readonly kinds: ReadonlySet<number>;
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

interface SkimSource {
	readonly context: JournalContext;
	readonly index: SegmentIndex;
	/** The first record to read, and the chain before it. */
	readonly place: Bookmark;
	readonly last: number;
}

/**
 * Reads whole records that follow each other in the first copy of a segment, many at a time. Instead of both
 * checksums of every frame it computes the chain over a piece and compares it with what the last frame of the piece
 * says: a stronger check of all of them, made by the digest of the platform. Stops before whatever is not as usual,
 * and returns the place.
 */
export function skimSegment(source: SkimSource, range: Pick<SkimRange, "kinds" | "visit">): Bookmark {
	const { context, index, place } = source;
	const { layout } = context.roots.root;
	const { number } = place.key;
	const [base] = segmentBases(layout, number);
	// What was written behind the last record of an older segment never happened.
	const following = index.nextFrom(number + 1);
	const last = following ? Math.min(source.last, following.firstSequence - 1) : source.last;
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

class Skim {
	readonly #sha256: Sha256;
	readonly #alignBytes: number;
	readonly #range: Pick<SkimRange, "kinds" | "visit">;
	readonly #last: number;
	/** What is hashed: the chain before a record, its head, its payload. */
	readonly #message = new Uint8Array(CHAIN_BYTES + FRAME_HEAD_BYTES + RECORD_PAYLOAD_BYTES_MAX);

	constructor({ sha256, roots }: JournalContext, range: Pick<SkimRange, "kinds" | "visit">, last: number) {
		this.#sha256 = sha256;
		this.#alignBytes = roots.root.layout.alignBytes;
		this.#range = range;
		this.#last = last;
	}

	/** The place behind the whole frames of these bytes, once they are checked and visited; undefined for none. */
	piece(bytes: Uint8Array, place: Bookmark): Bookmark | undefined {
		const { kinds, visit } = this.#range;
		const alignBytes = this.#alignBytes;
		const { length } = bytes;
		const view = viewOf(bytes);
		const wanted: number[] = [];
		const last = this.#last;
		let { sequence, chain } = place;
		let at = 0;
		let kept = 0;
		while (sequence <= last && at + FRAME_OVERHEAD_BYTES <= length) {
			if (bytes[at] !== FRAME_MAGIC || bytes[at + 1] !== frameType.record) break;
			const payloadBytes = view.getUint16(at + 4);
			const end = at + frameBytes(payloadBytes, alignBytes);
			if (end > length || payloadBytes > RECORD_PAYLOAD_BYTES_MAX) break;
			// The chain binds the upper half of the number as well.
			if (view.getUint32(at + 12) !== sequence >>> 0) break;
			chain = this.#chainOf(chain, bytes, at, payloadBytes);
			if (kinds.has(bytes[at + 2] ?? 0)) wanted.push(at, sequence);
			kept = at + FRAME_HEADER_BYTES + payloadBytes;
			sequence++;
			at = end;
		}
		if (at === 0 || !equalBytes(bytes.subarray(kept, kept + CHAIN_BYTES), chain)) return undefined;
		for (let index = 0; index < wanted.length; index += 2) {
			const start = wanted[index] ?? 0;
			const from = start + FRAME_HEADER_BYTES;
			const payload = bytes.subarray(from, from + view.getUint16(start + 4));
			visit(wanted[index + 1] ?? 0, { kind: bytes[start + 2] ?? 0, payload });
		}
		return { key: place.key, offset: place.offset + at, sequence, chain };
	}

	/** Chain hash of the record in this frame, see `nextChain`. */
	#chainOf(previous: Uint8Array, bytes: Uint8Array, at: number, length: number): Uint8Array {
		const message = this.#message;
		const payload = at + FRAME_HEADER_BYTES;
		message.set(previous);
		message.set(bytes.subarray(at, at + FRAME_HEAD_BYTES), CHAIN_BYTES);
		message.set(bytes.subarray(payload, payload + length), CHAIN_BYTES + FRAME_HEAD_BYTES);
		return this.#sha256(message.subarray(0, CHAIN_BYTES + FRAME_HEAD_BYTES + length));
	}
}
