import { FLAG_LAST_OF_GROUP, gapChain, leafHash, MerkleTree, type Sha256 } from "./chain.ts";
import { FRAME_OVERHEAD_BYTES, type Seal } from "./media-frame.ts";
import type { Position, SegmentKey } from "./media-root.ts";
import {
	BOTH_COPIES,
	type Gap,
	type JournalRecord,
	type SegmentItem,
	type SegmentWalker,
} from "./media-walk.ts";

/** Folded state as it was after a record, kept at the head of a segment. */
export interface Checkpoint extends Position {
	readonly state: Uint8Array;
}

export interface ReportedGap extends Gap {
	/** The media say so themselves and a record that tells of it may stand in the journal; else it has to be told. */
	readonly recorded: boolean;
}

/** Takes a copy of what counts in a segment. */
export interface SurveySink {
	readonly offset: number;
	pushItem(item: SegmentItem): void;
	/** Takes back what was pushed after the sink had this offset. */
	truncate(offset: number): void;
}

/** What a thorough walk through one segment found. */
export interface SegmentSummary {
	readonly head: Position;
	/** False when the segment ends in a gap whose last record's chain is lost. */
	readonly isChainKnown: boolean;
	readonly checkpoint: Checkpoint | undefined;
	readonly tree: MerkleTree;
	/** Where the next frame of this segment would go. */
	readonly offset: number;
	readonly seal: Seal | undefined;
	readonly gaps: readonly ReportedGap[];
	readonly tornBytes: number;
	readonly repairedRecords: number;
	readonly staleRecords: number;
	/** Places where a copy was not as it should be. */
	readonly findings: number;
}

export interface SurveyorOptions {
	readonly walker: SegmentWalker;
	readonly key: SegmentKey;
	readonly sha256: Sha256;
	/** Takes a copy of everything that counts. */
	readonly image?: SurveySink | undefined;
	/** Records up to here are known to have existed; `isExact`: and none after it. */
	readonly least?: (Position & { readonly isExact: boolean }) | undefined;
	/** Told of each record that counts, in order. */
	readonly onRecord?: ((record: JournalRecord) => void) | undefined;
	/** Told of each place where a copy is not as it should be. */
	readonly onFinding?: ((finding: Exclude<SegmentItem, { type: "end" }>) => void) | undefined;
}

/**
 * Walks through a segment and says what it holds; with an image, copies it there at the same time, so that both
 * speak of one and the same reading. A group whose last record is missing at the end does not count.
 */
export function surveySegment(surveyor: SurveyorOptions): SegmentSummary {
	return new Survey(surveyor).run();
}

class Survey {
	readonly #surveyor: SurveyorOptions;
	readonly #gaps: ReportedGap[] = [];
	readonly #tree: MerkleTree;
	#head: Position;
	#isChainKnown = true;
	#checkpoint: Checkpoint | undefined;
	/** Records of a group whose last record has not come yet. */
	#pending: (SegmentItem & { readonly type: "record" })[] = [];
	/** Offset behind the last thing that counts, on the media and in the image. */
	#counted: number;
	#imageCounted: number;
	#repaired = 0;
	#findings = 0;
	#torn = 0;
	#stale = 0;
	#seal: Seal | undefined;

	constructor(surveyor: SurveyorOptions) {
		this.#surveyor = surveyor;
		const { key, sha256, walker, image } = surveyor;
		this.#tree = new MerkleTree(sha256);
		this.#head = { sequence: key.firstSequence - 1, chain: key.previousChain };
		this.#counted = walker.offset;
		this.#imageCounted = image?.offset ?? 0;
	}

	run(): SegmentSummary {
		const { walker, image } = this.#surveyor;
		let item = walker.next();
		for (; item.type !== "end"; item = walker.next()) {
			if (item.good !== BOTH_COPIES) {
				this.#findings += 1;
				this.#surveyor.onFinding?.(item);
			}
			this.#take(item);
		}
		this.#stale = item.stale;
		this.#end();
		return {
			head: this.#head,
			isChainKnown: this.#isChainKnown,
			checkpoint: this.#checkpoint,
			tree: this.#tree,
			offset: image ? image.offset : this.#counted,
			seal: this.#seal,
			gaps: this.#gaps,
			tornBytes: this.#torn,
			repairedRecords: this.#repaired,
			staleRecords: this.#stale,
			findings: this.#findings,
		};
	}

	#take(item: Exclude<SegmentItem, { type: "end" }>): void {
		this.#surveyor.image?.pushItem(item);
		if (item.type === "record") {
			this.#pending.push(item);
			if (item.record.flags & FLAG_LAST_OF_GROUP) this.#count();
			return;
		}
		if (item.type === "seal") this.#seal = item.seal;
		if (item.type === "checkpoint") this.#checkpoint = { state: item.state, ...item.position };
		if (item.type === "gap") {
			const { gap, recorded } = item;
			this.#gaps.push({ ...gap, recorded });
			this.#count();
			this.#head = { sequence: gap.to, chain: gap.chain ?? this.#head.chain };
			this.#isChainKnown = gap.chain !== undefined;
			return;
		}
		// A seal or damage behind records shows that more was written after them: they were confirmed.
		this.#count();
	}

	#count(): void {
		const { sha256, walker, image, onRecord } = this.#surveyor;
		for (const { record, good } of this.#pending) {
			onRecord?.(record);
			this.#tree.add(leafHash(record, sha256));
			this.#head = { sequence: record.sequence, chain: record.chain };
			this.#isChainKnown = true;
			if (good !== BOTH_COPIES) this.#repaired += 1;
		}
		this.#pending = [];
		this.#counted = walker.offset;
		this.#imageCounted = image?.offset ?? 0;
	}

	/** Decides on what stands behind the last thing that counts: nothing, a torn write, or damage. */
	#end(): void {
		const { walker, image, least, sha256 } = this.#surveyor;
		const written = walker.writtenEnds(this.#counted);
		const writtenEnd = Math.max(...written);
		image?.truncate(this.#imageCounted);
		if (writtenEnd > this.#counted) this.#findings += 1;
		// The copies are written one after the other, so a torn write leaves one of them untouched.
		const isBounded = least?.isExact || Math.min(...written) === this.#counted;
		const from = this.#head.sequence + 1;
		const to = Math.max(least?.sequence ?? 0, isBounded ? 0 : this.#lastPossible(writtenEnd));
		if (to < from) {
			this.#torn = writtenEnd - this.#counted;
			return;
		}
		const damagedBytes = writtenEnd - this.#counted;
		const damage = { from, to, damagedBytes, hash: walker.damageHash(this.#counted, writtenEnd) };
		const chain = to === least?.sequence ? least.chain : undefined;
		const gap = { ...damage, chain: chain ?? gapChain(this.#head.chain, damage, sha256) };
		this.#findings += 1;
		this.#gaps.push({ ...gap, recorded: false });
		image?.pushItem({ type: "gap", offset: 0, good: BOTH_COPIES, gap, recorded: false });
		this.#head = { sequence: to, chain: gap.chain };
	}

	/** Highest sequence that the bytes up to `writtenEnd` can have held. */
	#lastPossible(writtenEnd: number): number {
		const most = Math.ceil((writtenEnd - this.#counted) / FRAME_OVERHEAD_BYTES);
		return this.#head.sequence + most;
	}
}
