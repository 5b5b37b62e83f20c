import { equalBytes } from "../../protocol/bytes.ts";
import {
	type JournalRecord,
	type Root,
	readSegmentHeader,
	type SegmentHeader,
	type SegmentKey,
	SegmentWalker,
	scratchOffset,
	segmentBases,
} from "../../protocol/media.ts";
import { sha256 } from "../digest.ts";

/** A live segment with what is whole of it in either copy. */
export interface HeldSegment {
	readonly key: SegmentKey;
	/** Undefined when it is lost in both copies. */
	readonly header: SegmentHeader | undefined;
	readonly checkpoint: Uint8Array | undefined;
	readonly records: ReadonlyMap<number, JournalRecord>;
	readonly gaps: readonly { readonly from: number; readonly to: number }[];
	/** Chains that something else than a record tells: the next header, a gap frame, the root. */
	readonly known: ReadonlyMap<number, Uint8Array>;
	readonly isSealed: boolean;
	/** It stands in the scratch segments: it was being replaced when the power went. */
	readonly isStaged: boolean;
	/** Last record that is known to have been in it, and its chain as far as it is known. */
	readonly last: number;
	readonly lastChain: Uint8Array;
	/** Offset behind its last whole frame. */
	readonly end: number;
	/** Numbers after its own whose headers are lost: some of its records stood there, nobody knows which. */
	readonly spare: readonly number[];
}

const none = new Uint8Array(0);

/**
 * The live segments of an image. Those whose header is lost in both copies are one with the segment before them
 * when its end is lost too, for then nobody knows which records it held.
 */
export function holdSegments(bytes: Uint8Array, root: Root): readonly HeldSegment[] {
	const { first, newest } = root;
	const held: HeldSegment[] = [];
	let lost: number[] = [];
	for (let number = first.number; newest.number > 0 && number <= newest.number; number++) {
		const found = readKey(bytes, root, number);
		if (found === undefined) {
			lost.push(number);
			continue;
		}
		const before = held.at(-1);
		const from = before?.last ?? first.sequence - 1;
		if (lost.length > 0 && from < found.key.firstSequence - 1) {
			if (before !== undefined && !before.isSealed) held.pop();
			held.push(lostSegment(lost, from, before, found.key));
		}
		lost = [];
		held.push(readHeld(bytes, root, found, nextStart(bytes, root, number)));
	}
	return held;
}

interface Found {
	readonly key: SegmentKey;
	readonly header: SegmentHeader | undefined;
	readonly bases: readonly [number, number];
	readonly isStaged: boolean;
}

function readKey(bytes: Uint8Array, root: Root, number: number): Found | undefined {
	const { newest, intent, layout } = root;
	const isStaged = intent.kind === "rebuild" && intent.number === number;
	const bases: readonly [number, number] = isStaged
		? [scratchOffset(layout, 0), scratchOffset(layout, 1)]
		: segmentBases(layout, number);
	const header = readSegmentHeader(readerOf(bytes), bases, number)?.header;
	if (number !== newest.number) return header && { key: header, header, bases, isStaged };
	const key = isStaged ? { ...newest, salt: intent.salt } : newest;
	const own = header && equalBytes(header.salt, key.salt) ? header : undefined;
	return { key, header: own, bases, isStaged };
}

function readerOf(bytes: Uint8Array) {
	return (offset: number, length: number) =>
		offset + length <= bytes.length ? bytes.subarray(offset, offset + length) : undefined;
}

/** First record of the next segment that can be read, and the chain before it. */
function nextStart(bytes: Uint8Array, root: Root, number: number): SegmentKey | undefined {
	for (let next = number + 1; next <= root.newest.number; next++) {
		const found = readKey(bytes, root, next);
		if (found) return next === number + 1 ? found.key : undefined;
	}
	return undefined;
}

/** What stood in segments without a header, and behind the whole part of the one before when that has no end. */
function lostSegment(
	lost: readonly number[],
	from: number,
	before: HeldSegment | undefined,
	next: SegmentKey,
): HeldSegment {
	const range = { from: from + 1, to: next.firstSequence - 1 };
	const end = { last: range.to, lastChain: next.previousChain, isSealed: true };
	if (before !== undefined && !before.isSealed) {
		const known = new Map(before.known).set(range.to, next.previousChain);
		return { ...before, ...end, gaps: [...before.gaps, range], known, spare: lost };
	}
	const [number = 0, ...spare] = lost;
	const previousChain = before?.lastChain ?? none;
	return {
		...end,
		key: { number, firstSequence: range.from, previousChain, salt: none },
		header: undefined,
		checkpoint: undefined,
		records: new Map(),
		gaps: [range],
		known: new Map([[range.to, next.previousChain]]),
		isStaged: false,
		end: 0,
		spare,
	};
}

function readHeld(
	bytes: Uint8Array,
	root: Root,
	{ key, header, bases, isStaged }: Found,
	next: SegmentKey | undefined,
): HeldSegment {
	const { layout } = root;
	const lastSequence = next === undefined ? undefined : next.firstSequence - 1;
	const read = readerOf(bytes);
	const walker = new SegmentWalker({
		...{ read, sha256, layout, key, bases, lastSequence },
		thorough: true,
	});
	const records = new Map<number, JournalRecord>();
	const gaps: { from: number; to: number }[] = [];
	const known = new Map<number, Uint8Array>();
	if (next) known.set(next.firstSequence - 1, next.previousChain);
	let checkpoint: Uint8Array | undefined;
	let isSealed = false;
	let last = key.firstSequence - 1;
	let lastChain = key.previousChain;
	for (let item = walker.next(); item.type !== "end"; item = walker.next()) {
		if (item.type === "checkpoint") checkpoint = item.state;
		if (item.type === "seal") isSealed = true;
		if (item.type === "record") {
			records.set(item.record.sequence, item.record);
			last = item.record.sequence;
			lastChain = item.record.chain;
		}
		if (item.type === "gap") {
			const { from, to, chain } = item.gap;
			gaps.push({ from, to });
			last = to;
			lastChain = chain ?? none;
			if (chain) known.set(to, chain);
		}
	}
	const end = walker.offset;
	const spare: readonly number[] = [];
	const held = { end, spare, key, header, checkpoint, records, gaps, known, isSealed, isStaged };
	if (key.number !== root.newest.number) return { ...held, last, lastChain };
	for (const { sequence, chain } of [root.head, root.watermark]) {
		if (sequence <= last) continue;
		gaps.push({ from: last + 1, to: sequence });
		known.set(sequence, chain);
		last = sequence;
		lastChain = chain;
	}
	return { ...held, last, lastChain };
}
