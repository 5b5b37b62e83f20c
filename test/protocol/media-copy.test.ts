import test from "ava";
import { frameType, SegmentCopy, saltCrc, spend } from "../../protocol/media.ts";
import { encodeUtf8 } from "../../protocol/utf8.ts";
import { flipped, headerOf, SegmentWriter } from "./_media.ts";

const BASE = 4_096;

/** A copy over a segment that begins at `BASE`, with the reads that it makes and ranges that cannot be read. */
function copyOver(
	segment: Uint8Array,
	{ sectorBytes = 512, eraseValue = 0xff, steps = 1_000, unreadable = -1 } = {},
) {
	const media = new Uint8Array(BASE + segment.length + 1_024).fill(0x33);
	media.set(segment, BASE);
	const reads: [offset: number, length: number][] = [];
	const budget = { steps };
	const copy = new SegmentCopy({
		read(offset, length) {
			reads.push([offset - BASE, length]);
			const hits = unreadable >= offset - BASE && unreadable < offset - BASE + length;
			return hits ? undefined : media.slice(offset, offset + length);
		},
		base: BASE,
		segmentBytes: segment.length,
		sectorBytes,
		seed: saltCrc(headerOf(1).salt),
		alignBytes: 8,
		eraseValue,
		budget,
	});
	return { copy, reads, budget };
}

const counting = Uint8Array.from({ length: 1_280 }, (_, index) => (index * 7) & 0xff);

test("a range is read by blocks, once, and never past the end of the segment", (t) => {
	const { copy, reads } = copyOver(counting);
	t.deepEqual(copy.bytes(512, 8), counting.slice(512, 520));
	t.deepEqual(copy.bytes(1_016, 8), counting.slice(1_016, 1_024));
	t.deepEqual(copy.bytes(512, 512), counting.slice(512, 1_024));
	t.deepEqual(reads, [[512, 512]]);
	t.deepEqual(copy.bytes(1_270, 10), counting.slice(1_270));
	t.deepEqual(reads, [
		[512, 512],
		[1_024, 256],
	]);
	t.is(copy.bytes(1_270, 11), undefined);
	t.is(reads.length, 2);
});

test("a range over two blocks is read as it is", (t) => {
	const { copy, reads } = copyOver(counting);
	t.deepEqual(copy.bytes(510, 4), counting.slice(510, 514));
	t.deepEqual(reads, [[510, 4]]);
});

test("a block is as long as a sector, and at most 2 KiB", (t) => {
	const segment = new Uint8Array(8_192);
	const blockOf = (sectorBytes: number) => {
		const { copy, reads } = copyOver(segment, { sectorBytes });
		copy.bytes(0, 1);
		return reads[0]?.[1];
	};
	t.deepEqual([512, 1_024, 2_048, 4_096].map(blockOf), [512, 1_024, 2_048, 2_048]);
});

test("a block that cannot be read is not asked for again at once", (t) => {
	const { copy, reads } = copyOver(counting, { unreadable: 600 });
	t.is(copy.bytes(512, 8), undefined);
	t.is(copy.bytes(520, 8), undefined);
	t.is(reads.length, 1);
	t.deepEqual(copy.bytes(0, 8), counting.slice(0, 8));
});

test("the written end is behind the last byte that is not erased", (t) => {
	for (const eraseValue of [0xff, 0]) {
		const segment = new Uint8Array(1_536).fill(eraseValue);
		const endFrom = (offset: number) => copyOver(segment, { eraseValue }).copy.writtenEnd(offset);
		t.is(endFrom(192), 192);
		t.is(endFrom(1_536), 1_536);
		segment[300] = 0x5a;
		t.is(endFrom(192), 301);
		t.is(endFrom(300), 301);
		t.is(endFrom(301), 301);
		segment[511] = 0x5a;
		t.is(endFrom(192), 512);
		segment[1_024] = 0x5a;
		t.is(endFrom(192), 1_025);
		t.is(endFrom(600), 1_025);
		segment[1_535] = 0x5a;
		t.is(endFrom(192), 1_536);
	}
});

test("what cannot be read counts as written up to the end of its block", (t) => {
	const segment = new Uint8Array(1_536).fill(0xff);
	t.is(copyOver(segment, { unreadable: 600 }).copy.writtenEnd(192), 1_024);
	t.is(copyOver(segment, { unreadable: 1_400 }).copy.writtenEnd(192), 1_536);
	segment[1_200] = 0;
	t.is(copyOver(segment, { unreadable: 600 }).copy.writtenEnd(192), 1_201);
});

function segmentWith(writer: SegmentWriter): Uint8Array {
	const segment = new Uint8Array(2_048).fill(0xff);
	for (const { bytes, offset } of writer.frames) segment.set(bytes, offset);
	return segment;
}

const writer = new SegmentWriter(headerOf(1)).record().record();

test("a frame is found at its offset, with its bytes, also across blocks", (t) => {
	const long = new SegmentWriter(headerOf(1));
	for (let count = 0; count < 9; count++) long.record();
	const { copy } = copyOver(segmentWith(long));
	t.true(long.offset > 512);
	for (const { frame, offset, bytes } of long.frames) {
		t.deepEqual(copy.frame(offset), { frame, raw: bytes });
		t.is(copy.frame(offset + 8), undefined);
	}
	t.is(copy.frame(2_040), undefined);
	t.is(copy.header(2_040), undefined);
});

test("a header is believed though the rest of its frame is damaged", (t) => {
	const [first] = writer.frames;
	if (first === undefined) return t.fail();
	const { copy } = copyOver(flipped(segmentWith(writer), first.offset + 24));
	t.is(copy.frame(first.offset), undefined);
	t.like(copy.header(first.offset), {
		type: frameType.record,
		sequence: 1,
		length: first.frame.payload.length,
	});
	const broken = copyOver(flipped(segmentWith(writer), first.offset + 9)).copy;
	t.is(broken.header(first.offset), undefined);
	const noMagic = copyOver(flipped(segmentWith(writer), first.offset)).copy;
	t.is(noMagic.header(first.offset), undefined);
});

test("a frame whose end is past the segment's is none", (t) => {
	const payload = new Uint8Array(1_000);
	const cut = new SegmentWriter(headerOf(1));
	cut.frame({
		type: frameType.record,
		kind: 1,
		flags: 1,
		sequence: 1,
		payload,
		chain: new Uint8Array(32),
	});
	const segment = segmentWith(cut).slice(0, 1_024);
	const { copy } = copyOver(segment);
	t.like(copy.header(192), { length: 1_000 });
	t.is(copy.frame(192), undefined);
});

test("each frame costs a step and one more for 64 bytes, and so does a look at the rest", (t) => {
	const text = encodeUtf8("x".repeat(128));
	const chain = new Uint8Array(32);
	const one = new SegmentWriter(headerOf(1));
	one.frame({ type: frameType.record, kind: 1, flags: 1, sequence: 1, payload: text, chain });
	const { copy, budget } = copyOver(segmentWith(one), { steps: 100 });
	copy.frame(192);
	t.is(budget.steps, 97);
	copy.frame(200);
	copy.header(192);
	t.is(budget.steps, 97, "what is no frame costs nothing");
	copy.writtenEnd(2_048 - 128);
	t.is(budget.steps, 94);
});

test("the last step may be spent, and not one more", (t) => {
	const budget = { steps: 2 };
	t.notThrows(() => spend(budget, 2));
	t.throws(() => spend(budget, 1), { code: "LIMIT" });
});

test("without a budget nothing is counted", (t) => {
	const { segmentBytes } = headerOf(1);
	const copy = new SegmentCopy({
		read: (_, length) => new Uint8Array(length).fill(0xff),
		base: 0,
		segmentBytes,
		sectorBytes: 512,
		seed: 0,
		alignBytes: 8,
		eraseValue: 0xff,
	});
	t.is(copy.writtenEnd(192), 192);
});
