import { frameType } from "../../../protocol/chain.ts";
import { crc32c } from "../../../protocol/crc.ts";
import { CloseoutError } from "../../../protocol/error.ts";
import {
	SALVAGE_ISLANDS_MAX,
	SALVAGE_SEGMENTS_MAX,
	SEGMENT_BYTES_MAX,
	SEGMENT_BYTES_MIN,
	WRITE_ALIGN_MAX,
} from "../../../protocol/limits.ts";
import {
	decodeFrameHeader,
	decodeRoot,
	decodeSegmentHeader,
	FRAME_HEAD_BYTES,
	FRAME_HEADER_BYTES,
	FRAME_MAGIC,
	FRAME_OVERHEAD_BYTES,
	frameBytes,
	ROOT_BYTES,
	type Root,
	SEGMENT_HEADER_BYTES,
	type SegmentHeader,
	saltCrc,
} from "../../../protocol/media.ts";
import { readU32, readU64, viewOf } from "../../../protocol/media-bytes.ts";
import { sha256 } from "../../digest.ts";
import type { Dump } from "./dump.ts";
import { crcBefore } from "./frame-crc.ts";

/** Where a segment begins in a dump; the header may be destroyed there. */
export interface Place {
	readonly dump: number;
	readonly base: number;
}

export interface FoundSegment extends Place {
	readonly header: SegmentHeader;
}

export interface FoundRootPlace extends Place {
	readonly root: Root;
}

/** Record frames that follow each other without a hole and belong to no segment whose header stands before them. */
export interface Island {
	readonly dump: number;
	readonly offset: number;
	readonly end: number;
	readonly first: number;
	readonly last: number;
	/** What the checksum of the first frame started from. */
	readonly start: number;
}

export interface Scan {
	readonly segments: readonly FoundSegment[];
	readonly roots: readonly FoundRootPlace[];
	readonly islands: readonly Island[];
	/** Islands beyond the limit: not looked at any more. */
	readonly islandsLeftOut: number;
}

const CHUNK_BYTES = 4 * 1_048_576;
const OVERLAP_BYTES = 16_384;
/** Headers that may cover a frame at once; more stand so close only in bytes that somebody made up. */
const OPEN_SEGMENTS_MAX = 256;
const SEGMENT_MAGIC = 0x434c_5347;
const ROOT_MAGIC = 0x434c_5254;
const LETTER_C = 0x43;

interface OpenSegment {
	readonly base: number;
	readonly end: number;
	readonly seed: number;
	readonly alignBytes: number;
}

/**
 * Looks at every byte of the dumps for what a journal leaves on its media, at any offset: no root, no size and no
 * place is believed. Yields the bytes that were looked at. Throws `LIMIT` for more segments than any media hold.
 */
export function* scanDumps(dumps: readonly Dump[]): Generator<number, Scan> {
	const scan = new DumpScan();
	let done = 0;
	for (const [index, dump] of dumps.entries()) {
		scan.begin(index);
		for (let offset = 0; offset < dump.sizeBytes; offset += CHUNK_BYTES) {
			const bytes = dump.read(offset, CHUNK_BYTES + OVERLAP_BYTES);
			scan.take(bytes, offset, Math.min(CHUNK_BYTES, dump.sizeBytes - offset));
			yield done + Math.min(offset + CHUNK_BYTES, dump.sizeBytes);
		}
		scan.end();
		done += dump.sizeBytes;
	}
	return scan.result();
}

class DumpScan {
	readonly #segments: FoundSegment[] = [];
	readonly #roots: FoundRootPlace[] = [];
	readonly #islands: Island[] = [];
	#leftOut = 0;
	#dump = 0;
	#open: OpenSegment[] = [];
	#island: Island | undefined;

	begin(dump: number): void {
		this.#dump = dump;
		this.#open = [];
	}

	/** Looks at the first `length` of the bytes; what begins there may go on behind. */
	take(bytes: Uint8Array, start: number, length: number): void {
		for (let index = 0; index < length; index++) {
			const byte = bytes[index];
			if (byte === FRAME_MAGIC) this.#takeFrame(bytes, index, start);
			else if (byte === LETTER_C) this.#takeHead(bytes, index, start);
		}
	}

	end(): void {
		this.#endIsland();
	}

	result(): Scan {
		return {
			segments: this.#segments,
			roots: this.#roots,
			islands: this.#islands,
			islandsLeftOut: this.#leftOut,
		};
	}

	#takeHead(bytes: Uint8Array, index: number, start: number): void {
		const magic = readU32(bytes, index);
		if (magic === ROOT_MAGIC) {
			const root = decodeRoot(bytes.slice(index, index + ROOT_BYTES), sha256);
			if (root && this.#roots.length < SALVAGE_SEGMENTS_MAX)
				this.#roots.push({ dump: this.#dump, base: start + index, root });
		}
		if (magic !== SEGMENT_MAGIC) return;
		const header = decodeSegmentHeader(bytes.subarray(index, index + SEGMENT_HEADER_BYTES));
		if (header === undefined || !isPlausible(header)) return;
		if (this.#segments.length >= SALVAGE_SEGMENTS_MAX) throw tooMany();
		const base = start + index;
		const { salt, alignBytes, segmentBytes } = header;
		this.#segments.push({ dump: this.#dump, base, header });
		this.#open = this.#open.filter(({ end }) => end > base).slice(-OPEN_SEGMENTS_MAX);
		this.#open.push({ base, end: base + segmentBytes, seed: saltCrc(salt), alignBytes });
	}

	#takeFrame(bytes: Uint8Array, index: number, start: number): void {
		if (bytes[index + 1] !== frameType.record || bytes[index + 6] !== 0 || bytes[index + 7] !== 0)
			return;
		const head = bytes.subarray(index, index + FRAME_HEADER_BYTES);
		if (head.length < FRAME_HEADER_BYTES) return;
		const offset = start + index;
		if (this.#open.some((segment) => isOf(segment, head, offset))) return;
		const end = endOfLooseFrame(bytes, index);
		if (end === undefined) return;
		const sequence = readU64(viewOf(head), 8);
		const island = this.#island;
		if (island?.end === offset && island.last + 1 === sequence) {
			this.#island = { ...island, end: start + end, last: sequence };
			return;
		}
		this.#endIsland();
		const started = crcBefore(readU32(head, FRAME_HEAD_BYTES), head, 0, FRAME_HEAD_BYTES);
		const place = { dump: this.#dump, offset, end: start + end, start: started };
		this.#island = { ...place, first: sequence, last: sequence };
	}

	#endIsland(): void {
		if (this.#island === undefined) return;
		if (this.#islands.length < SALVAGE_ISLANDS_MAX) this.#islands.push(this.#island);
		else this.#leftOut += 1;
		this.#island = undefined;
	}
}

function isPlausible({ segmentBytes, alignBytes, number, firstSequence }: SegmentHeader): boolean {
	const isAligned = alignBytes >= 4 && alignBytes <= WRITE_ALIGN_MAX;
	const isPower = (alignBytes & (alignBytes - 1)) === 0;
	const isSized = segmentBytes >= SEGMENT_BYTES_MIN && segmentBytes <= SEGMENT_BYTES_MAX;
	const isNumbered = Number.isSafeInteger(number) && Number.isSafeInteger(firstSequence);
	return isAligned && isPower && isSized && isNumbered && number > 0 && firstSequence > 0;
}

function isOf({ base, end, seed, alignBytes }: OpenSegment, head: Uint8Array, at: number): boolean {
	if (at >= end) return false;
	return decodeFrameHeader(head, { offset: at - base, seed, alignBytes }) !== undefined;
}

/**
 * End of a record frame of which only the second checksum can be checked: the first one needs the salt. The
 * padding is not known without the header, so every possible one is tried.
 */
export function endOfLooseFrame(bytes: Uint8Array, index: number): number | undefined {
	const view = viewOf(bytes);
	if (index + FRAME_OVERHEAD_BYTES > bytes.length) return undefined;
	const length = view.getUint16(index + 4);
	const sequence = readU64(view, index + 8);
	if (length > 1_024 || sequence < 1 || sequence === Number.POSITIVE_INFINITY) return undefined;
	let from = index + FRAME_HEADER_BYTES;
	let crc = view.getUint32(index + FRAME_HEAD_BYTES);
	for (let align = 4; align <= WRITE_ALIGN_MAX; align *= 2) {
		const end = index + frameBytes(length, align);
		if (end > bytes.length) return undefined;
		if (end - 4 < from) continue;
		crc = crc32c(bytes, from, end - 4, crc);
		from = end - 4;
		if (view.getUint32(end - 4) === crc) return end;
	}
	return undefined;
}

function tooMany(): CloseoutError {
	const message = `the dump holds more than ${SALVAGE_SEGMENTS_MAX} segments; cut it into parts and recover each`;
	return new CloseoutError("LIMIT", message);
}
