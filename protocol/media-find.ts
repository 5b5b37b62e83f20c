import { CHAIN_BYTES, type Sha256 } from "./chain.ts";
import type { MediaReader } from "./media-copy.ts";
import {
	copies,
	type Layout,
	layoutOf,
	layoutProblem,
	mirrorOffsetOf,
	ROOT_SLOTS,
	rootOffset,
	SECTOR_BYTES_MAX,
	SECTOR_BYTES_MIN,
	segmentOffset,
} from "./media-layout.ts";
import {
	chooseRoot,
	NONCE_BYTES,
	type Position,
	type Root,
	type RootSlot,
	readRootSlot,
} from "./media-root.ts";
import { decodeSegmentHeader, SEGMENT_HEADER_BYTES, type SegmentHeader } from "./media-segment.ts";

/** An image of the media, or the media themselves, opened for reading. */
export interface MediaImage {
	readonly sizeBytes: number;
	readonly read: MediaReader;
}

export function imageOf(bytes: Uint8Array): MediaImage {
	return {
		sizeBytes: bytes.length,
		read: (offset, length) =>
			offset + length <= bytes.length ? bytes.subarray(offset, offset + length) : undefined,
	};
}

export interface FoundRoot {
	readonly root: Root;
	/** The four slots; empty when the root was inferred. */
	readonly slots: readonly RootSlot[];
	/** Slots whose newest root is this one. */
	readonly holders: readonly number[];
	/** No root was left: this one says what the segments themselves tell. */
	readonly isInferred: boolean;
}

/** The root of an image whose sector size is not known, or what the segments tell when all roots are lost. */
export function findRoot(image: MediaImage, sha256: Sha256): FoundRoot | undefined {
	for (const sectorBytes of sectorSizes()) {
		const mirrorOffset = mirrorOffsetOf(image.sizeBytes, sectorBytes);
		const slotsWith = (eraseValue: number) =>
			Array.from({ length: ROOT_SLOTS }, (_, slot) => {
				const offset = rootOffset({ sectorBytes, mirrorOffset }, slot);
				return readRootSlot(image.read(offset, sectorBytes), eraseValue, sha256);
			});
		const choice = chooseRoot(slotsWith(0xff));
		if (choice?.root.layout.sectorBytes !== sectorBytes) continue;
		const slots = slotsWith(choice.root.layout.eraseValue);
		return { root: choice.root, holders: choice.holders, slots, isInferred: false };
	}
	const root = inferRoot(image);
	return root && { root, slots: [], holders: [], isInferred: true };
}

function* sectorSizes(): Generator<number> {
	for (let size = SECTOR_BYTES_MIN; size <= SECTOR_BYTES_MAX; size *= 2) yield size;
}

/** A segment header that stands where a layout has a segment of its number. */
interface Placed {
	readonly header: SegmentHeader;
	readonly layout: Layout;
}

function inferRoot(image: MediaImage): Root | undefined {
	const found: { readonly header: SegmentHeader; readonly offset: number }[] = [];
	for (let offset = 0; offset < image.sizeBytes; offset += SECTOR_BYTES_MIN) {
		const bytes = image.read(offset, SEGMENT_HEADER_BYTES);
		const header = bytes && decodeSegmentHeader(bytes);
		if (header) found.push({ header, offset });
	}
	for (const sectorBytes of sectorSizes()) {
		const placed = found
			.flatMap(({ header, offset }) => placeOf(image, sectorBytes, header, offset))
			.sort(newestFirst);
		const [newest] = placed;
		if (newest && placed.length * 2 > found.length) return rootFrom(newest, placed);
	}
	return undefined;
}

/** One or none. */
function placeOf(
	{ sizeBytes }: MediaImage,
	sectorBytes: number,
	header: SegmentHeader,
	offset: number,
): readonly Placed[] {
	const shape = { sizeBytes, sectorBytes, writeAlign: header.alignBytes, eraseValue: 0xff };
	const layout = layoutOf(shape, header.segmentBytes);
	if (layoutProblem(layout) !== undefined) return [];
	const fits = copies.some((copy) => segmentOffset(layout, copy, header.number) === offset);
	return fits ? [{ header, layout }] : [];
}

/** Of two lives of one segment, the later one first. */
function newestFirst({ header: left }: Placed, { header: right }: Placed): number {
	return right.number - left.number || right.eraseCount - left.eraseCount;
}

function rootFrom({ header: newest, layout }: Placed, placed: readonly Placed[]): Root {
	// What is older than one round of the ring is left over in a place that is used again.
	const oldest = placed.reduce(
		(best, { header }) => (header.number > newest.number - layout.segmentCount ? header : best),
		newest,
	);
	const unknown: Position = { sequence: 0, chain: new Uint8Array(CHAIN_BYTES) };
	return {
		sequence: 0,
		terminalId: newest.terminalId,
		epoch: newest.epoch,
		nonce: new Uint8Array(NONCE_BYTES),
		layout,
		state: "open",
		retired: false,
		untold: false,
		intent: { kind: "none" },
		tornBytes: 0,
		repairedRecords: 0,
		staleRecords: 0,
		first: { number: oldest.number, sequence: oldest.firstSequence },
		newest,
		watermark: unknown,
		head: unknown,
	};
}
