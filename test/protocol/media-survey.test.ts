import test from "ava";
import {
	encodeGap,
	FLAG_LAST_OF_GROUP,
	FRAME_OVERHEAD_BYTES,
	frameType,
	gapChain,
	gapKind,
	leafHash,
	MerkleTree,
	type SegmentItem,
	SegmentWalker,
	type SurveyorOptions,
	segmentBases,
	surveySegment,
} from "../../protocol/media.ts";
import { sha256 } from "./_digest.ts";
import { flipped, headerOf, journalOf, present, putBoth, SegmentWriter } from "./_media.ts";

const { layout, bytes: blank } = journalOf([]);
const bases = segmentBases(layout, 1);
const key = headerOf(1);

function segmentOf(fill: (writer: SegmentWriter) => void) {
	const writer = new SegmentWriter(key);
	fill(writer);
	const bytes = blank.slice();
	for (const { bytes: frame, offset } of writer.frames)
		putBoth({ layout, bytes }, 1, offset, frame);
	return { writer, bytes };
}

/** A survey of segment 1, with everything that it told while it went. */
function survey(bytes: Uint8Array, options: Partial<SurveyorOptions> & { last?: number } = {}) {
	const read = (offset: number, length: number) => bytes.slice(offset, offset + length);
	const walker = new SegmentWalker({
		...{ read, sha256, layout, key, bases, thorough: true },
		lastSequence: options.last,
	});
	const told: number[] = [];
	const findings: string[] = [];
	const summary = surveySegment({
		walker,
		key,
		sha256,
		onRecord: ({ sequence }) => told.push(sequence),
		onFinding: ({ type, good }) => findings.push(`${type} ${good}`),
		...options,
	});
	return { summary, told, findings };
}

const GROUP_GOES_ON = 0;

test("what is counted is the head, the tree and the place for the next frame", (t) => {
	const { writer, bytes } = segmentOf((segment) => segment.checkpoint().record().record());
	const { summary, told, findings } = survey(bytes);
	t.deepEqual(summary.head, { sequence: 2, chain: writer.chain });
	t.is(summary.offset, writer.offset);
	t.deepEqual(summary.tree.root(), writer.tree.root());
	const [checkpoint] = writer.frames;
	t.deepEqual(summary.checkpoint, {
		state: present(checkpoint).frame.payload,
		sequence: 0,
		chain: key.previousChain,
	});
	t.deepEqual([told, findings], [[1, 2], []]);
	t.like(summary, {
		...{ isChainKnown: true, seal: undefined, tornBytes: 0, repairedRecords: 0 },
		...{ staleRecords: 0, findings: 0 },
	});
	t.deepEqual(summary.gaps, []);
});

test("an empty segment ends where its first record would begin", (t) => {
	const { summary } = survey(blank);
	t.deepEqual(summary.head, { sequence: 0, chain: key.previousChain });
	t.is(summary.offset, 192);
	t.is(summary.checkpoint, undefined);
	t.is(summary.tree.count, 0);
});

test("a group whose last record is missing at the end does not count", (t) => {
	const { writer, bytes } = segmentOf((segment) =>
		segment.record(GROUP_GOES_ON).record().record(GROUP_GOES_ON).record(GROUP_GOES_ON),
	);
	const third = present(writer.frames[2]);
	const least = { sequence: 2, chain: key.previousChain, isExact: true };
	const { summary, told } = survey(bytes, { least });
	t.deepEqual(told, [1, 2]);
	t.is(summary.head.sequence, 2);
	t.is(summary.offset, third.offset);
	t.is(summary.tornBytes, writer.offset - third.offset);
	t.is(summary.findings, 1);
	t.deepEqual(summary.gaps, []);
	t.deepEqual(summary.head.chain, present(writer.records[1]).chain);
});

test("records that are whole in one copy only are found, and counted as repaired", (t) => {
	const { writer, bytes } = segmentOf((segment) => segment.record().record().seal());
	const [one, two, seal] = writer.frames;
	const damaged = flipped(bytes, bases[0] + present(one).offset, bases[1] + present(seal).offset);
	const { summary, findings } = survey(damaged, { last: 2 });
	t.is(summary.repairedRecords, 1);
	t.is(summary.findings, 2);
	t.deepEqual(findings, ["record 2", "seal 1"]);
	t.deepEqual(summary.seal?.count, 2);
	t.true(present(two).offset > present(one).offset);
});

test("whole frames where they do not belong are counted", (t) => {
	const { bytes } = segmentOf((segment) => {
		segment.record();
		segment.sequence = 5;
		segment.record();
	});
	const exact = { sequence: 1, chain: key.previousChain, isExact: true };
	const { summary } = survey(bytes, { least: exact });
	t.true(summary.staleRecords >= 2);
	t.true(summary.tornBytes > 0);
	t.is(summary.head.sequence, 1);
});

test("a seal or damage behind an open group shows that it was confirmed", (t) => {
	const { writer, bytes } = segmentOf((segment) => segment.record(GROUP_GOES_ON).seal());
	t.deepEqual(survey(bytes, { last: 1 }).told, [1]);
	const [, seal] = writer.frames;
	const at = present(seal).offset;
	const damaged = flipped(bytes, bases[0] + at, bases[1] + at);
	const { summary, told, findings } = survey(damaged, { last: 1 });
	t.deepEqual([told, findings], [[1], ["damage 0"]]);
	t.is(summary.head.sequence, 1);
	t.is(summary.offset, layout.segmentBytes);
});

function gap(kind: number, chain: Uint8Array) {
	const hash = new Uint8Array(32).fill(9);
	const payload = encodeGap({ from: 2, damagedBytes: 64, hash });
	return { type: frameType.gap, kind, flags: 0, sequence: 3, payload, chain };
}

test("a gap on the media moves the head, and its chain is known if it says so", (t) => {
	const chain = new Uint8Array(32).fill(0x77);
	const chained = segmentOf((segment) =>
		segment.record(GROUP_GOES_ON).frame(gap(gapKind.chained, chain)),
	);
	const { summary, told, findings } = survey(chained.bytes);
	t.deepEqual(told, [1], "what stands before a gap was confirmed");
	t.deepEqual(summary.head, { sequence: 3, chain });
	t.true(summary.isChainKnown);
	t.is(summary.offset, chained.writer.offset);
	t.deepEqual(findings, []);
	t.like(summary.gaps[0], { from: 2, to: 3, damagedBytes: 64, recorded: true });
	t.is(summary.gaps.length, 1);

	const adopted = segmentOf((segment) =>
		segment.record().frame(gap(gapKind.adopted, new Uint8Array(32))),
	);
	const lost = survey(adopted.bytes).summary;
	t.deepEqual(lost.head, { sequence: 3, chain: present(adopted.writer.records[0]).chain });
	t.false(lost.isChainKnown);
});

test("a record behind a gap makes the chain known again, and the tree holds what can be read", (t) => {
	const { writer, bytes } = segmentOf((segment) => segment.record().record().record());
	const at = present(writer.frames[1]).offset + 25;
	const { summary, told } = survey(flipped(bytes, bases[0] + at, bases[1] + at), { last: 3 });
	t.deepEqual(told, [1, 3]);
	t.true(summary.isChainKnown);
	t.like(summary.gaps[0], { from: 2, to: 2, recorded: false });
	const tree = new MerkleTree(sha256);
	for (const index of [0, 2]) tree.add(leafHash(present(writer.records[index]), sha256));
	t.deepEqual(summary.tree.root(), tree.root());
	t.deepEqual(summary.head, { sequence: 3, chain: writer.chain });
});

/** Two whole records, and behind them `length` bytes of noise in the named copies. */
function withNoise(copies: readonly (0 | 1)[], length: number) {
	const { writer, bytes } = segmentOf((segment) => segment.record().record());
	for (const copy of copies) {
		const start = bases[copy] + writer.offset;
		bytes.fill(0x5a, start, start + length);
	}
	return { bytes, writer, end: writer.offset };
}

const noise = 2 * FRAME_OVERHEAD_BYTES + 1;

test("noise behind the records in one copy is a write cut short", (t) => {
	for (const copies of [[0], [1]] as const) {
		const { bytes, end } = withNoise(copies, noise);
		const { summary } = survey(bytes);
		t.is(summary.tornBytes, noise);
		t.is(summary.findings, 1);
		t.is(summary.offset, end);
		t.is(summary.head.sequence, 2);
		t.deepEqual(summary.gaps, []);
	}
});

test("noise in both copies may have been as many records as fit into it", (t) => {
	const { bytes, writer, end } = withNoise([0, 1], noise);
	const { summary } = survey(bytes);
	const [found] = summary.gaps;
	const { from, to, hash, damagedBytes } = present(found);
	t.deepEqual([from, to, damagedBytes], [3, 5, noise]);
	const chain = gapChain(writer.chain, { from, to, hash }, sha256);
	t.deepEqual(present(found).chain, chain);
	t.false(present(found).recorded);
	t.deepEqual(summary.head, { sequence: 5, chain });
	t.is(summary.tornBytes, 0);
	t.is(summary.findings, 2, "the noise and the gap");
	t.is(summary.offset, end);
	const exactly = survey(withNoise([0, 1], 2 * FRAME_OVERHEAD_BYTES).bytes).summary;
	t.is(exactly.head.sequence, 4);
});

test("a head that is exact leaves no room for records behind it", (t) => {
	const { bytes, writer } = withNoise([0, 1], noise);
	const least = { sequence: 2, chain: writer.chain, isExact: true };
	const { summary } = survey(bytes, { least });
	t.deepEqual(summary.gaps, []);
	t.is(summary.tornBytes, noise);
	t.is(summary.head.sequence, 2);
});

test("records that are known to have existed are a gap with the chain that is known", (t) => {
	const chain = new Uint8Array(32).fill(0x66);
	const { writer, bytes } = segmentOf((segment) => segment.record());
	const least = { sequence: 4, chain, isExact: false };
	const { summary } = survey(bytes, { least });
	t.deepEqual(summary.head, { sequence: 4, chain });
	t.like(summary.gaps[0], { from: 2, to: 4, damagedBytes: 0, recorded: false });
	t.deepEqual(present(summary.gaps[0]).chain, chain);
	t.is(summary.findings, 1);
	t.is(summary.tornBytes, 0);
	const reached = survey(bytes, { least: { sequence: 1, chain: writer.chain, isExact: false } });
	t.deepEqual(reached.summary.gaps, []);
});

test("of what is known and what can have been, the further one is the gap's end", (t) => {
	const chain = new Uint8Array(32).fill(0x66);
	const { bytes } = withNoise([0, 1], noise);
	const near = survey(bytes, { least: { sequence: 3, chain, isExact: false } }).summary;
	t.is(near.head.sequence, 5);
	t.notDeepEqual(near.head.chain, chain);
	const far = survey(bytes, { least: { sequence: 9, chain, isExact: false } }).summary;
	t.deepEqual(far.head, { sequence: 9, chain });
	const torn = survey(withNoise([0], noise).bytes, {
		least: { sequence: 3, chain, isExact: false },
	}).summary;
	t.deepEqual(torn.head, { sequence: 3, chain }, "one copy untouched: no more than is known");
});

/** A sink whose offsets count items, ten for each. */
function sink() {
	const items: SegmentItem[] = [];
	return {
		items,
		get offset() {
			return items.length * 10;
		},
		pushItem: (item: SegmentItem) => void items.push(item),
		truncate(offset: number) {
			items.length = offset / 10;
		},
	};
}

test("a copy is taken of what counts, and of nothing else", (t) => {
	const { bytes } = segmentOf((segment) => segment.checkpoint().record().record(GROUP_GOES_ON));
	const image = sink();
	const least = { sequence: 1, chain: key.previousChain, isExact: true };
	const { summary } = survey(bytes, { image, least });
	t.deepEqual(
		image.items.map(({ type }) => type),
		["checkpoint", "record"],
	);
	t.is(summary.offset, 20, "the next frame goes behind the copy's");
});

test("a gap at the end stands in the copy too, behind what counts", (t) => {
	const { bytes } = segmentOf((segment) => segment.record().record(GROUP_GOES_ON));
	const image = sink();
	const chain = new Uint8Array(32).fill(0x66);
	const least = { sequence: 4, chain, isExact: true };
	const { summary } = survey(bytes, { image, least });
	t.deepEqual(
		image.items.map(({ type }) => type),
		["record", "gap"],
	);
	const last = present(image.items[1]);
	if (last.type !== "gap") return t.fail();
	t.like(last.gap, { from: 2, to: 4 });
	t.false(last.recorded);
	t.is(last.good, 3);
	t.is(summary.offset, 20);
});

test("a copy that is not empty at the start keeps what it has", (t) => {
	const { writer, bytes } = segmentOf((segment) => segment.record(GROUP_GOES_ON));
	const image = sink();
	const kept = { type: "damage", offset: 0, good: 0, damagedBytes: 1 } as const;
	image.pushItem(kept);
	const least = { sequence: 0, chain: key.previousChain, isExact: true };
	const { summary } = survey(bytes, { image, least });
	t.deepEqual(image.items, [kept]);
	t.is(summary.tornBytes, writer.offset - 192);
});

test("without listeners a survey says the same", (t) => {
	const { bytes, writer } = segmentOf((segment) => segment.record().record());
	const at = bases[0] + present(writer.frames[0]).offset;
	const quiet = survey(flipped(bytes, at), { onRecord: undefined, onFinding: undefined });
	t.is(quiet.summary.findings, 1);
	t.is(quiet.summary.repairedRecords, 1);
	t.is(present(writer.records[0]).flags, FLAG_LAST_OF_GROUP);
});
