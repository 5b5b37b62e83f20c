import {
	deriveSalt,
	encodeFrame,
	encodeRoot,
	encodeSeal,
	encodeSegmentHeader,
	FLAG_LAST_OF_GROUP,
	type Frame,
	frameType,
	genesisChain,
	type JournalRecord,
	type Layout,
	leafHash,
	MerkleTree,
	nextChain,
	planLayout,
	ROOT_SLOTS,
	type Root,
	rootOffset,
	SEGMENT_HEADER_BYTES,
	type SegmentHeader,
	saltCrc,
	segmentOffset,
} from "../../protocol/media.ts";
import { encodeUtf8 } from "../../protocol/utf8.ts";
import { sha256 } from "./_digest.ts";

/** Journals written from the tables of `media.md` alone, without the terminal's code, to be damaged and read. */

export const shape = { sizeBytes: 33_000, sectorBytes: 512, writeAlign: 8, eraseValue: 0xff };
export const segmentBytes = 2_048;
export const terminalId = "shop-0001";
export const nonce = new Uint8Array(16).fill(0x11);

/** The value, which the test knows to be there. */
export function present<T>(value: T | undefined): T {
	if (value === undefined) throw new RangeError("the test did not write this");
	return value;
}

/** A frame and where it stands in its segment. */
export interface Placed {
	readonly frame: Frame;
	readonly offset: number;
	readonly bytes: Uint8Array;
}

export interface WrittenSegment {
	readonly header: SegmentHeader;
	readonly frames: readonly Placed[];
	readonly records: readonly JournalRecord[];
	/** Behind the last frame. */
	readonly end: number;
}

export interface WrittenJournal {
	readonly layout: Layout;
	readonly bytes: Uint8Array;
	readonly root: Root;
	readonly segments: readonly WrittenSegment[];
	readonly records: readonly JournalRecord[];
}

/** Puts frames one behind the other into one segment. */
export class SegmentWriter {
	readonly header: SegmentHeader;
	readonly frames: Placed[] = [];
	readonly records: JournalRecord[] = [];
	readonly tree = new MerkleTree(sha256);
	offset = SEGMENT_HEADER_BYTES;
	sequence: number;
	chain: Uint8Array;

	constructor(header: SegmentHeader) {
		this.header = header;
		this.sequence = header.firstSequence - 1;
		this.chain = header.previousChain;
	}

	frame(frame: Frame): this {
		const { salt, alignBytes } = this.header;
		const place = { offset: this.offset, seed: saltCrc(salt), alignBytes };
		const bytes = encodeFrame(frame, place);
		this.frames.push({ frame, offset: this.offset, bytes });
		this.offset += bytes.length;
		return this;
	}

	/** The next record; `flags` 0 is one that does not end its group. */
	record(flags = FLAG_LAST_OF_GROUP): this {
		this.sequence += 1;
		const { sequence } = this;
		const payload = encodeUtf8(`record ${sequence}${"!".repeat((sequence * 7) % 20)}`);
		const made = { sequence, kind: sequence % 200, flags, payload };
		this.chain = nextChain(this.chain, made, sha256);
		this.tree.add(leafHash(made, sha256));
		const record = { ...made, chain: this.chain };
		this.records.push(record);
		return this.frame({ type: frameType.record, ...record });
	}

	checkpoint(): this {
		const { sequence, chain } = this;
		const payload = encodeUtf8(`state ${sequence}`);
		return this.frame({ type: frameType.checkpoint, kind: 0, flags: 0, sequence, payload, chain });
	}

	seal(): this {
		const { sequence, chain, tree } = this;
		const payload = encodeSeal({ count: tree.count, root: tree.root(), note: new Uint8Array(0) });
		return this.frame({ type: frameType.seal, kind: 0, flags: 0, sequence, payload, chain });
	}
}

export function headerOf(number: number, change: Partial<SegmentHeader> = {}): SegmentHeader {
	return {
		number,
		epoch: 2,
		firstSequence: 1,
		previousChain: genesisChain(terminalId, 2, sha256),
		salt: deriveSalt(nonce, number, sha256),
		previousNumber: number - 1,
		segmentBytes,
		eraseCount: 1,
		terminalId,
		alignBytes: 8,
		...change,
	};
}

/** Writes bytes at one offset of both copies of a segment. */
export function putBoth(
	{ layout, bytes }: Pick<WrittenJournal, "layout" | "bytes">,
	number: number,
	offset: number,
	data: Uint8Array,
): void {
	for (const copy of [0, 1] as const) bytes.set(data, segmentOffset(layout, copy, number) + offset);
}

/**
 * A journal closed in order: one segment for each number of records, all but the last sealed, each with a
 * checkpoint at its head.
 */
export function journalOf(recordCounts: readonly number[], changes = shape): WrittenJournal {
	const layout = planLayout(changes, segmentBytes);
	const bytes = new Uint8Array(changes.sizeBytes).fill(changes.eraseValue);
	const segments: SegmentWriter[] = [];
	for (const [index, count] of recordCounts.entries()) {
		const before = segments.at(-1)?.seal();
		const link = before && { firstSequence: before.sequence + 1, previousChain: before.chain };
		const header = headerOf(index + 1, { ...link, alignBytes: layout.alignBytes });
		const writer = new SegmentWriter(header).checkpoint();
		for (let record = 0; record < count; record++) writer.record();
		segments.push(writer);
	}
	const written = segments.map(({ header, frames, records, offset }) => ({
		...{ header, frames, records, end: offset },
	}));
	for (const { header, frames } of written) {
		putBoth({ layout, bytes }, header.number, 0, encodeSegmentHeader(header));
		for (const frame of frames)
			putBoth({ layout, bytes }, header.number, frame.offset, frame.bytes);
	}
	const newest = segments.at(-1) ?? new SegmentWriter(headerOf(0));
	const root = rootOf(newest, layout);
	putRoot(bytes, root);
	const records = written.flatMap((segment) => segment.records);
	return { layout, bytes, root, segments: written, records };
}

function rootOf({ header, sequence, chain }: SegmentWriter, layout: Layout): Root {
	const { number, firstSequence, previousChain, salt } = header;
	return {
		sequence: 40,
		terminalId,
		epoch: 2,
		nonce,
		layout,
		state: "closed",
		retired: false,
		untold: false,
		intent: { kind: "none" },
		tornBytes: 0,
		repairedRecords: 0,
		staleRecords: 0,
		first: { number: 1, sequence: 1 },
		newest: { number, firstSequence, previousChain, salt },
		watermark: { sequence: 0, chain: genesisChain(terminalId, 2, sha256) },
		head: { sequence, chain },
	};
}

/** Puts a root into all four slots, at the place of the slot that is given. */
export function putRoot(bytes: Uint8Array, root: Root, place = 0): void {
	const encoded = encodeRoot(root, sha256);
	for (let slot = 0; slot < ROOT_SLOTS; slot++)
		bytes.set(encoded, rootOffset(root.layout, slot) + place * encoded.length);
}

/** The same journal with another root. */
export function withRoot(journal: WrittenJournal, change: Partial<Root>): WrittenJournal {
	const root = { ...journal.root, ...change };
	const bytes = journal.bytes.slice();
	putRoot(bytes, root);
	return { ...journal, bytes, root };
}

/** A copy of the bytes with one bit of each given offset flipped. */
export function flipped(bytes: Uint8Array, ...offsets: readonly number[]): Uint8Array {
	const changed = bytes.slice();
	for (const offset of offsets) changed[offset] = (changed[offset] ?? 0) ^ 0x10;
	return changed;
}
