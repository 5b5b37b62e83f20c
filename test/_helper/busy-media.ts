import {
	decodeSegmentHeader,
	encodeFrame,
	SEGMENT_HEADER_BYTES,
	saltCrc,
	segmentBases,
} from "../../protocol/media.ts";
import { verified } from "./journal-damage.ts";
import type { MemoryStorage } from "./memory-storage.ts";

/**
 * Keeps a recovery busy: covers a segment, the newest if none is named, with headers that are valid and announce long
 * frames, whose checksums are not.
 */
export function plantFalseFrames(storage: MemoryStorage, from = 192, number?: number): void {
	const image = storage.image();
	const { layout, newest } = verified(image).root;
	const bases = segmentBases(layout, number ?? newest.number);
	const header = decodeSegmentHeader(image.subarray(bases[0], bases[0] + SEGMENT_HEADER_BYTES));
	const seed = saltCrc(header?.salt ?? newest.salt);
	const { alignBytes, segmentBytes } = layout;
	for (let offset = from; offset + 20 <= segmentBytes; offset += 20) {
		const payload = new Uint8Array(Math.min(8_192, Math.max(0, segmentBytes - offset - 60)));
		const frame = encodeFrame(
			{ type: 2, kind: 0, flags: 0, sequence: 0, payload, chain: new Uint8Array(32) },
			{ offset, seed, alignBytes },
		);
		for (const base of bases) storage.overwrite(base + offset, frame.subarray(0, 20));
	}
}
