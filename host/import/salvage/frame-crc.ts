import { crc32c, crc32cOfU32 } from "../../../protocol/crc.ts";

/**
 * What can be said of a frame whose segment header is lost. Its header checksum starts from the segment's salt and
 * the frame's offset. A CRC can be run backwards, so the stored checksum gives the value it started from, and with
 * the salt of a known segment that value gives the offset: a frame tells where its segment began.
 */

/** CRC-32C of one byte from zero, by what its highest byte is, which is different for all of them. */
const steps = Uint32Array.from({ length: 256 }, (_, byte) => stepOf(byte));
const byTop = Uint8Array.from({ length: 256 });
for (const [byte, value] of steps.entries()) byTop[value >>> 24] = byte;

/** The table entry of the byte-wise algorithm, taken from the one implementation there is. */
function stepOf(byte: number): number {
	// From the inner state `byte`, one zero byte leads to the entry.
	return ~crc32c(Uint8Array.of(0), 0, 1, ~byte >>> 0) >>> 0;
}

/** The inner state before a byte, from the state after it. */
function before(state: number, byte: number): number {
	const index = byTop[state >>> 24] ?? 0;
	return (((state ^ (steps[index] ?? 0)) << 8) | (index ^ byte)) >>> 0;
}

/** The CRC that `crc` was computed from over `bytes[start, end)`. */
export function crcBefore(crc: number, bytes: Uint8Array, start: number, end: number): number {
	let state = ~crc >>> 0;
	for (let index = end - 1; index >= start; index--) state = before(state, bytes[index] ?? 0);
	return ~state >>> 0;
}

function swap(value: number): number {
	const low = ((value & 0xff) << 24) | ((value & 0xff00) << 8);
	return (low | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;
}

/** The number whose four bytes lead from one state to the other; there is exactly one. */
function numberBetween(from: number, to: number): number {
	let state = to;
	for (let count = 0; count < 4; count++) state = before(state, 0);
	return swap((state ^ from) >>> 0);
}

/** The offset that a frame was written for, when its checksum started from `start` and its segment has this seed. */
export function offsetFrom(seed: number, start: number): number {
	const offset = numberBetween(~seed >>> 0, ~start >>> 0);
	return crc32cOfU32(offset, seed) === start ? offset : -1;
}

/**
 * True when two frames can stand in one segment, `distance` bytes apart, whatever its salt: the difference of
 * what their checksums started from does not depend on the salt. By chance it is true once in 100,000 times.
 */
export function mayShareSegment(
	first: number,
	second: number,
	distance: number,
	segmentBytesMax: number,
): boolean {
	const pattern = (numberBetween(0, first) ^ numberBetween(0, second)) >>> 0;
	for (let offset = 192; offset + distance < segmentBytesMax; offset += 4) {
		if ((offset ^ (offset + distance)) >>> 0 === pattern) return true;
	}
	return false;
}
