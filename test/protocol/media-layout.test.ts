import test from "ava";
import {
	type Layout,
	layoutProblem,
	mirrorOffsetOf,
	planLayout,
	ringEnd,
	rootOffset,
	scratchOffset,
	segmentOffset,
} from "../../protocol/media.ts";

const shape = { sizeBytes: 65_536, sectorBytes: 512, writeAlign: 1, eraseValue: 0xff };

test("two halves of whole sectors hold two roots, a scratch segment and a ring each", (t) => {
	// 67,000 bytes are 130 whole sectors and a rest; half of them is 65 sectors.
	const layout = planLayout({ ...shape, sizeBytes: 67_000 }, 2_048);
	t.deepEqual(layout, {
		sectorBytes: 512,
		alignBytes: 4,
		eraseValue: 0xff,
		segmentBytes: 2_048,
		segmentCount: 14,
		mirrorOffset: 33_280,
	});
	t.deepEqual(
		[0, 1, 2, 3].map((slot) => rootOffset(layout, slot)),
		[0, 512, 33_280, 33_792],
	);
	t.deepEqual([scratchOffset(layout, 0), scratchOffset(layout, 1)], [1_024, 34_304]);
	t.deepEqual([segmentOffset(layout, 0, 1), segmentOffset(layout, 1, 1)], [3_072, 36_352]);
	t.is(segmentOffset(layout, 0, 14), 3_072 + 13 * 2_048);
	t.is(segmentOffset(layout, 0, 15), 3_072, "numbers go on and places come again");
	t.is(ringEnd(layout, 0), segmentOffset(layout, 0, 14) + 2_048);
	t.is(ringEnd(layout, 1), 33_280 + ringEnd(layout, 0));
});

test("half of the media is counted in whole sectors", (t) => {
	t.is(mirrorOffsetOf(8_192, 512), 4_096);
	t.is(mirrorOffsetOf(8_191, 512), 3_584);
	t.is(mirrorOffsetOf(9_215, 512), 4_096);
	t.is(mirrorOffsetOf(9_216, 512), 4_608);
});

test("frames begin at multiples of four or of the write alignment, whichever is more", (t) => {
	const aligned = [1, 2, 4, 8, 16, 32, 64].map(
		(writeAlign) => planLayout({ ...shape, writeAlign }, 2_048).alignBytes,
	);
	t.deepEqual(aligned, [4, 4, 4, 8, 16, 32, 64]);
});

const good: Layout = {
	sectorBytes: 512,
	alignBytes: 4,
	eraseValue: 0xff,
	segmentBytes: 2_048,
	segmentCount: 4,
	mirrorOffset: 2 * 512 + 5 * 2_048,
};

test("a layout at each of its limits is served", (t) => {
	const wide = { mirrorOffset: 1_048_576 };
	const served: readonly Partial<Layout>[] = [
		{},
		{ eraseValue: 0 },
		{ alignBytes: 64 },
		{ segmentBytes: 1_024 },
		{ segmentBytes: 65_536, ...wide },
		{ sectorBytes: 65_536, segmentBytes: 65_536, ...wide },
	];
	for (const change of served)
		t.is(layoutProblem({ ...good, ...change }), undefined, JSON.stringify(change));
});

test("what is wrong with a layout is said", (t) => {
	const wide = { mirrorOffset: 4_194_304 };
	const refused: readonly (readonly [change: Partial<Layout>, problem: string])[] = [
		[{ sectorBytes: 0 }, "sectors of 0 bytes are not supported"],
		[{ sectorBytes: 256 }, "sectors of 256 bytes are not supported"],
		[{ sectorBytes: 768 }, "sectors of 768 bytes are not supported"],
		[{ sectorBytes: 131_072 }, "sectors of 131072 bytes are not supported"],
		[{ sectorBytes: -512 }, "sectors of -512 bytes are not supported"],
		[{ alignBytes: 0 }, "writes aligned to 0 bytes are not supported"],
		[{ alignBytes: 2 }, "writes aligned to 2 bytes are not supported"],
		[{ alignBytes: 12 }, "writes aligned to 12 bytes are not supported"],
		[{ alignBytes: 128 }, "writes aligned to 128 bytes are not supported"],
		[{ eraseValue: 1 }, "erase value 1 is not supported"],
		[{ segmentBytes: 512 }, "segments of 512 bytes are not supported"],
		[{ segmentBytes: 66_048, ...wide }, "segments of 66048 bytes are not supported"],
		[{ segmentBytes: 1_280 }, "a segment is not made of whole sectors"],
		[{ segmentCount: 3 }, "fewer than 4 segments fit in each half"],
		[{ segmentCount: 5 }, "the segments do not fit in one half"],
		[{ mirrorOffset: good.mirrorOffset - 1 }, "the segments do not fit in one half"],
	];
	for (const [change, problem] of refused) t.is(layoutProblem({ ...good, ...change }), problem);
});

test("media take as many segments as fit, and at least four", (t) => {
	const sizeBytes = 2 * good.mirrorOffset;
	t.is(planLayout({ ...shape, sizeBytes }, 2_048).segmentCount, 4);
	t.throws(() => planLayout({ ...shape, sizeBytes: sizeBytes - 1 }, 2_048), {
		code: "USAGE",
		message: /^media of 22527 bytes: fewer than 4 segments fit in each half; choose/,
	});
});
