import { equalBytes } from "../../../protocol/bytes.ts";
import { frameType, nextChain, type Sha256 } from "../../../protocol/chain.ts";
import { RECORD_PAYLOAD_BYTES_MAX, SEGMENT_BYTES_MAX } from "../../../protocol/limits.ts";
import {
	decodeFrame,
	FRAME_HEAD_BYTES,
	FRAME_HEADER_BYTES,
	frameBytes,
	type JournalRecord,
} from "../../../protocol/media.ts";
import { readU32, readU64, viewOf } from "../../../protocol/media-bytes.ts";
import type { Dump } from "./dump.ts";
import { crcBefore, mayShareSegment } from "./frame-crc.ts";
import { framesAt, type Generation, type ToldGap, toldGap } from "./generation.ts";
import { endOfLooseFrame, type Island } from "./scan.ts";

/**
 * Where a record was found. `path`: in a segment that counts; `other`: in another version of a segment; `loose`:
 * without a segment header, the salt not known, so only the chain can prove it.
 */
export type Source = "path" | "other" | "loose";
const rank: { readonly [source in Source]: number } = { path: 0, other: 1, loose: 2 };

/** Where a loose frame stands, and what its checksum started from. */
export interface Spot {
	readonly dump: number;
	readonly offset: number;
	readonly start: number;
}

/** True when two loose frames can be of one segment: so near, and their checksums go together. */
export function areKin(one: Spot, other: Spot): boolean {
	const distance = other.offset - one.offset;
	if (one.dump !== other.dump || Math.abs(distance) >= SEGMENT_BYTES_MAX) return false;
	return distance > 0
		? mayShareSegment(one.start, other.start, distance, SEGMENT_BYTES_MAX)
		: mayShareSegment(other.start, one.start, -distance, SEGMENT_BYTES_MAX);
}

/** A whole record frame, as it was found in one place or in several. */
export interface Candidate {
	readonly record: JournalRecord;
	readonly source: Source;
	/** Whole copies. */
	copies: number;
	/** Of a loose record: its head fits the salt of the frame after or before it. */
	readonly isHeadSure: boolean;
	/** Where its loose copies stand. */
	readonly spots: readonly Spot[];
	/** What follows leads to a chain that is known, leads away from one, or ends before one. */
	fate: "tied" | "open" | "away";
}

/** What stands on the media about a range of records. */
export class Candidates {
	readonly #bySequence = new Map<number, Candidate[]>();
	/** Chains that are known after a record, from headers, seals, gap frames and roots. */
	readonly anchors = new Map<number, Uint8Array>();
	readonly gaps: ToldGap[] = [];

	at(sequence: number): readonly Candidate[] {
		return this.#bySequence.get(sequence) ?? [];
	}

	sequences(): readonly number[] {
		return [...this.#bySequence.keys()].toSorted((a, b) => a - b);
	}

	anchor(sequence: number, chain: Uint8Array): void {
		if (!this.anchors.has(sequence)) this.anchors.set(sequence, chain);
	}

	addGeneration(dumps: readonly Dump[], generation: Generation, source: "path" | "other"): void {
		for (const place of generation.places) {
			for (const frame of framesAt(dumps, generation, place)) {
				if (frame.type === frameType.record) {
					const placed = { isHeadSure: true, spots: [], fate: "open" } as const;
					if (frame.sequence >= generation.header.firstSequence)
						this.#add({ record: frame, source, copies: 1, ...placed });
					continue;
				}
				if (source !== "path") continue;
				const gap = frame.type === frameType.gap ? toldGap(frame) : undefined;
				if (gap?.chain) this.anchor(gap.to, gap.chain);
				if (gap && !this.gaps.some(({ from, to }) => from === gap.from && to === gap.to))
					this.gaps.push(gap);
				if (frame.type === frameType.seal) this.anchor(frame.sequence, frame.chain);
			}
		}
	}

	addIsland(dumps: readonly Dump[], island: Island): void {
		for (const { spot, ...found } of looseRecords(dumps, island)) {
			this.#add({ ...found, source: "loose", copies: 1, spots: [spot], fate: "open" });
		}
	}

	/** Looks from the end of the range back to which records lead to a known chain. */
	judge(sha256: Sha256): void {
		for (const sequence of this.sequences().toReversed()) {
			for (const candidate of this.at(sequence)) candidate.fate = this.#fateOf(candidate, sha256);
		}
	}

	#fateOf({ record }: Candidate, sha256: Sha256): Candidate["fate"] {
		const anchor = this.anchors.get(record.sequence);
		if (anchor !== undefined) return equalBytes(anchor, record.chain) ? "tied" : "away";
		const next = this.at(record.sequence + 1);
		const followers = next.filter((follower) => follows(record.chain, follower.record, sha256));
		if (followers.some(({ source, fate }) => source === "path" || fate === "tied")) return "tied";
		if (followers.some(({ fate }) => fate === "open")) return "open";
		if (followers.length > 0) return "away";
		return next.some(({ source }) => source === "path") ? "away" : "open";
	}

	#add(found: Candidate): void {
		const { sequence } = found.record;
		const there = this.#bySequence.get(sequence);
		if (there === undefined) {
			this.#bySequence.set(sequence, [found]);
			return;
		}
		const index = there.findIndex(({ record }) => isSame(record, found.record));
		const same = there[index];
		if (same === undefined) {
			there.push(found);
			there.sort((a, b) => rank[a.source] - rank[b.source]);
			return;
		}
		const copies = same.copies + 1;
		const better = rank[found.source] < rank[same.source] ? found : same;
		const spots = [...same.spots, ...found.spots];
		const isHeadSure = same.isHeadSure || found.isHeadSure;
		there[index] = { ...better, copies, spots, isHeadSure };
		there.sort((a, b) => rank[a.source] - rank[b.source]);
	}
}

export function follows(chain: Uint8Array, record: JournalRecord, sha256: Sha256): boolean {
	return equalBytes(nextChain(chain, record, sha256), record.chain);
}

function isSame(a: JournalRecord, b: JournalRecord): boolean {
	return (
		a.kind === b.kind &&
		a.flags === b.flags &&
		equalBytes(a.chain, b.chain) &&
		equalBytes(a.payload, b.payload)
	);
}

interface Loose {
	readonly record: JournalRecord;
	readonly spot: Spot;
}

/** The records of an island. The head of each is sure when its checksum goes together with a neighbour's. */
function looseRecords(
	dumps: readonly Dump[],
	{ dump, offset, end }: Island,
): readonly (Loose & { readonly isHeadSure: boolean })[] {
	const bytes = dumps[dump]?.read(offset, end - offset) ?? new Uint8Array(0);
	const found: Loose[] = [];
	for (let at = 0; at < bytes.length; ) {
		const next = endOfLooseFrame(bytes, at);
		if (next === undefined) break;
		const frame = looseFrame(bytes.subarray(at, next));
		if (frame !== undefined) {
			const spot = { dump, offset: offset + at, start: frame.start };
			found.push({ record: frame.record, spot });
		}
		at = next;
	}
	return found.map((one, index) => {
		const neighbour = found[index + 1] ?? found[index - 1];
		return { ...one, isHeadSure: neighbour !== undefined && areKin(one.spot, neighbour.spot) };
	});
}

function looseFrame(
	bytes: Uint8Array,
): { readonly record: JournalRecord; readonly start: number } | undefined {
	const view = viewOf(bytes);
	const crc = readU32(bytes, FRAME_HEAD_BYTES);
	const length = view.getUint16(4);
	if (length > RECORD_PAYLOAD_BYTES_MAX || frameBytes(length, 4) > bytes.length) return undefined;
	const [, , kind = 0, flags = 0] = bytes;
	const sequence = readU64(view, 8);
	const frame = decodeFrame(bytes, { type: frameType.record, kind, flags, length, sequence, crc });
	if (frame === undefined) return undefined;
	const { payload, chain } = frame;
	const start = crcBefore(crc, bytes.subarray(0, FRAME_HEADER_BYTES), 0, FRAME_HEAD_BYTES);
	return { record: { sequence, kind, flags, payload, chain }, start };
}
