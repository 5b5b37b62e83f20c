import { equalBytes } from "./bytes.ts";
import type { Sha256 } from "./chain.ts";
import { CloseoutError } from "./error.ts";
import { isFilledWith } from "./media-bytes.ts";
import { type FoundRoot, findRoot, type MediaImage } from "./media-find.ts";
import { copies, ringEnd, scratchOffset, segmentOffset } from "./media-layout.ts";
import type { Intent, Position, Root, SegmentKey } from "./media-root.ts";
import { readSegmentHeader, type SegmentHeader, segmentBases } from "./media-segment.ts";
import { type ReportedGap, type SegmentSummary, surveySegment } from "./media-survey.ts";
import { BOTH_COPIES, type JournalRecord, SegmentWalker } from "./media-walk.ts";

/**
 * What is not as it should be, apart from gaps. `root`: a slot is damaged or holds another root. `copy`: a frame
 * or a header is whole in one copy only. `damage`: bytes that belong to nothing. `torn`: a write that was cut
 * short at the end. `stale`: whole frames where they do not belong. `link`: a segment does not follow from the
 * one before. `seal`: a segment does not hold what its seal says. `unused`: bytes that should be erased.
 */
export type FindingType =
	| "root"
	| "copy"
	| "damage"
	| "torn"
	| "stale"
	| "link"
	| "seal"
	| "unused";

export interface Finding {
	readonly type: FindingType;
	/** Segment it is in; undefined outside the segments. */
	readonly segment?: number;
	/** In the segment, or on the media outside the segments. */
	readonly offset: number;
	readonly detail: string;
}

export interface SegmentReport {
	readonly number: number;
	/** Undefined when the header is lost in both copies. */
	readonly header: SegmentHeader | undefined;
	readonly firstSequence: number;
	readonly lastSequence: number;
	readonly records: number;
	readonly isSealed: boolean;
	readonly checkpointSequence: number | undefined;
}

export interface ImageReport {
	readonly root: Root;
	/** All four roots were lost; `root` says what the segments tell. */
	readonly isRootInferred: boolean;
	readonly segments: readonly SegmentReport[];
	readonly gaps: readonly ReportedGap[];
	readonly findings: readonly Finding[];
	/** Last record and the chain it ended in. */
	readonly head: Position;
	readonly records: number;
}

/**
 * Reads and verifies a journal from an image, without changing it, and visits its records in order. Throws
 * `MEDIA_FORMAT` when the image holds no journal.
 */
export function readImage(
	image: MediaImage,
	sha256: Sha256,
	onRecord: (record: JournalRecord) => void = () => {},
): ImageReport {
	const found = findRoot(image, sha256);
	if (found === undefined) {
		throw new CloseoutError(
			"MEDIA_FORMAT",
			`image of ${image.sizeBytes} bytes: no root and no segment of a journal; check that it is complete`,
		);
	}
	return new ImageScan(image, sha256, found, onRecord).run();
}

class ImageScan {
	readonly #image: MediaImage;
	readonly #sha256: Sha256;
	readonly #found: FoundRoot;
	readonly #root: Root;
	readonly #onRecord: (record: JournalRecord) => void;
	readonly #findings: Finding[] = [];
	readonly #segments: SegmentReport[] = [];
	readonly #gaps: ReportedGap[] = [];
	/** Where the stream stands; undefined before the first segment that can be read. */
	#last: Pick<SegmentSummary, "head" | "isChainKnown"> | undefined;
	#records = 0;

	constructor(
		image: MediaImage,
		sha256: Sha256,
		found: FoundRoot,
		onRecord: (record: JournalRecord) => void,
	) {
		this.#image = image;
		this.#sha256 = sha256;
		this.#found = found;
		this.#root = found.root;
		this.#onRecord = onRecord;
	}

	run(): ImageReport {
		const { first, newest } = this.#root;
		this.#checkRoots();
		for (let number = first.number; number <= newest.number; number++) {
			const key = this.#key(number);
			if (key) this.#segment(key);
		}
		this.#checkUnused();
		return {
			root: this.#root,
			isRootInferred: this.#found.isInferred,
			segments: this.#segments,
			gaps: this.#gaps,
			findings: this.#findings,
			head: this.#last?.head ?? this.#root.head,
			records: this.#records,
		};
	}

	#note(type: FindingType, offset: number, detail: string, segment?: number): void {
		this.#findings.push({ type, offset, detail, ...(segment !== undefined && { segment }) });
	}

	#checkRoots(): void {
		const { slots, holders } = this.#found;
		for (const [index, slot] of slots.entries()) {
			if (slot.damaged > 0)
				this.#note("root", index, `slot ${index}: ${slot.damaged} damaged places`);
			if (!holders.includes(index)) this.#note("root", index, `slot ${index} holds another root`);
		}
	}

	/** Offsets to read a segment from: the scratch segments while it is being rebuilt. */
	#bases(number: number): readonly [number, number] {
		const { layout } = this.#root;
		if (this.#rebuilt(number)) return [scratchOffset(layout, 0), scratchOffset(layout, 1)];
		return segmentBases(layout, number);
	}

	/** The intent to rebuild this segment. */
	#rebuilt(number: number): Exclude<Intent, { kind: "none" }> | undefined {
		const { intent } = this.#root;
		return intent.kind === "rebuild" && intent.number === number ? intent : undefined;
	}

	#key(number: number): SegmentKey | undefined {
		const { newest } = this.#root;
		const header = readSegmentHeader(this.#image.read, this.#bases(number), number)?.header;
		if (number !== newest.number) return header;
		return { ...newest, salt: this.#rebuilt(number)?.salt ?? newest.salt };
	}

	/** First record of the next segment that can be read, which ends this one. */
	#lastSequence(number: number): number | undefined {
		for (let next = number + 1; next <= this.#root.newest.number; next++) {
			const key = this.#key(next);
			if (key) return key.firstSequence - 1;
		}
		return undefined;
	}

	#segment(key: SegmentKey): void {
		const { number } = key;
		this.#checkLink(key);
		const header = readSegmentHeader(this.#image.read, this.#bases(number), number);
		const isWhole = header?.good === BOTH_COPIES && equalBytes(header.header.salt, key.salt);
		if (!isWhole) this.#note("copy", 0, "the header is not whole in both copies", number);
		const before = this.#records;
		const lastSequence = this.#lastSequence(number);
		const summary = this.#survey(key, lastSequence);
		this.#gaps.push(...summary.gaps);
		this.#checkSummary(summary, number);
		this.#last = summary;
		this.#segments.push({
			number,
			header: header?.header,
			firstSequence: key.firstSequence,
			lastSequence: summary.head.sequence,
			records: this.#records - before,
			isSealed: summary.seal !== undefined,
			checkpointSequence: summary.checkpoint?.sequence,
		});
	}

	#survey(key: SegmentKey, lastSequence: number | undefined): SegmentSummary {
		const { layout, head, watermark, state } = this.#root;
		const sha256 = this.#sha256;
		const { read } = this.#image;
		const bases = this.#bases(key.number);
		const walker = new SegmentWalker({
			...{ read, sha256, layout, key, bases, lastSequence },
			thorough: true,
		});
		const known = watermark.sequence > head.sequence ? watermark : head;
		const isExact = state !== "open" && known === head;
		return surveySegment({
			walker,
			key,
			sha256,
			least: lastSequence === undefined ? { ...known, isExact } : undefined,
			onRecord: (record) => {
				this.#records += 1;
				this.#onRecord(record);
			},
			onFinding: ({ type, offset, good }) => {
				if (type === "damage") this.#note("damage", offset, "not readable", key.number);
				else if (good !== 0)
					this.#note("copy", offset, `${type} whole in copy ${good} only`, key.number);
			},
		});
	}

	#checkLink({ number, firstSequence, previousChain }: SegmentKey): void {
		const last = this.#last;
		const from = last ? last.head.sequence + 1 : this.#root.first.sequence;
		if (from < firstSequence) {
			const hash = this.#sha256(new Uint8Array(0));
			const gap = { from, to: firstSequence - 1, hash, damagedBytes: 0, chain: previousChain };
			this.#gaps.push({ ...gap, recorded: false });
			return;
		}
		const isLinked = !last?.isChainKnown || equalBytes(last.head.chain, previousChain);
		if (from > firstSequence || !isLinked)
			this.#note("link", 0, `does not follow from record ${from - 1}`, number);
	}

	#checkSummary(summary: SegmentSummary, number: number): void {
		const { seal, tree, tornBytes, staleRecords, offset, gaps } = summary;
		if (tornBytes > 0)
			this.#note("torn", offset, `${tornBytes} bytes of a write cut short`, number);
		if (staleRecords > 0)
			this.#note("stale", 0, `${staleRecords} frames do not belong here`, number);
		if (!seal || gaps.length > 0) return;
		if (seal.count === tree.count && equalBytes(seal.root, tree.root())) return;
		this.#note("seal", 0, `seal is for ${seal.count} records, ${tree.count} are here`, number);
	}

	/** What no segment has ever used must be erased. Places of freed segments hold what is left of them. */
	#checkUnused(): void {
		const { layout, newest, intent } = this.#root;
		const { segmentCount, segmentBytes, mirrorOffset } = layout;
		const used = Math.max(newest.number, intent.kind === "none" ? 0 : intent.number);
		for (const copy of copies) {
			for (let number = used + 1; number <= segmentCount; number++)
				this.#checkErased(segmentOffset(layout, copy, number), segmentBytes);
		}
		this.#checkErased(ringEnd(layout, 0), mirrorOffset - ringEnd(layout, 0));
		this.#checkErased(ringEnd(layout, 1), this.#image.sizeBytes - ringEnd(layout, 1));
	}

	#checkErased(offset: number, length: number): void {
		const bytes = length > 0 ? this.#image.read(offset, length) : new Uint8Array(0);
		if (bytes && isFilledWith(bytes, this.#root.layout.eraseValue)) return;
		this.#note("unused", offset, `${length} bytes that should be erased are not`);
	}
}
