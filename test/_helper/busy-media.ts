import { encodeFrame, saltCrc, segmentBases } from "../../protocol/media.ts";
import { verified } from "./journal-damage.ts";
import type { MemoryStorage } from "./memory-storage.ts";

/** Keeps a recovery busy: covers the newest segment with headers that are valid and announce long frames, whose checksums are not. */
export function plantFalseFrames(storage: MemoryStorage): void {
	const { layout, newest } = verified(storage.image()).root;
	for (const base of segmentBases(layout, newest.number)) {
		for (let offset = 192; offset + 20 <= layout.segmentBytes; offset += 20) {
			const place = { offset, seed: saltCrc(newest.salt), alignBytes: layout.alignBytes };
			const payload = new Uint8Array(
				Math.min(8_192, Math.max(0, layout.segmentBytes - offset - 60)),
			);
			const frame = encodeFrame(
				{ type: 2, kind: 0, flags: 0, sequence: 0, payload, chain: new Uint8Array(32) },
				place,
			);
			storage.overwrite(base + offset, frame.subarray(0, 20));
		}
	}
}
