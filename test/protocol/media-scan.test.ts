import test from "ava";
import {
	encodeGap,
	encodeSeal,
	encodeSegmentHeader,
	type Finding,
	FRAME_OVERHEAD_BYTES,
	frameType,
	gapKind,
	type ImageReport,
	imageOf,
	type Root,
	readImage,
	rootOffset,
	segmentOffset,
} from "../../protocol/media.ts";
import { sha256 } from "./_digest.ts";
import {
	flipped,
	journalOf,
	present,
	putBoth,
	SegmentWriter,
	segmentBytes,
	withRoot,
} from "./_media.ts";

import { at, found, journal, layout, read } from "./_media-scan.ts";

const { root } = journal;
const [, second, third] = journal.segments;

function only(report: ImageReport): Finding {
	return report.findings.length === 1
		? present(report.findings[0])
		: { type: "unused", offset: -1, detail: JSON.stringify(report.findings) };
}

test("a whole journal is read record by record, and nothing is found", (t) => {
	const sequences: number[] = [];
	const report = readImage(imageOf(journal.bytes), sha256, (record) => {
		t.deepEqual(record, present(journal.records[record.sequence - 1]));
		sequences.push(record.sequence);
	});
	t.deepEqual(sequences, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
	const segments = journal.segments.map(({ header, records }, index) => ({
		number: index + 1,
		header,
		firstSequence: header.firstSequence,
		lastSequence: header.firstSequence + records.length - 1,
		records: records.length,
		isSealed: index < 2,
		checkpointSequence: header.firstSequence - 1,
	}));
	const head = { sequence: 9, chain: present(journal.records[8]).chain };
	const rest = { gaps: [], findings: [], head, records: 9 };
	t.deepEqual(report, { root, isRootInferred: false, segments, ...rest });
	t.is(read(journal.bytes).records, 9, "without a visitor too");
});

test("a journal without records has its root's head", (t) => {
	const empty = journalOf([]);
	const report = read(empty.bytes);
	t.deepEqual(report.segments, []);
	t.is(report.records, 0);
	t.deepEqual(report.head, empty.root.head);
	t.deepEqual(report.findings, []);
});

test("an image without root and segment is no journal", (t) => {
	t.throws(() => read(new Uint8Array(33_000).fill(0xff)), {
		code: "MEDIA_FORMAT",
		message: /^image of 33000 bytes: /,
	});
	t.throws(() => read(new Uint8Array(0)), { code: "MEDIA_FORMAT" });
});

test("only the live segments are read", (t) => {
	const freed = withRoot(journal, { first: { number: 2, sequence: 4 } });
	const report = read(freed.bytes);
	t.deepEqual(
		report.segments.map(({ number }) => number),
		[2, 3],
	);
	t.is(report.records, 6);
	t.deepEqual(report.findings, []);
});

test("a frame that is whole in one copy is found, with the copy that has it", (t) => {
	const { offset } = present(present(second).frames[2]);
	const first = only(read(flipped(journal.bytes, at(0, 2, offset + 25))));
	t.deepEqual(first, {
		...{ type: "copy", segment: 2, offset },
		detail: "record whole in copy 2 only",
	} satisfies Finding);
	t.is(
		only(read(flipped(journal.bytes, at(1, 2, offset + 25)))).detail,
		"record whole in copy 1 only",
	);
});

test("a header that is not whole in both copies is found; the records are read all the same", (t) => {
	for (const copy of [0, 1] as const) {
		const report = read(flipped(journal.bytes, at(copy, 2, 20)));
		t.deepEqual(only(report), {
			...{ type: "copy", segment: 2, offset: 0 },
			detail: "the header is not whole in both copies",
		} satisfies Finding);
		t.is(report.records, 9);
	}
});

test("a record that is whole in no copy is a gap and no finding", (t) => {
	const { offset } = present(present(second).frames[2]);
	const bytes = flipped(journal.bytes, at(0, 2, offset + 25), at(1, 2, offset + 25));
	const report = read(bytes);
	t.deepEqual(report.findings, [], "the seal does not count records of a segment with a gap");
	t.like(report.gaps[0], { from: 5, to: 5, recorded: false });
	t.is(report.gaps.length, 1);
	t.is(report.records, 8);
	t.deepEqual(
		report.segments.map(({ records }) => records),
		[3, 3, 2],
	);
});

test("bytes that belong to nothing are damage", (t) => {
	const end = present(second).end;
	const bytes = journal.bytes.slice();
	bytes[at(1, 2, end + 16)] = 0;
	t.deepEqual(only(read(bytes)), {
		...{ type: "damage", segment: 2, offset: end },
		detail: "not readable",
	} satisfies Finding);
});

test("a write cut short at the end is torn", (t) => {
	const end = present(third).end;
	const bytes = withRoot(journal, { state: "open" }).bytes.slice();
	bytes.fill(0x5a, at(0, 3, end), at(0, 3, end + 24));
	const report = read(bytes);
	t.deepEqual(only(report), {
		...{ type: "torn", segment: 3, offset: end },
		detail: "24 bytes of a write cut short",
	} satisfies Finding);
	t.is(report.head.sequence, 9);
});

test("whole frames where they do not belong are stale", (t) => {
	const end = present(third).end;
	const writer = new SegmentWriter(present(third).header);
	writer.offset = end;
	writer.sequence = 20;
	writer.record();
	const bytes = withRoot(journal, { state: "open" }).bytes.slice();
	bytes.set(present(writer.frames[0]).bytes, at(0, 3, end));
	t.deepEqual(found(read(bytes)), [`torn 3 ${end}`, "stale 3 0"]);
	t.is(present(read(bytes).findings[1]).detail, "1 frames do not belong here");
});

test("the end of a closed journal is exact; of an open one it is the least", (t) => {
	const { end } = present(third);
	const tail = (state: Root["state"], change: Partial<Root> = {}, noiseBytes = 24) => {
		const bytes = withRoot(journal, { state, ...change }).bytes.slice();
		for (const copy of [0, 1] as const)
			bytes.fill(0x5a, at(copy, 3, end), at(copy, 3, end + noiseBytes));
		const { gaps, head } = read(bytes);
		return [gaps.map(({ from, to }) => `${from}-${to}`), head.sequence];
	};
	t.deepEqual(tail("closed"), [[], 9]);
	t.deepEqual(tail("closed", { watermark: root.head }), [[], 9], "the host has all of it");
	t.deepEqual(tail("recovered"), [[], 9]);
	t.deepEqual(tail("open"), [["10-10"], 10]);
	const chain = new Uint8Array(32).fill(0x66);
	const watermark = { sequence: 12, chain };
	t.deepEqual(tail("closed", { watermark }), [["10-12"], 12], "the host has more");
	const noiseBytes = 3 * FRAME_OVERHEAD_BYTES;
	t.deepEqual(
		tail("closed", { watermark: { ...watermark, sequence: 10 } }, noiseBytes),
		[["10-12"], 12],
		"the host has more, so the root is not the last word",
	);
	t.deepEqual(tail("open", { head: { sequence: 11, chain } }), [["10-11"], 11]);
	t.deepEqual(tail("open", { head: watermark, watermark: { ...watermark, sequence: 11 } }), [
		["10-12"],
		12,
	]);
});

test("a segment that does not follow from the one before is found", (t) => {
	const other = new Uint8Array(32).fill(0x42);
	const swapped = journal.bytes.slice();
	const header = { ...present(second).header, previousChain: other };
	putBoth({ layout, bytes: swapped }, 2, 0, encodeSegmentHeader(header));
	const link = present(read(swapped).findings.find(({ type }) => type === "link"));
	t.deepEqual(link, {
		...{ type: "link", segment: 2, offset: 0 },
		detail: "does not follow from record 3",
	} satisfies Finding);

	const earlier = { ...present(second).header, firstSequence: 3 };
	const overlapping = journal.bytes.slice();
	putBoth({ layout, bytes: overlapping }, 2, 0, encodeSegmentHeader(earlier));
	t.true(read(overlapping).findings.some(({ type }) => type === "link"));
});

test("a gap that reaches into the next segment does not lead to it", (t) => {
	const [first] = journal.segments;
	const { offset } = present(present(first).frames[3]);
	const payload = encodeGap({ from: 3, damagedBytes: 8, hash: new Uint8Array(32) });
	const { adopted: kind } = gapKind;
	const told = (to: number) => {
		const bytes = journal.bytes.slice();
		const chain = new Uint8Array(32);
		const writer = new SegmentWriter(present(first).header);
		writer.offset = offset;
		writer.frame({ type: frameType.gap, kind, flags: 0, sequence: to, payload, chain });
		const rest = new Uint8Array(segmentBytes - offset).fill(0xff);
		rest.set(present(writer.frames[0]).bytes);
		putBoth({ layout, bytes }, 1, offset, rest);
		return read(bytes).findings.map(({ type, detail }) => `${type}: ${detail}`);
	};
	t.deepEqual(told(3), []);
	t.deepEqual(told(4), ["link: does not follow from record 4"]);
});

test("where the chain is lost, the next segment is taken as it is", (t) => {
	const [first] = journal.segments;
	const { offset } = present(present(first).frames[3]);
	const bytes = flipped(
		journal.bytes,
		...[0, 1].flatMap((copy) => [
			segmentOffset(layout, copy === 0 ? 0 : 1, 1) + offset,
			segmentOffset(layout, copy === 0 ? 0 : 1, 1) + present(first).end - 8,
		]),
	);
	const report = read(bytes);
	t.deepEqual(
		report.gaps.map(({ from, to }) => `${from}-${to}`),
		["3-3"],
	);
	t.false(report.findings.some(({ type }) => type === "link"));
});

test("a segment whose headers are both lost is a gap; the newest is known from the root", (t) => {
	const lost = flipped(journal.bytes, at(0, 2, 20), at(1, 2, 20));
	const report = read(lost);
	t.like(report.gaps[0], { from: 4, to: 7, damagedBytes: 0, recorded: false });
	t.is(report.gaps.length, 1);
	t.deepEqual(report.findings, []);
	t.is(report.records, 5);
	t.deepEqual(
		report.segments.map(({ number }) => number),
		[1, 3],
	);

	const newest = read(flipped(journal.bytes, at(0, 3, 20), at(1, 3, 20)));
	t.is(newest.records, 9);
	t.deepEqual(found(newest), ["copy 3 0"]);
	t.is(newest.segments[2]?.header, undefined);

	const oldest = read(flipped(journal.bytes, at(0, 1, 20), at(1, 1, 20)));
	t.deepEqual(oldest.gaps, [
		{
			...{ from: 1, to: 3, damagedBytes: 0, recorded: false },
			hash: sha256(new Uint8Array(0)),
			chain: present(second).header.previousChain,
		},
	]);
	t.is(oldest.records, 6);
});

test("a header of another life of the newest segment is not whole", (t) => {
	const bytes = journal.bytes.slice();
	const header = { ...present(third).header, salt: new Uint8Array(8).fill(1), eraseCount: 9 };
	putBoth({ layout, bytes }, 3, 0, encodeSegmentHeader(header));
	t.deepEqual(found(read(bytes)), ["copy 3 0"]);
	t.is(read(bytes).records, 9);
});

test("a seal that does not fit its records is found", (t) => {
	for (const change of [{ count: 5 }, { root: new Uint8Array(32) }]) {
		const writer = new SegmentWriter(present(second).header).checkpoint();
		for (let count = 0; count < 4; count++) writer.record();
		const { tree, sequence, chain } = writer;
		const note = new Uint8Array(0);
		const payload = encodeSeal({ count: tree.count, root: tree.root(), note, ...change });
		const { offset } = writer;
		writer.frame({ type: frameType.seal, kind: 0, flags: 0, sequence, payload, chain });
		const bytes = journal.bytes.slice();
		putBoth({ layout, bytes }, 2, offset, present(writer.frames.at(-1)).bytes);
		t.deepEqual(only(read(bytes)), {
			...{ type: "seal", segment: 2, offset: 0 },
			detail: `seal is for ${change.count ?? 4} records, 4 are here`,
		} satisfies Finding);
	}
});

test("roots that are damaged or say something else are found", (t) => {
	const other = withRoot(journal, { sequence: 41 });
	const bytes = journal.bytes.slice();
	const slot = rootOffset(layout, 3);
	bytes.set(other.bytes.subarray(slot, slot + 512), slot);
	t.deepEqual(read(bytes).findings, [
		{ type: "root", offset: 3, detail: "slot 3 holds another root" },
	]);
	const broken = flipped(journal.bytes, rootOffset(layout, 1) + 9);
	t.deepEqual(read(broken).findings, [
		{ type: "root", offset: 1, detail: "slot 1: 1 damaged places" },
		{ type: "root", offset: 1, detail: "slot 1 holds another root" },
	]);
});
