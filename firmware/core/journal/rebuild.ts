import { CloseoutError } from "../../../protocol/error.ts";
import {
	type Budget,
	copies,
	readSegmentHeader,
	type SegmentHeader,
	type SegmentKey,
	type SegmentSummary,
	SegmentWalker,
	segmentBases,
	surveySegment,
} from "../../../protocol/media.ts";
import type { JournalContext } from "./context.ts";
import { scratchBases } from "./medium.ts";
import type { RootPatch } from "./root-store.ts";
import { SegmentImage } from "./segment-image.ts";
import { headerFor } from "./segment-write.ts";

export interface SurveyOptions {
	readonly key: SegmentKey;
	/** Where the copies stand, when not in their place. */
	readonly bases?: readonly [number, number];
	readonly lastSequence?: number;
	readonly least?: SegmentSummary["head"] & { readonly isExact: boolean };
	readonly budget?: Budget;
}

/** Surveys a segment as it stands. */
export function survey(context: JournalContext, options: SurveyOptions): SegmentSummary {
	const { key, least } = options;
	const walker = walkerOf(context, options);
	return surveySegment({ walker, key, sha256: context.sha256, least });
}

/** Surveys a segment and puts together what is to replace it, under the header given. */
export function surveyAnew(
	context: JournalContext,
	options: SurveyOptions,
	header: SegmentHeader,
): { readonly summary: SegmentSummary; readonly image: SegmentImage } {
	const { sha256, roots } = context;
	const { layout } = roots.root;
	const { key, least } = options;
	const image = new SegmentImage(layout, header, layout.segmentBytes);
	const walker = walkerOf(context, options);
	return { summary: surveySegment({ walker, key, sha256, image, least }), image };
}

function walkerOf(
	{ medium, roots, sha256 }: JournalContext,
	options: SurveyOptions,
): SegmentWalker {
	const { layout } = roots.root;
	const { key, bases = segmentBases(layout, key.number), lastSequence, budget } = options;
	const { read } = medium;
	return new SegmentWalker({
		read,
		sha256,
		layout,
		key,
		bases,
		lastSequence,
		budget,
		thorough: true,
	});
}

/** Header of a segment that is to be rebuilt: as it was, under a new salt. */
export function rebuiltHeader(
	context: JournalContext,
	key: SegmentKey,
	previousNumber: number,
): SegmentHeader {
	const { medium, roots } = context;
	const found = readSegmentHeader(
		medium.read,
		segmentBases(roots.root.layout, key.number),
		key.number,
	);
	const salt = roots.nextSalt();
	const header = headerFor(context, { ...key, salt }, previousNumber);
	if (!found) return header;
	const { epoch, previousNumber: previous } = found.header;
	return { ...header, epoch, previousNumber: previous };
}

interface Replacement {
	readonly number: number;
	readonly salt: Uint8Array;
	readonly image: SegmentImage;
}

/**
 * Replaces a segment on both copies by an image of what is left of it. The image is staged in the scratch
 * segments first and the root names the segment before it is touched: a cut at any instant leaves either the
 * old segment or a whole image. Returns false when one copy does not keep it.
 */
export function replaceSegment(
	context: JournalContext,
	replacement: Replacement,
	patch: RootPatch,
): boolean {
	const { medium, roots } = context;
	const { layout } = roots.root;
	const { number, salt, image } = replacement;
	const staged = scratchBases(layout).filter((base) =>
		medium.replace(base, layout.segmentBytes, image.bytes),
	);
	if (staged.length === 0) throw unkept(number, "scratch segment");
	roots.update({ ...patch, intent: { kind: "rebuild", number, salt } });
	return writeOver(context, replacement, {});
}

/** Writes an image over both copies and clears the intent. */
function writeOver(
	context: JournalContext,
	{ number, salt, image }: Replacement,
	patch: RootPatch,
): boolean {
	const { medium, roots } = context;
	const { layout, newest } = roots.root;
	const bases = segmentBases(layout, number);
	const kept = copies.filter((copy) =>
		medium.replace(bases[copy], layout.segmentBytes, image.bytes),
	);
	if (kept.length === 0) throw unkept(number, "segment");
	const isNewest = newest.number === number;
	const isWhole = kept.length === copies.length;
	roots.update({
		...patch,
		intent: { kind: "none" },
		...(isNewest && { newest: { ...newest, salt } }),
		...(isNewest && !isWhole && { retired: true }),
	});
	return isWhole;
}

/** Finishes a rebuild that was cut after the root had named it: the scratch segments hold the image. */
export function redoRebuild(context: JournalContext, budget: Budget): void {
	const { medium, roots } = context;
	const { intent, layout, newest } = roots.root;
	if (intent.kind !== "rebuild") return;
	const { number, salt } = intent;
	const bases = scratchBases(layout);
	const header = readSegmentHeader(medium.read, bases, number)?.header;
	const isNewest = newest.number === number;
	if (!header && !isNewest) throw unkept(number, "scratch segment");
	const key = header ?? { ...newest, salt };
	const { image, summary } = surveyAnew(
		context,
		{ key, bases, budget },
		header ?? headerFor(context, key, number - 1),
	);
	// What was lost since the image was staged stands in it as a gap now, and nobody has been told.
	const untold = roots.root.untold || summary.gaps.some(({ recorded }) => !recorded);
	writeOver(context, { number, salt, image }, { untold });
}

function unkept(number: number, what: string): CloseoutError {
	return new CloseoutError(
		"STORAGE_WRITE",
		`segment ${number}: no copy of its ${what} keeps what is written; pull the image and replace the media`,
	);
}
