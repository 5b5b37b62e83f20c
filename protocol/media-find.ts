import { CHAIN_BYTES, type Sha256 } from "./chain.ts";
import type { MediaReader } from "./media-copy.ts";
import {
	copies,
	type Layout,
	mirrorOffsetOf,
	planLayout,
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

function sectorSizes(): readonly number[] {
	const sizes: number[] = [];
	for (let size = SECTOR_BYTES_MIN; size <= SECTOR_BYTES_MAX; size *= 2) sizes.push(size);
	return sizes;
}

interface PlacedHeader {
	readonly header: SegmentHeader;
	readonly offset: number;
}

function inferRoot(image: MediaImage): Root | undefined {
	const found: PlacedHeader[] = [];
	for (let offset = 0; offset < image.sizeBytes; offset += SECTOR_BYTES_MIN) {
		const bytes = image.read(offset, SEGMENT_HEADER_BYTES);
		const header = bytes && decodeSegmentHeader(bytes);
		if (header) found.push({ header, offset });
	}
	for (const sectorBytes of sectorSizes()) {
		const placed = found.filter((item) => fitsLayout(item, layoutFor(image, item, sectorBytes)));
		const newest = placed.reduce<PlacedHeader | undefined>(
			(best, item) => (best && best.header.number >= item.header.number ? best : item),
			undefined,
		);
		const layout = newest && layoutFor(image, newest, sectorBytes);
		if (newest && layout && placed.length * 2 > found.length)
			return rootFrom(newest.header, placed, layout);
	}
	return undefined;
}

function layoutFor(
	{ sizeBytes }: MediaImage,
	{ header }: PlacedHeader,
	sectorBytes: number,
): Layout | undefined {
	if (header.segmentBytes % sectorBytes !== 0) return undefined;
	try {
		const shape = { sizeBytes, sectorBytes, writeAlign: header.alignBytes, eraseValue: 0xff };
		return planLayout(shape, header.segmentBytes);
	} catch {
		return undefined;
	}
}

function fitsLayout({ header, offset }: PlacedHeader, layout: Layout | undefined): boolean {
	return !!layout && copies.some((copy) => segmentOffset(layout, copy, header.number) === offset);
}

function rootFrom(newest: SegmentHeader, placed: readonly PlacedHeader[], layout: Layout): Root {
	const oldestNumber = Math.max(1, newest.number - layout.segmentCount + 1);
	const oldest = placed
		.map(({ header }) => header)
		.filter(({ number }) => number >= oldestNumber)
		.reduce((best, header) => (header.number < best.number ? header : best), newest);
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
