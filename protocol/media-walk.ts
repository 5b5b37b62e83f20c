import { concatBytes, equalBytes } from "./bytes.ts";
import { type ChainedRecord, frameType, nextChain, type Sha256 } from "./chain.ts";
import { type Budget, type MediaReader, SegmentCopy, spend } from "./media-copy.ts";
import {
	decodeGap,
	decodeSeal,
	type Frame,
	frameBytes,
	gapKind,
	type Seal,
	saltCrc,
} from "./media-frame.ts";
import type { Layout } from "./media-layout.ts";
import type { Position, SegmentKey } from "./media-root.ts";
import { SEGMENT_HEADER_BYTES } from "./media-segment.ts";

/** Records `from` to `to` that are destroyed. */
export interface Gap {
	readonly from: number;
	readonly to: number;
	/** SHA-256 over the hashes of what stands in their place in the first and in the second copy. */
	readonly hash: Uint8Array;
	readonly damagedBytes: number;
	/** The chain that the next record builds on; undefined when that record is taken as it was kept. */
	readonly chain: Uint8Array | undefined;
}

export interface JournalRecord extends ChainedRecord {
	readonly chain: Uint8Array;
}

/** Copies in which a frame is whole: bit 0 for ring 1, bit 1 for ring 2. */
export type CopyMask = number;
export const BOTH_COPIES: CopyMask = 3;

export type SegmentItem = { readonly offset: number; readonly good: CopyMask } & (
	| { readonly type: "record"; readonly record: JournalRecord }
	| { readonly type: "checkpoint"; readonly state: Uint8Array; readonly position: Position }
	| { readonly type: "seal"; readonly seal: Seal; readonly position: Position }
	/** `recorded`: the media say so themselves, since the segment was rebuilt after the damage was found. */
	| { readonly type: "gap"; readonly gap: Gap; readonly recorded: boolean }
	/** Damage that took no record. */
	| { readonly type: "damage"; readonly damagedBytes: number }
	/** Nothing valid follows. `written`: where each copy's bytes end, `offset` when the rest is erased. */
	| { readonly type: "end"; readonly written: readonly [number, number]; readonly stale: number }
);

export interface WalkOptions {
	readonly read: MediaReader;
	readonly sha256: Sha256;
	readonly layout: Layout;
	readonly key: SegmentKey;
	/** Offsets of the two copies on the media. */
	readonly bases: readonly [number, number];
	/** Last record of the segment when it is known, from the segment after it. */
	readonly lastSequence?: number | undefined;
	/** Compare both copies of everything and look at the unused rest; else the first good copy serves. */
	readonly thorough: boolean;
	readonly budget?: Budget | undefined;
}

/**
 * Goes through both copies of one segment, frame by frame, and takes each from where it is whole. What is
 * whole in neither is skipped up to the next valid frame and reported; nothing is passed over in silence.
 */
export class SegmentWalker {
	readonly #options: WalkOptions;
	readonly #copies: readonly [SegmentCopy, SegmentCopy];
	#offset = SEGMENT_HEADER_BYTES;
	#expected: number;
	#chain: Uint8Array | undefined;
	#stale = 0;
	#sealed = false;

	constructor(options: WalkOptions) {
		this.#options = options;
		this.#expected = options.key.firstSequence;
		this.#chain = options.key.previousChain;
		const { layout, read, bases, budget } = options;
		const shared = { ...layout, read, budget, seed: saltCrc(options.key.salt) };
		this.#copies = [
			new SegmentCopy({ ...shared, base: bases[0] }),
			new SegmentCopy({ ...shared, base: bases[1] }),
		];
	}

	/** Sequence number that the next record has to have. */
	get expected(): number {
		return this.#expected;
	}

	/** Goes on behind a frame that was met before; the chain of the next record is then taken as kept. */
	seek(offset: number, expected: number, chain: Uint8Array | undefined): void {
		this.#offset = offset;
		this.#expected = expected;
		this.#chain = chain;
	}

	/** Copies whose bytes at a place equal `bytes`. */
	copiesHolding(offset: number, bytes: Uint8Array): CopyMask {
		return this.#copies.reduce((mask, copy, index) => {
			const found = copy.bytes(offset, bytes.length);
			return found && equalBytes(found, bytes) ? mask | (1 << index) : mask;
		}, 0);
	}

	next(): SegmentItem {
		const { budget } = this.#options;
		if (budget) spend(budget, 1);
		return this.#accepted(this.#offset) ?? this.#afterDamage();
	}

	/** Offset of the frame that `next` looks at. */
	get offset(): number {
		return this.#offset;
	}

	/** Goes towards a record by the frame headers alone, as far as they are whole and in order. */
	skipTo(sequence: number): void {
		const { alignBytes } = this.#options.layout;
		while (this.#expected < sequence) {
			const header = this.#copies[0].header(this.#offset) ?? this.#copies[1].header(this.#offset);
			if (header === undefined) return;
			const isCheckpoint = header.type === frameType.checkpoint;
			if (!isCheckpoint && header.type !== frameType.record) return;
			if (header.sequence !== this.#expected - (isCheckpoint ? 1 : 0)) return;
			this.#offset += frameBytes(header.length, alignBytes);
			if (isCheckpoint) continue;
			this.#expected += 1;
			this.#chain = undefined;
		}
	}

	/** Where the written bytes of each copy end, looked for from `offset` on. */
	writtenEnds(offset: number): readonly [number, number] {
		const [first, second] = this.#copies;
		return [first.writtenEnd(offset), second.writtenEnd(offset)];
	}

	/** Hash over a range of both copies, as evidence of what stood there. */
	damageHash(from: number, to: number): Uint8Array {
		const { sha256 } = this.#options;
		const parts = this.#copies.map((copy) =>
			sha256(copy.bytes(from, to - from) ?? new Uint8Array(0)),
		);
		return sha256(concatBytes(...parts));
	}

	#accepted(offset: number): SegmentItem | undefined {
		for (const [index, copy] of this.#copies.entries()) {
			const found = copy.frame(offset);
			if (found === undefined) continue;
			const item = this.#itemOf(found.frame);
			if (item === undefined) {
				this.#stale += 1;
				continue;
			}
			this.#offset = offset + found.raw.length;
			const { thorough } = this.#options;
			const good = thorough ? this.copiesHolding(offset, found.raw) : 1 << index;
			return { offset, good, ...item };
		}
		return undefined;
	}

	/** The item of a frame that belongs here; moves on behind it. */
	#itemOf(frame: Frame): DistributiveOmit<SegmentItem, "offset" | "good"> | undefined {
		const { key } = this.#options;
		const { sequence, chain } = frame;
		if (this.#sealed) return undefined;
		switch (frame.type) {
			case frameType.record:
				return this.#recordOf(frame);
			case frameType.gap:
				return this.#gapOf(frame);
			case frameType.checkpoint:
				if (this.#offset !== SEGMENT_HEADER_BYTES || sequence !== key.firstSequence - 1)
					return undefined;
				return { type: "checkpoint", state: frame.payload, position: { sequence, chain } };
			case frameType.seal: {
				const seal = decodeSeal(frame.payload);
				if (!seal || sequence !== this.#expected - 1) return undefined;
				this.#sealed = true;
				return { type: "seal", seal, position: { sequence, chain } };
			}
		}
	}

	#recordOf({
		sequence,
		kind,
		flags,
		payload,
		chain,
	}: Frame): { type: "record"; record: JournalRecord } | undefined {
		if (sequence !== this.#expected || sequence > this.#lastPossible()) return undefined;
		const record = { sequence, kind, flags, payload, chain };
		const previous = this.#chain;
		if (previous && !equalBytes(nextChain(previous, record, this.#options.sha256), chain))
			return undefined;
		this.#expected += 1;
		this.#chain = chain;
		return { type: "record", record };
	}

	#gapOf({
		sequence,
		kind,
		payload,
		chain,
	}: Frame): { type: "gap"; gap: Gap; recorded: boolean } | undefined {
		const said = decodeGap(payload);
		if (!said || said.from !== this.#expected || sequence < said.from) return undefined;
		this.#expected = sequence + 1;
		this.#chain = kind === gapKind.chained ? chain : undefined;
		return { type: "gap", recorded: true, gap: { ...said, to: sequence, chain: this.#chain } };
	}

	#lastPossible(): number {
		return this.#options.lastSequence ?? Number.MAX_SAFE_INTEGER;
	}

	#afterDamage(): SegmentItem {
		const from = this.#offset;
		const { thorough, lastSequence, layout } = this.#options;
		const complete = lastSequence !== undefined && this.#expected > lastSequence;
		if (complete && !thorough) return this.#end([from, from]);
		const written = this.writtenEnds(from);
		const writtenEnd = Math.max(...written);
		// Of the newest segment, one untouched copy shows that nothing from here on was ever confirmed.
		if (lastSequence === undefined && !this.#sealed && Math.min(...written) === from)
			return this.#end(written);
		const next = this.#sealed || complete ? undefined : this.#resync(from, writtenEnd);
		if (next !== undefined) {
			this.#offset = next.offset;
			return this.#damaged(from, next.offset, next.lastMissing);
		}
		if (writtenEnd === from && !this.#isMissing()) return this.#end(written);
		if (lastSequence === undefined && !this.#sealed) return this.#end(written);
		this.#offset = layout.segmentBytes;
		return this.#damaged(from, writtenEnd, this.#isMissing() ? this.#lastPossible() : 0);
	}

	#isMissing(): boolean {
		const { lastSequence } = this.#options;
		return lastSequence !== undefined && this.#expected <= lastSequence;
	}

	#end(written: readonly [number, number]): SegmentItem {
		return { type: "end", offset: this.#offset, good: BOTH_COPIES, written, stale: this.#stale };
	}

	#damaged(from: number, to: number, lastMissing: number): SegmentItem {
		const damagedBytes = to - from;
		const first = this.#expected;
		if (lastMissing < first) return { type: "damage", offset: from, good: 0, damagedBytes };
		const hash = this.damageHash(from, to);
		this.#expected = lastMissing + 1;
		this.#chain = undefined;
		const gap = { from: first, to: lastMissing, hash, damagedBytes, chain: undefined };
		return { type: "gap", recorded: false, offset: from, good: 0, gap };
	}

	/** The next valid frame that can belong to this segment, and the last record missing before it. */
	#resync(from: number, end: number): { offset: number; lastMissing: number } | undefined {
		const { alignBytes } = this.#options.layout;
		for (let offset = from + alignBytes; offset < end; offset += alignBytes) {
			for (const copy of this.#copies) {
				const frame = copy.frame(offset)?.frame;
				const lastMissing = frame && this.#missingBefore(frame);
				if (lastMissing !== undefined) return { offset, lastMissing };
			}
		}
		return undefined;
	}

	/** Last record that is missing before a frame met behind damage; undefined for a frame that is stale. */
	#missingBefore({ type, sequence, payload }: Frame): number | undefined {
		const expected = this.#expected;
		if (type === frameType.checkpoint || sequence > this.#lastPossible()) return undefined;
		const from = type === frameType.gap ? decodeGap(payload)?.from : sequence;
		const last = type === frameType.seal ? sequence : (from ?? 0) - 1;
		return last >= expected - 1 ? last : undefined;
	}
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
