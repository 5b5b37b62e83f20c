import { equalBytes } from "./bytes.ts";
import { CHAIN_BYTES } from "./chain.ts";
import { crc32c } from "./crc.ts";
import { readU64, viewOf, writeU64 } from "./media-bytes.ts";
import type { MediaReader } from "./media-copy.ts";
import { copies, type Layout, segmentOffset } from "./media-layout.ts";
import {
	decodeTerminalId,
	MEDIA_VERSION,
	SALT_BYTES,
	type SegmentKey,
	TERMINAL_ID_BYTES,
} from "./media-root.ts";
import { encodeUtf8 } from "./utf8.ts";

export const SEGMENT_HEADER_BYTES = 192;
/** "CLSG" */
const SEGMENT_MAGIC = 0x434c_5347;
const CRC_OFFSET = 188;

/** First bytes of a segment; with it a segment can be read without any root. */
export interface SegmentHeader extends SegmentKey {
	readonly epoch: number;
	readonly terminalId: string;
	/** The live segment before this one; 0 for the first. */
	readonly previousNumber: number;
	readonly segmentBytes: number;
	/** How often this place has been erased, this time included. */
	readonly eraseCount: number;
	readonly alignBytes: number;
}

export function encodeSegmentHeader(header: SegmentHeader): Uint8Array {
	const bytes = new Uint8Array(SEGMENT_HEADER_BYTES);
	const view = viewOf(bytes);
	view.setUint32(0, SEGMENT_MAGIC);
	view.setUint16(4, MEDIA_VERSION);
	view.setUint16(6, SEGMENT_HEADER_BYTES);
	writeU64(view, 8, header.number);
	writeU64(view, 16, header.epoch);
	writeU64(view, 24, header.firstSequence);
	bytes.set(header.previousChain, 32);
	bytes.set(header.salt, 64);
	writeU64(view, 72, header.previousNumber);
	view.setUint32(80, header.segmentBytes);
	view.setUint32(84, header.eraseCount);
	bytes.set(encodeUtf8(header.terminalId), 88);
	bytes[120] = header.alignBytes;
	view.setUint32(CRC_OFFSET, crc32c(bytes, 0, CRC_OFFSET));
	return bytes;
}

/** The header in these bytes, or undefined when they hold none that is whole and of this version. */
export function decodeSegmentHeader(bytes: Uint8Array): SegmentHeader | undefined {
	if (bytes.length !== SEGMENT_HEADER_BYTES) return undefined;
	const view = viewOf(bytes);
	if (view.getUint32(0) !== SEGMENT_MAGIC) return undefined;
	if (view.getUint32(CRC_OFFSET) !== crc32c(bytes, 0, CRC_OFFSET)) return undefined;
	if (view.getUint16(4) !== MEDIA_VERSION || view.getUint16(6) !== SEGMENT_HEADER_BYTES)
		return undefined;
	const terminalId = decodeTerminalId(bytes.subarray(88, 88 + TERMINAL_ID_BYTES));
	if (terminalId === undefined) return undefined;
	return {
		number: readU64(view, 8),
		epoch: readU64(view, 16),
		firstSequence: readU64(view, 24),
		previousChain: bytes.slice(32, 32 + CHAIN_BYTES),
		salt: bytes.slice(64, 64 + SALT_BYTES),
		previousNumber: readU64(view, 72),
		segmentBytes: view.getUint32(80),
		eraseCount: view.getUint32(84),
		terminalId,
		alignBytes: view.getUint8(120),
	};
}

/** A header as the two copies have it. */
export interface FoundHeader {
	readonly header: SegmentHeader;
	/** Copies that hold it: bit 0 for ring 1, bit 1 for ring 2. */
	readonly good: number;
}

/** Offsets of a segment's two copies. */
export function segmentBases(layout: Layout, number: number): readonly [number, number] {
	return [segmentOffset(layout, 0, number), segmentOffset(layout, 1, number)];
}

/** The header of segment `number` at either of two offsets; of two that differ, the later one. */
export function readSegmentHeader(
	read: MediaReader,
	bases: readonly [number, number],
	number: number,
): FoundHeader | undefined {
	let found: FoundHeader | undefined;
	let foundBytes: Uint8Array | undefined;
	for (const copy of copies) {
		const bytes = read(bases[copy], SEGMENT_HEADER_BYTES);
		if (bytes && found && foundBytes && equalBytes(foundBytes, bytes)) {
			found = { header: found.header, good: found.good | (1 << copy) };
			continue;
		}
		const header = bytes && decodeSegmentHeader(bytes);
		if (!bytes || header?.number !== number) continue;
		if (found !== undefined && header.eraseCount <= found.header.eraseCount) continue;
		found = { header, good: 1 << copy };
		foundBytes = bytes;
	}
	return found;
}
