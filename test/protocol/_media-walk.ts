import {
	encodeGap,
	type Frame,
	frameType,
	type SegmentItem,
	SegmentWalker,
	segmentBases,
	type WalkOptions,
} from "../../protocol/media.ts";
import { sha256 } from "./_digest.ts";
import { headerOf, journalOf, putBoth, SegmentWriter } from "./_media.ts";

/** Two segments to walk through: the first sealed with four records, the newest with three. */
export const journal = journalOf([4, 3]);
export const { layout } = journal;

export const bases = segmentBases(layout, 1);

export function walker(bytes: Uint8Array, options: Partial<WalkOptions> = {}): SegmentWalker {
	const read = (offset: number, length: number) => bytes.slice(offset, offset + length);
	return new SegmentWalker({
		...{ read, sha256, layout, bases, key: headerOf(1), thorough: true, lastSequence: 4 },
		...options,
	});
}

export function itemsOf(walk: SegmentWalker): SegmentItem[] {
	const items: SegmentItem[] = [];
	for (let count = 0; count < 50; count++) {
		const item = walk.next();
		items.push(item);
		if (item.type === "end") break;
	}
	return items;
}

/** Items in a word: type, what it is about, and the copies that are good. */
export function told(walk: SegmentWalker): string[] {
	return itemsOf(walk).map((item) => {
		if (item.type === "record") return `record ${item.record.sequence} ${item.good}`;
		if (item.type === "gap") return `gap ${item.gap.from}-${item.gap.to} ${item.good}`;
		if (item.type === "end") return `end ${item.offset} ${item.written} ${item.stale}`;
		return `${item.type} ${item.good}`;
	});
}

/** A journal of one segment whose frames the test writes. */
export function ownSegment(fill: (writer: SegmentWriter) => void) {
	const writer = new SegmentWriter(headerOf(1));
	fill(writer);
	const bytes = new Uint8Array(journal.bytes.length).fill(0xff);
	for (const frame of writer.frames) putBoth({ layout, bytes }, 1, frame.offset, frame.bytes);
	return { bytes, frames: writer.frames, end: writer.offset };
}

export function gapFrame(from: number, to: number, kind: number, chain: Uint8Array): Frame {
	const payload = encodeGap({ from, damagedBytes: 64, hash: new Uint8Array(32).fill(9) });
	return { type: frameType.gap, kind, flags: 0, sequence: to, payload, chain };
}

export const someChain = new Uint8Array(32).fill(0x77);
export const noChain = new Uint8Array(32);
