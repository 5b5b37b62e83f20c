import type { Root } from "../../../protocol/media.ts";
import type { SegmentIndex } from "./segment-index.ts";

/**
 * The oldest segment that stays when all are freed, at most `segmentsMax` of them, that end before the record
 * `bound`. A segment whose header is lost goes with the ones before it.
 */
export function oldestToKeep(
	{ first, newest }: Root,
	index: SegmentIndex,
	{ bound, segmentsMax }: { readonly bound: number; readonly segmentsMax: number },
): Root["first"] {
	let oldest = first;
	const last = Math.min(newest.number, first.number + segmentsMax);
	for (let number = first.number + 1; number <= last; number++) {
		const key = index.key(number);
		if (key === undefined) continue;
		if (key.firstSequence > bound) break;
		oldest = { number, sequence: key.firstSequence };
	}
	return oldest;
}
