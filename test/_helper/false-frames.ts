import { encodeFrame, imageOf, readImage, saltCrc, segmentBases } from "../../protocol/media.ts";
import { sha256 } from "./digest.ts";

const SEGMENT_HEADER_BYTES = 192;
const FRAME_HEADER_BYTES = 20;
const PAYLOAD_BYTES_MAX = 8_192;

/** Covers the newest segment with headers that are valid and announce long frames, whose checksums are not. */
export function plantFalseFrames(image: Uint8Array): void {
	const { layout, newest } = readImage(imageOf(image), sha256).root;
	const { segmentBytes, alignBytes } = layout;
	const seed = saltCrc(newest.salt);
	for (const base of segmentBases(layout, newest.number)) {
		let offset = SEGMENT_HEADER_BYTES;
		for (; offset + FRAME_HEADER_BYTES <= segmentBytes; offset += FRAME_HEADER_BYTES) {
			const length = Math.min(PAYLOAD_BYTES_MAX, Math.max(0, segmentBytes - offset - 60));
			const frame = encodeFrame(
				{
					type: 2,
					kind: 0,
					flags: 0,
					sequence: 0,
					payload: new Uint8Array(length),
					chain: new Uint8Array(32),
				},
				{ offset, seed, alignBytes },
			);
			image.set(frame.subarray(0, FRAME_HEADER_BYTES), base + offset);
		}
	}
}
