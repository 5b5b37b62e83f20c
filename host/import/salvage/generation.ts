import { toHex } from "../../../protocol/bytes.ts";
import {
	decodeFrame,
	decodeFrameHeader,
	decodeGap,
	decodeSeal,
	FRAME_HEADER_BYTES,
	FRAME_MAGIC,
	type Frame,
	frameBytes,
	frameType,
	gapKind,
	type Position,
	type Root,
	SEGMENT_HEADER_BYTES,
	type SegmentHeader,
	saltCrc,
} from "../../../protocol/media.ts";
import type { Dump } from "./dump.ts";
import { offsetFrom } from "./frame-crc.ts";
import type { Island, Place, Scan } from "./scan.ts";

/** One life of a segment: what was written under one salt, wherever copies of it lie. */
export interface Generation {
	readonly header: SegmentHeader;
	readonly seed: number;
	readonly places: Place[];
	/** The header is known from a root only. */
	readonly isFromRoot: boolean;
	summary: Summary;
}

/** What one look through all copies of a generation told. */
export interface Summary {
	/** Distinct records in any copy. */
	readonly records: number;
	/** Records in each place, in the order of `places`. */
	readonly perPlace: readonly number[];
	/** The record with the highest number. */
	readonly last: Position | undefined;
	readonly seal: Position | undefined;
}

const nothing: Summary = { records: 0, perPlace: [], last: undefined, seal: undefined };
/** Smallest frame: a record without payload. More of them do not fit a segment. */
const RECORDS_PER_SEGMENT_MAX = 1_171;

/** Generations of all segments, with every place that holds a part of one, and the islands that belong to none. */
export interface Sorted {
	readonly generations: readonly Generation[];
	readonly loose: readonly Island[];
}

export function sortGenerations({ segments, roots, islands }: Scan): Sorted {
	const known = new Map<string, Generation>();
	for (const { header, dump, base } of segments) {
		generationOf(known, header, false).places.push({ dump, base });
	}
	for (const { root } of roots) {
		for (const header of headersOf(root)) generationOf(known, header, true);
	}
	const generations = [...known.values()];
	const loose = attachIslands(generations, islands);
	return { generations, loose };
}

function generationOf(
	known: Map<string, Generation>,
	header: SegmentHeader,
	isFromRoot: boolean,
): Generation {
	const { number, salt, firstSequence, previousChain, terminalId } = header;
	// A root does not say when the segment was begun nor how often its place was erased.
	const key = [terminalId, number, toHex(salt), firstSequence, toHex(previousChain)].join();
	const found = known.get(key);
	if (found !== undefined) return found;
	const seed = saltCrc(salt);
	const made: Generation = { header, seed, places: [], isFromRoot, summary: nothing };
	known.set(key, made);
	return made;
}

/** What a root says of the newest segment, as if its header had been read. */
function headersOf({ newest, intent, terminalId, epoch, layout }: Root): readonly SegmentHeader[] {
	if (newest.number === 0) return [];
	const { segmentBytes, alignBytes } = layout;
	const shape = { epoch, terminalId, segmentBytes, alignBytes, eraseCount: 0 };
	const header = { ...newest, ...shape, previousNumber: newest.number - 1 };
	const isRebuilt = intent.kind === "rebuild" && intent.number === newest.number;
	return isRebuilt ? [header, { ...header, salt: intent.salt }] : [header];
}

/** Finds the segments of islands by the salts that are known; returns the islands of none. */
function attachIslands(
	generations: readonly Generation[],
	islands: readonly Island[],
): readonly Island[] {
	const sorted = generations.toSorted((a, b) => a.header.firstSequence - b.header.firstSequence);
	const firsts = sorted.map(({ header }) => header.firstSequence);
	const loose: Island[] = [];
	for (const island of islands) {
		let isLoose = true;
		let index = countUpTo(firsts, island.first) - 1;
		for (; index >= 0; index--) {
			const generation = sorted[index];
			if (!generation || (firsts[index] ?? 0) <= island.first - RECORDS_PER_SEGMENT_MAX) break;
			if (!attach(generation, island)) continue;
			isLoose = false;
			break;
		}
		if (isLoose) loose.push(island);
	}
	return loose;
}

function attach(generation: Generation, island: Island): boolean {
	const { header, seed, places } = generation;
	const at = offsetFrom(seed, island.start);
	if (at < SEGMENT_HEADER_BYTES || at >= header.segmentBytes) return false;
	if (at % header.alignBytes !== 0) return false;
	const base = island.offset - at;
	const isKnown = places.some((place) => place.dump === island.dump && place.base === base);
	if (!isKnown) places.push({ dump: island.dump, base });
	return true;
}

/** How many of the sorted numbers are at most `limit`. */
export function countUpTo(sorted: readonly number[], limit: number): number {
	let low = 0;
	let high = sorted.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((sorted[middle] ?? 0) <= limit) low = middle + 1;
		else high = middle;
	}
	return low;
}

/** Every whole frame of a generation in one of its places, in order: salt, offset and both checksums are right. */
export function framesAt(
	dumps: readonly Dump[],
	{ header, seed }: Generation,
	{ dump, base }: Place,
): readonly Frame[] {
	const { segmentBytes, alignBytes } = header;
	const bytes = new Uint8Array(segmentBytes);
	const found = dumps[dump]?.read(base, segmentBytes);
	if (found === undefined) return [];
	bytes.set(found, Math.max(0, -base));
	const frames: Frame[] = [];
	for (let offset = SEGMENT_HEADER_BYTES; offset + FRAME_HEADER_BYTES <= segmentBytes; ) {
		const frame =
			bytes[offset] === FRAME_MAGIC ? frameAt(bytes, { offset, seed, alignBytes }) : undefined;
		if (frame) frames.push(frame);
		offset += frame ? frameBytes(frame.payload.length, alignBytes) : alignBytes;
	}
	return frames;
}

function frameAt(
	bytes: Uint8Array,
	place: { readonly offset: number; readonly seed: number; readonly alignBytes: number },
): Frame | undefined {
	const { offset, alignBytes } = place;
	const header = decodeFrameHeader(bytes.subarray(offset, offset + FRAME_HEADER_BYTES), place);
	if (header === undefined) return undefined;
	const end = offset + frameBytes(header.length, alignBytes);
	return end > bytes.length ? undefined : decodeFrame(bytes.subarray(offset, end), header);
}

export function surveyGeneration(dumps: readonly Dump[], generation: Generation): void {
	const seen = new Set<number>();
	const perPlace: number[] = [];
	let last: Position | undefined;
	let seal: Position | undefined;
	for (const place of generation.places) {
		let count = 0;
		for (const { type, sequence, chain, payload } of framesAt(dumps, generation, place)) {
			if (type === frameType.seal && decodeSeal(payload)) seal = { sequence, chain };
			if (type !== frameType.record || sequence < generation.header.firstSequence) continue;
			count += 1;
			seen.add(sequence);
			if (last === undefined || sequence > last.sequence) last = { sequence, chain };
		}
		perPlace.push(count);
	}
	generation.summary = { records: seen.size, perPlace, last, seal };
}

/** What a gap frame says: records that the terminal itself knows to be lost, and the chain after them if it has one. */
export interface ToldGap {
	readonly from: number;
	readonly to: number;
	readonly chain: Uint8Array | undefined;
}

export function toldGap({ kind, sequence, payload, chain }: Frame): ToldGap | undefined {
	const said = decodeGap(payload);
	if (said === undefined || said.from < 1 || said.from > sequence) return undefined;
	return { from: said.from, to: sequence, chain: kind === gapKind.chained ? chain : undefined };
}
