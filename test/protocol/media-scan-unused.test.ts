import test from "ava";
import {
	encodeSegmentHeader,
	imageOf,
	readImage,
	ringEnd,
	scratchOffset,
	segmentOffset,
} from "../../protocol/media.ts";
import { sha256 } from "./_digest.ts";
import {
	flipped,
	headerOf,
	journalOf,
	present,
	SegmentWriter,
	segmentBytes,
	withRoot,
} from "./_media.ts";
import { at, found, journal, layout, read } from "./_media-scan.ts";

test("what no segment has used and what lies behind the rings must be erased", (t) => {
	const places: readonly number[] = [
		at(0, 4, 0),
		at(1, 4, segmentBytes - 1),
		at(0, layout.segmentCount, 5),
		ringEnd(layout, 0),
		layout.mirrorOffset - 1,
		ringEnd(layout, 1),
		journal.bytes.length - 1,
	];
	const expected = [
		at(0, 4, 0),
		at(1, 4, 0),
		at(0, layout.segmentCount, 0),
		ringEnd(layout, 0),
		ringEnd(layout, 0),
		ringEnd(layout, 1),
		ringEnd(layout, 1),
	];
	for (const [index, place] of places.entries()) {
		const report = read(flipped(journal.bytes, place));
		t.deepEqual(found(report), [`unused - ${expected[index]}`], `byte ${place}`);
	}
	const [finding] = read(flipped(journal.bytes, at(0, 4, 0))).findings;
	t.is(finding?.detail, `${segmentBytes} bytes that should be erased are not`);
	for (const place of [scratchOffset(layout, 0), scratchOffset(layout, 1)])
		t.deepEqual(found(read(flipped(journal.bytes, place))), [], "scratch segments hold leftovers");
});

test("places that cannot be read are not erased, and a rest of no length is", (t) => {
	const image = imageOf(journal.bytes);
	const report = readImage(
		{
			...image,
			read: (offset, length) => (offset === at(0, 5, 0) ? undefined : image.read(offset, length)),
		},
		sha256,
	);
	t.deepEqual(found(report), [`unused - ${at(0, 5, 0)}`]);

	// 2 × (2 roots of 512, a scratch segment and six of 2,048 bytes), and nothing behind them.
	const tight = journalOf([2, 2], {
		sizeBytes: 2 * (1_024 + 7 * segmentBytes),
		...{ sectorBytes: 512, writeAlign: 8, eraseValue: 0 },
	});
	t.is(ringEnd(tight.layout, 0), tight.layout.mirrorOffset);
	t.is(ringEnd(tight.layout, 1), tight.bytes.length);
	const { sizeBytes, read: readSome } = imageOf(tight.bytes);
	const reader = (offset: number, length: number) =>
		length > 0 ? readSome(offset, length) : undefined;
	t.deepEqual(readImage({ sizeBytes, read: reader }, sha256).findings, []);
	t.deepEqual(found(read(flipped(tight.bytes, segmentOffset(tight.layout, 0, 3)))), [
		`unused - ${segmentOffset(tight.layout, 0, 3)}`,
	]);
});

test("a segment that is about to begin may stand there in part", (t) => {
	const salt = new Uint8Array(8).fill(3);
	const begun = withRoot(journal, { intent: { kind: "begin", number: 5, salt } });
	for (const number of [4, 5])
		t.deepEqual(found(read(flipped(begun.bytes, at(0, number, 0)))), [], `segment ${number}`);
	t.deepEqual(found(read(flipped(begun.bytes, at(0, 6, 0)))), [`unused - ${at(0, 6, 0)}`]);
});

test("when the ring is full nothing is unused", (t) => {
	const counts = new Array(layout.segmentCount).fill(1);
	t.deepEqual(read(journalOf(counts).bytes).findings, []);
});

/** The journal with one segment moved to the scratch segments and its place overwritten. */
function rebuilding(number: number, salt: Uint8Array): Uint8Array {
	const moved = withRoot(journal, { intent: { kind: "rebuild", number, salt } });
	const bytes = moved.bytes.slice();
	const { header } = present(journal.segments[number - 1]);
	const writer = new SegmentWriter(headerOf(number, { ...header, salt })).checkpoint();
	for (const _ of present(journal.segments[number - 1]).records) writer.record();
	if (number < 3) writer.seal();
	for (const copy of [0, 1] as const) {
		const base = scratchOffset(layout, copy);
		bytes.fill(0, at(copy, number, 0), at(copy, number, segmentBytes));
		bytes.set(encodeSegmentHeader(writer.header), base);
		for (const { bytes: frame, offset } of writer.frames) bytes.set(frame, base + offset);
	}
	return bytes;
}

test("a segment that is being rebuilt is read from the scratch segments", (t) => {
	const salt = new Uint8Array(8).fill(5);
	for (const number of [2, 3]) {
		const report = read(rebuilding(number, salt));
		t.is(report.records, 9, `segment ${number}`);
		t.deepEqual(report.findings, []);
		t.deepEqual(report.gaps, []);
		t.deepEqual(report.segments[number - 1]?.header?.salt, salt);
	}
});
