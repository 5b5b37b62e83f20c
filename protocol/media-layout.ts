import { CloseoutError } from "./error.ts";
import { SEGMENT_BYTES_MAX, SEGMENT_BYTES_MIN, SEGMENTS_MIN, WRITE_ALIGN_MAX } from "./limits.ts";

/**
 * Where things lie on the media. Two halves of equal length, so that one erase group or one chip region never
 * holds both copies of anything:
 *
 *     [ root A | root B | scratch 1 | ring 1: segments ] [ root C | root D | scratch 2 | ring 2: segments ]
 *
 * A root slot is one sector. Segment `number` (from 1, never reused) lies at place `(number - 1) mod count`.
 */
export interface Layout {
	readonly sectorBytes: number;
	/** Frames begin at multiples of this. */
	readonly alignBytes: number;
	readonly eraseValue: number;
	readonly segmentBytes: number;
	/** Segments in each ring, the scratch segment not counted. */
	readonly segmentCount: number;
	/** Offset of the second half. */
	readonly mirrorOffset: number;
}

export const ROOT_SLOTS = 4;
export const SECTOR_BYTES_MIN = 512;
export const SECTOR_BYTES_MAX = 65_536;
const ROOTS_PER_HALF = 2;
const FRAME_ALIGN_MIN = 4;

/** Ring 1 is the primary, ring 2 its mirror. */
export type Copy = 0 | 1;
export const copies: readonly Copy[] = [0, 1];

export interface MediaShape {
	readonly sizeBytes: number;
	readonly sectorBytes: number;
	readonly writeAlign: number;
	readonly eraseValue: number;
}

/** The layout for media of this shape. Throws `USAGE` when they cannot hold a journal of such segments. */
export function planLayout(shape: MediaShape, segmentBytes: number): Layout {
	const layout = layoutOf(shape, segmentBytes);
	const problem = layoutProblem(layout);
	if (problem === undefined) return layout;
	throw new CloseoutError(
		"USAGE",
		`media of ${shape.sizeBytes} bytes: ${problem}; choose other media or another segment size`,
	);
}

/** The same without looking whether it can be served, see `layoutProblem`. */
export function layoutOf(shape: MediaShape, segmentBytes: number): Layout {
	const { sizeBytes, sectorBytes, writeAlign, eraseValue } = shape;
	const mirrorOffset = mirrorOffsetOf(sizeBytes, sectorBytes);
	return {
		sectorBytes,
		alignBytes: FRAME_ALIGN_MIN % writeAlign === 0 ? FRAME_ALIGN_MIN : writeAlign,
		eraseValue,
		segmentBytes,
		segmentCount: Math.floor((mirrorOffset - ROOTS_PER_HALF * sectorBytes) / segmentBytes) - 1,
		mirrorOffset,
	};
}

/** Half of the media, in whole sectors. */
export function mirrorOffsetOf(sizeBytes: number, sectorBytes: number): number {
	return Math.floor(sizeBytes / 2 / sectorBytes) * sectorBytes;
}

/** What is wrong with a layout, or undefined when it can be served. */
export function layoutProblem(layout: Layout): string | undefined {
	const { sectorBytes, alignBytes, eraseValue, segmentBytes, segmentCount, mirrorOffset } = layout;
	if (
		!isPowerOfTwo(sectorBytes) ||
		sectorBytes < SECTOR_BYTES_MIN ||
		sectorBytes > SECTOR_BYTES_MAX
	)
		return `sectors of ${sectorBytes} bytes are not supported`;
	if (!isPowerOfTwo(alignBytes) || alignBytes < FRAME_ALIGN_MIN || alignBytes > WRITE_ALIGN_MAX)
		return `writes aligned to ${alignBytes} bytes are not supported`;
	if (eraseValue !== 0xff && eraseValue !== 0) return `erase value ${eraseValue} is not supported`;
	if (segmentBytes < SEGMENT_BYTES_MIN || segmentBytes > SEGMENT_BYTES_MAX)
		return `segments of ${segmentBytes} bytes are not supported`;
	if (segmentBytes % sectorBytes !== 0) return "a segment is not made of whole sectors";
	if (segmentCount < SEGMENTS_MIN) return `fewer than ${SEGMENTS_MIN} segments fit in each half`;
	if (ROOTS_PER_HALF * sectorBytes + (segmentCount + 1) * segmentBytes > mirrorOffset)
		return "the segments do not fit in one half";
	return undefined;
}

/** For integers above zero, which the least sizes see to. */
function isPowerOfTwo(value: number): boolean {
	return (value & (value - 1)) === 0;
}

function halfOffset(layout: Layout, copy: Copy): number {
	return copy === 0 ? 0 : layout.mirrorOffset;
}

/** Offset of root slot 0 to 3. */
export function rootOffset(
	layout: Pick<Layout, "sectorBytes" | "mirrorOffset">,
	slot: number,
): number {
	const half = slot < ROOTS_PER_HALF ? 0 : layout.mirrorOffset;
	return half + (slot % ROOTS_PER_HALF) * layout.sectorBytes;
}

/** Offset of the segment that a rebuilt segment is staged in before it replaces the damaged one. */
export function scratchOffset(layout: Layout, copy: Copy): number {
	return halfOffset(layout, copy) + ROOTS_PER_HALF * layout.sectorBytes;
}

export function segmentOffset(layout: Layout, copy: Copy, number: number): number {
	const place = (number - 1) % layout.segmentCount;
	return scratchOffset(layout, copy) + (place + 1) * layout.segmentBytes;
}

/** First byte after the last segment of a copy; what lies between it and the end of the half is never used. */
export function ringEnd(layout: Layout, copy: Copy): number {
	return scratchOffset(layout, copy) + (layout.segmentCount + 1) * layout.segmentBytes;
}
