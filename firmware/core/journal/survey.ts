import {
	BOTH_COPIES,
	FLAG_LAST_OF_GROUP,
	FRAME_OVERHEAD_BYTES,
	gapChain,
	leafHash,
	MerkleTree,
	type Position,
	type SegmentItem,
	type SegmentKey,
	type SegmentWalker,
	type Sha256,
} from "../../../protocol/media.ts";
import type { Checkpoint, ReportedGap } from "./report.ts";
import type { SegmentImage } from "./segment-image.ts";

/** What a thorough walk through one segment found. */
export interface SegmentSummary {
	readonly head: Position;
	readonly checkpoint: Checkpoint | undefined;
	readonly tree: MerkleTree;
	/** Where the next frame of this segment would go. */
	readonly offset: number;
	readonly isSealed: boolean;
	readonly gaps: readonly ReportedGap[];
	readonly tornBytes: number;
	readonly repairedRecords: number;
	readonly staleRecords: number;
	/** Places where a copy was not as it should be. */
	readonly findings: number;
}

interface Surveyor {
	readonly walker: SegmentWalker;
	readonly key: SegmentKey;
	readonly sha256: Sha256;
	/** Takes a copy of everything that counts. */
	readonly image: SegmentImage | undefined;
	/** Records up to here are known to have existed; `isExact`: and none after it. */
	readonly least?: (Position & { readonly isExact: boolean }) | undefined;
}

/**
 * Walks through a segment and says what it holds; with an image, copies it there at the same time, so that both
 * speak of one and the same reading. A group whose last record is missing at the end does not count.
 */
export function surveySegment(surveyor: Surveyor): SegmentSummary {
	return new Survey(surveyor).run();
}

class Survey {
	readonly #surveyor: Surveyor;
	readonly #gaps: ReportedGap[] = [];
	readonly #tree: MerkleTree;
	#head: Position;
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
	#isSealed = false;

	constructor(surveyor: Surveyor) {
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
			if (item.good !== BOTH_COPIES) this.#findings += 1;
			this.#take(item);
		}
		this.#stale = item.stale;
		this.#end();
		return {
			head: this.#head,
			checkpoint: this.#checkpoint,
			tree: this.#tree,
			offset: image ? image.offset : this.#counted,
			isSealed: this.#isSealed,
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
		if (item.type === "seal") this.#isSealed = true;
		if (item.type === "checkpoint") this.#checkpoint = { state: item.state, ...item.position };
		if (item.type === "gap") {
			const { gap, recorded } = item;
			this.#gaps.push({ ...gap, recorded });
			this.#count();
			this.#head = { sequence: gap.to, chain: gap.chain ?? this.#head.chain };
			return;
		}
		// A seal or damage behind records shows that more was written after them: they were confirmed.
		this.#count();
	}

	#count(): void {
		const { sha256, walker, image } = this.#surveyor;
		for (const { record, good } of this.#pending) {
			this.#tree.add(leafHash(record, sha256));
			this.#head = { sequence: record.sequence, chain: record.chain };
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
