import type { Root } from "../../../protocol/media.ts";
import { freeSegments } from "./segment-write.ts";

/** How much of the ring is taken, and by what. */
export interface Usage {
	readonly bytesTotal: number;
	readonly bytesUsed: number;
	/** Whole percent of the ring that may not be overwritten. */
	readonly percent: number;
	readonly segmentsTotal: number;
	readonly segmentBytes: number;
	readonly segmentsFree: number;
	/** First record of the newest segment; what is older is sealed. */
	readonly unsealedFrom: number;
	readonly unacknowledgedRecords: number;
}

/** Usage of a ring whose newest segment is filled up to `tailBytes`. */
export function usageOf(
	root: Root,
	at: { readonly tailBytes: number; readonly unacknowledgedRecords: number },
): Usage {
	const { segmentBytes, segmentCount } = root.layout;
	const segmentsFree = freeSegments(root);
	const bytesTotal = segmentBytes * segmentCount;
	const older = Math.max(0, segmentCount - segmentsFree - 1);
	const bytesUsed = older * segmentBytes + at.tailBytes;
	return {
		bytesTotal,
		bytesUsed,
		percent: Math.floor((bytesUsed * 100) / bytesTotal),
		segmentsTotal: segmentCount,
		segmentBytes,
		segmentsFree,
		unsealedFrom: root.newest.firstSequence,
		unacknowledgedRecords: at.unacknowledgedRecords,
	};
}
