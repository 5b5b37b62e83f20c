import { CloseoutError } from "../../../protocol/error.ts";
import {
	type Budget,
	copies,
	readSegmentHeader,
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
	readonly previousNumber: number;
	readonly lastSequence?: number;
	readonly least?: SegmentSummary["head"] & { readonly isExact: boolean };
	readonly budget?: Budget;
}

/** Surveys a segment; with `withImage`, also puts together what would replace it, under the next root's salt. */
export function survey(
	{ medium, roots, sha256 }: JournalContext,
	options: SurveyOptions,
	rebuiltHeader: ReturnType<typeof headerFor> | undefined,
): { summary: SegmentSummary; image: SegmentImage | undefined } {
	const { layout } = roots.root;
	const { key, lastSequence, budget, least } = options;
	const bases = segmentBases(layout, key.number);
	const shared = { read: medium.read, sha256, layout, key, bases, lastSequence, budget };
	const walker = new SegmentWalker({ ...shared, thorough: true });
	const image = rebuiltHeader && new SegmentImage(layout, rebuiltHeader, layout.segmentBytes);
	return { summary: surveySegment({ walker, key, sha256, image, least }), image };
}

/** Header of a segment that is to be rebuilt: as it was, under a new salt. */
export function rebuiltHeader(
	context: JournalContext,
	key: SegmentKey,
	previousNumber: number,
): ReturnType<typeof headerFor> {
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

/**
 * Replaces a segment on both copies by an image of what is left of it. The image is staged in the scratch
 * segments first and the root names the segment before it is touched: a cut at any instant leaves either the
 * old segment or a whole image. Returns false when one copy does not keep it.
 */
export function replaceSegment(
	context: JournalContext,
	{ number, salt, image }: { number: number; salt: Uint8Array; image: SegmentImage },
	patch: RootPatch,
): boolean {
	const { medium, roots } = context;
	const { layout } = roots.root;
	const staged = scratchBases(layout).filter((base) =>
		medium.replace(base, layout.segmentBytes, image.bytes),
	);
	if (staged.length === 0) throw unkept(number, "scratch segment");
	roots.update({ ...patch, intent: { kind: "rebuild", number, salt } });
	return writeOver(context, number, image);
}

/** Writes an image over both copies and clears the intent. */
function writeOver(context: JournalContext, number: number, image: SegmentImage): boolean {
	const { medium, roots } = context;
	const { layout, newest, intent } = roots.root;
	const bases = segmentBases(layout, number);
	const kept = copies.filter((copy) =>
		medium.replace(bases[copy], layout.segmentBytes, image.bytes),
	);
	if (kept.length === 0) throw unkept(number, "segment");
	const isNewest = newest.number === number && intent.kind === "rebuild";
	const isWhole = kept.length === copies.length;
	roots.update({
		intent: { kind: "none" },
		...(isNewest && { newest: { ...newest, salt: intent.salt } }),
		...(isNewest && !isWhole && { retired: true }),
	});
	return isWhole;
}

/** Finishes a rebuild that was cut after the root had named it: the scratch segments hold the image. */
export function redoRebuild(context: JournalContext, budget: Budget): void {
	const { medium, roots, sha256 } = context;
	const { intent, layout, newest } = roots.root;
	if (intent.kind !== "rebuild") return;
	const { number, salt } = intent;
	const bases = scratchBases(layout);
	const header = readSegmentHeader(medium.read, bases, number)?.header;
	const isNewest = newest.number === number;
	if (!header && !isNewest) throw unkept(number, "scratch segment");
	const key = header ?? { ...newest, salt };
	const walker = new SegmentWalker({
		read: medium.read,
		sha256,
		layout,
		key,
		bases,
		thorough: true,
		budget,
	});
	const image = new SegmentImage(
		layout,
		header ?? headerFor(context, key, number - 1),
		layout.segmentBytes,
	);
	const { head } = roots.root;
	const least = isNewest ? { ...head, isExact: true } : undefined;
	surveySegment({ walker, key, sha256, image, least });
	writeOver(context, number, image);
}

function unkept(number: number, what: string): CloseoutError {
	return new CloseoutError(
		"STORAGE_WRITE",
		`segment ${number}: no copy of its ${what} keeps what is written; pull the image and replace the media`,
	);
}
