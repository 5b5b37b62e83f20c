import { BOTH_COPIES, type ReportedGap, type SegmentKey } from "../../../protocol/media.ts";
import type { JournalContext } from "./context.ts";
import { rebuiltHeader, replaceSegment, survey, surveyAnew } from "./rebuild.ts";
import type { SegmentIndex } from "./segment-index.ts";

/** What one step of background verification found in one segment. */
export interface ScrubReport {
	readonly segment: number;
	/** Places where a copy was not as it should be. */
	readonly findings: number;
	/**
	 * Both copies are whole again, apart from the gaps. False with gaps that are not `recorded`: append records
	 * that tell of them, the next step repairs the segment. Else false when the media do not keep it.
	 */
	readonly repaired: boolean;
	readonly gaps: readonly ReportedGap[];
	/** The next step begins again with the oldest segment. */
	readonly lastOfRound: boolean;
}

/**
 * Verifies one segment that is not the newest and repairs it from what is whole of its copies. Gaps that the
 * media do not name yet are only reported, until `mayDrop` says that they have been told: a repair leaves nothing
 * of the damage behind.
 */
export function scrubSegment(
	context: JournalContext,
	index: SegmentIndex,
	key: SegmentKey,
	mayDrop: boolean,
): ScrubReport {
	const { newest } = context.roots.root;
	const segment = key.number;
	const next = index.nextFrom(segment + 1);
	const options = { key, lastSequence: next.firstSequence - 1 };
	index.forget();
	const isHeaderWhole = index.header(segment)?.good === BOTH_COPIES;
	const lastOfRound = next.number === newest.number;
	const found = survey(context, options);
	const findings = found.findings + (isHeaderWhole ? 0 : 1);
	const report = { segment, findings, lastOfRound, gaps: found.gaps };
	if (findings === 0) return { ...report, repaired: true };
	if (!mayDrop && found.gaps.some(({ recorded }) => !recorded))
		return { ...report, repaired: false };
	const header = rebuiltHeader(context, key, segment - 1);
	const { summary, image } = surveyAnew(context, options, header);
	const gaps = summary.gaps.map((gap) => ({ ...gap, recorded: true }));
	if (image.overflow) return { ...report, gaps, repaired: false };
	const repaired = replaceSegment(context, { number: segment, salt: header.salt, image }, {});
	index.forget();
	return { ...report, gaps, repaired };
}
