import { BOTH_COPIES, type SegmentKey } from "../../../protocol/media.ts";
import type { JournalContext } from "./context.ts";
import { rebuiltHeader, replaceSegment, survey, surveyAnew } from "./rebuild.ts";
import type { ScrubReport } from "./report.ts";
import type { SegmentIndex } from "./segment-index.ts";

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
	const next = index.nextFrom(segment + 1) ?? newest;
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
