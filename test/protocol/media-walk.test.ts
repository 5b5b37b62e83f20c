import test from "ava";
import { concatBytes } from "../../protocol/bytes.ts";
import {
	type CopyMask,
	type JournalRecord,
	type SegmentWalker,
	segmentBases,
	type WalkOptions,
} from "../../protocol/media.ts";
import { sha256 } from "./_digest.ts";
import { flipped, headerOf, present, putBoth, SegmentWriter, segmentBytes } from "./_media.ts";
import {
	bases,
	itemsOf,
	journal,
	layout,
	ownSegment,
	someChain,
	told,
	walker,
} from "./_media-walk.ts";

const { segments, records } = journal;
const first = present(segments[0]);
const newest = present(segments[1]);
const newestBases = segmentBases(layout, 2);

/** The newest segment, whose end nothing says. */
function newestWalker(bytes: Uint8Array, options: Partial<WalkOptions> = {}): SegmentWalker {
	const key = newest.header;
	return walker(bytes, { bases: newestBases, key, lastSequence: undefined, ...options });
}

function offsetOf(sequence: number): number {
	const all = [...first.frames, ...newest.frames];
	const found = all.find(({ frame }) => frame.type === 1 && frame.sequence === sequence);
	return present(found).offset;
}

const sealOffset = present(first.frames.at(-1)).offset;
const end = `end ${first.end} ${first.end},${first.end} 0`;

/** Media with bits flipped at offsets of segment 1, in one copy or both. */
function damaged(copies: readonly (0 | 1)[], ...offsets: readonly number[]): Uint8Array {
	return flipped(
		journal.bytes,
		...copies.flatMap((copy) => offsets.map((offset) => bases[copy] + offset)),
	);
}

test("a whole segment is its checkpoint, its records, its seal and nothing more", (t) => {
	const items = itemsOf(walker(journal.bytes));
	const [checkpoint, ...rest] = first.frames;
	const good: CopyMask = 3;
	const { chain, payload: state } = present(checkpoint).frame;
	const position = { sequence: 0, chain };
	t.deepEqual(items[0], { type: "checkpoint", offset: 192, good, state, position });
	for (const [index, record] of first.records.entries()) {
		const offset = rest[index]?.offset ?? 0;
		t.deepEqual(items[index + 1], { type: "record", offset, good, record });
	}
	const seal = items[5];
	if (seal?.type !== "seal") return t.fail();
	t.is(seal.seal.count, 4);
	t.deepEqual(seal.position, { sequence: 4, chain: present(first.records[3]).chain });
	const written = [first.end, first.end] as const;
	t.deepEqual(items[6], { type: "end", offset: first.end, good, written, stale: 0 });
	t.is(items.length, 7);
});

test("a frame that is whole in one copy only is taken from there, and says so", (t) => {
	for (const [copy, good] of [
		[0, 2],
		[1, 1],
	] as const) {
		const bytes = damaged([copy], offsetOf(2) + 25);
		const expected = ["checkpoint 3", "record 1 3", `record 2 ${good}`, "record 3 3"];
		t.deepEqual(told(walker(bytes)).slice(0, 4), expected);
	}
});

test("without thoroughness the first good copy serves", (t) => {
	const quick = { thorough: false };
	const whole = ["checkpoint 1", "record 1 1", "record 2 1", "record 3 1", "record 4 1", "seal 1"];
	t.deepEqual(told(walker(journal.bytes, quick)), [...whole, end]);
	t.is(told(walker(damaged([0], offsetOf(2) + 25), quick))[2], "record 2 2");
});

test("records that are whole in neither copy are a gap up to the next whole frame", (t) => {
	const bytes = damaged([0, 1], offsetOf(2) + 25);
	const items = itemsOf(walker(bytes));
	t.deepEqual(told(walker(bytes)), [
		...["checkpoint 3", "record 1 3", "gap 2-2 0", "record 3 3", "record 4 3", "seal 3", end],
	]);
	const gap = items[2];
	if (gap?.type !== "gap") return t.fail();
	const lost = ([start = 0]: readonly number[]) =>
		bytes.slice(start + offsetOf(2), start + offsetOf(3));
	t.deepEqual(gap, {
		type: "gap",
		recorded: false,
		offset: offsetOf(2),
		good: 0,
		gap: {
			from: 2,
			to: 2,
			damagedBytes: offsetOf(3) - offsetOf(2),
			chain: undefined,
			hash: sha256(concatBytes(sha256(lost([bases[0]])), sha256(lost([bases[1]])))),
		},
	});
});

test("a gap goes up to the frame that follows it in either copy", (t) => {
	const both = damaged([0, 1], offsetOf(2) + 25);
	const bytes = flipped(both, bases[0] + offsetOf(3) + 25);
	t.deepEqual(told(walker(bytes)).slice(2, 5), ["gap 2-2 0", "record 3 2", "record 4 3"]);
	const more = flipped(bytes, bases[1] + offsetOf(3) + 25);
	t.deepEqual(told(walker(more)).slice(2, 4), ["gap 2-3 0", "record 4 3"]);
	const last = damaged([0, 1], offsetOf(4));
	t.deepEqual(told(walker(last)).slice(3), ["record 3 3", "gap 4-4 0", "seal 3", end]);
	t.deepEqual(told(walker(last, { thorough: false })).slice(4), ["gap 4-4 0", "seal 1", end]);
	const all = damaged([0, 1], offsetOf(2), offsetOf(3), offsetOf(4));
	t.deepEqual(told(walker(all)).slice(2), ["gap 2-4 0", "seal 3", end]);
});

test("when nothing whole follows, all that the next segment lacks is a gap", (t) => {
	const bytes = damaged([0, 1], offsetOf(3), offsetOf(4), sealOffset);
	const rest = `end ${segmentBytes} ${segmentBytes},${segmentBytes} 0`;
	t.deepEqual(told(walker(bytes)).slice(2), ["record 2 3", "gap 3-4 0", rest]);
	const last = damaged([0, 1], offsetOf(4), sealOffset);
	t.deepEqual(told(walker(last)).slice(3), ["record 3 3", "gap 4-4 0", rest]);
	const erased = journal.bytes.slice();
	putBoth({ layout, bytes: erased }, 1, offsetOf(3), new Uint8Array(700).fill(0xff));
	t.deepEqual(told(walker(erased)).slice(2), ["record 2 3", "gap 3-4 0", rest]);
});

test("a lost seal takes no record with it", (t) => {
	const bytes = damaged([0, 1], sealOffset);
	const rest = `end ${segmentBytes} ${segmentBytes},${segmentBytes} 0`;
	t.deepEqual(told(walker(bytes)).slice(4), ["record 4 3", "damage 0", rest]);
	const [, , , , , damage] = itemsOf(walker(bytes));
	const damagedBytes = first.end - sealOffset;
	t.deepEqual(damage, { type: "damage", offset: sealOffset, good: 0, damagedBytes });
	const quick = told(walker(bytes, { thorough: false }));
	t.deepEqual(quick.slice(4), ["record 4 1", `end ${sealOffset} ${sealOffset},${sealOffset} 0`]);
});

test("a lost checkpoint takes no record with it", (t) => {
	const bytes = damaged([0, 1], 192);
	t.deepEqual(told(walker(bytes)).slice(0, 2), ["damage 0", "record 1 3"]);
});

test("bytes behind the seal are damage, whatever they look like", (t) => {
	const writer = new SegmentWriter(headerOf(1));
	writer.offset = first.end;
	writer.sequence = 4;
	writer.chain = present(first.records[3]).chain;
	writer.record();
	const bytes = journal.bytes.slice();
	bytes.set(present(writer.frames[0]).bytes, bases[1] + first.end);
	const items = told(walker(bytes));
	const rest = `end ${segmentBytes} ${segmentBytes},${segmentBytes} 1`;
	t.deepEqual(items.slice(5), ["seal 3", "damage 0", rest]);
	const sealed = told(walker(bytes, { lastSequence: undefined }));
	t.deepEqual(sealed.slice(5), ["seal 3", "damage 0", rest], "the newest segment too");
});

test("behind a seal, and behind the last record, no frame is looked for", (t) => {
	const rest = `end ${segmentBytes} ${segmentBytes},${segmentBytes} 0`;
	const last = present(first.records[3]);
	const behind = new SegmentWriter(first.header);
	behind.offset = first.end + 8;
	behind.sequence = 4;
	behind.chain = last.chain;
	behind.record();
	const bytes = journal.bytes.slice();
	const { bytes: record, offset } = present(behind.frames[0]);
	putBoth({ layout, bytes }, 1, offset, record);
	const sealed = told(walker(bytes, { lastSequence: undefined }));
	t.deepEqual(sealed.slice(5), ["seal 3", "damage 0", rest]);

	const twice = new SegmentWriter(first.header);
	twice.offset = first.end;
	twice.sequence = 4;
	twice.chain = last.chain;
	twice.seal();
	const lost = damaged([0, 1], sealOffset);
	putBoth({ layout, bytes: lost }, 1, first.end, present(twice.frames[0]).bytes);
	t.deepEqual(told(walker(lost)).slice(4), ["record 4 3", "damage 0", rest]);
});

test("a whole frame behind a torn one counts for nothing while the other copy is untouched", (t) => {
	const writer = new SegmentWriter(newest.header);
	writer.offset = newest.end;
	writer.sequence = 7;
	writer.chain = present(newest.records[2]).chain;
	writer.record().record();
	for (const copy of [0, 1] as const) {
		const bytes = journal.bytes.slice();
		for (const frame of writer.frames) bytes.set(frame.bytes, newestBases[copy] + frame.offset);
		const torn = flipped(bytes, newestBases[copy] + newest.end);
		const [item] = itemsOf(newestWalker(torn)).slice(4);
		t.is(item?.type, "end");
		t.is(item?.offset, newest.end);
	}
});

test("of the newest segment, one untouched copy shows that a write was cut short", (t) => {
	const at = newest.end;
	const whole = ["checkpoint 3", "record 5 3", "record 6 3", "record 7 3"];
	t.deepEqual(told(newestWalker(journal.bytes)), [...whole, `end ${at} ${at},${at} 0`]);
	const bytes = journal.bytes.slice();
	bytes.fill(0x5a, newestBases[0] + at + 8, newestBases[0] + at + 16);
	t.deepEqual(told(newestWalker(bytes)), [...whole, `end ${at} ${at + 16},${at} 0`]);
	bytes.fill(0x5a, newestBases[1] + at, newestBases[1] + at + 3);
	t.deepEqual(told(newestWalker(bytes)), [...whole, `end ${at} ${at + 16},${at + 3} 0`]);
});

test("of the newest segment, a whole frame behind damage shows that it counted", (t) => {
	const bytes = flipped(journal.bytes, ...newestBases.map((base) => base + offsetOf(6) + 25));
	const at = newest.end;
	t.deepEqual(told(newestWalker(bytes)).slice(1), [
		...["record 5 3", "gap 6-6 0", "record 7 3", `end ${at} ${at},${at} 0`],
	]);
});

test("of a copy that cannot be read, nothing goes into the hash of the damage", (t) => {
	const bytes = damaged([1], offsetOf(2) + 25);
	const lost = { start: bases[0] + 192, end: bases[0] + offsetOf(3) };
	const read = (offset: number, length: number) =>
		offset < lost.end && offset + length > lost.start
			? undefined
			: bytes.slice(offset, offset + length);
	const walk = walker(bytes, { read });
	walk.seek(offsetOf(2), 2, undefined);
	const gap = walk.next();
	if (gap.type !== "gap") return t.fail();
	const damage = bytes.slice(bases[1] + offsetOf(2), bases[1] + offsetOf(2) + gap.gap.damagedBytes);
	t.deepEqual(gap.gap.hash, sha256(concatBytes(sha256(new Uint8Array(0)), sha256(damage))));
});

test("no record past the last of its segment is taken", (t) => {
	const short = told(walker(journal.bytes, { lastSequence: 3 }));
	t.deepEqual(short.slice(0, 4), ["checkpoint 3", "record 1 3", "record 2 3", "record 3 3"]);
	t.is(short[4], "damage 0");
});

test("the budget counts what is looked at", (t) => {
	t.throws(() => itemsOf(walker(journal.bytes, { budget: { steps: 5 } })), { code: "LIMIT" });
	const budget = { steps: 1_000 };
	const quick = walker(journal.bytes, { budget, thorough: false });
	quick.next();
	// One for the item, one for its frame, whose payload has fewer than 64 bytes.
	t.is(budget.steps, 998);
});

test("a walker says where it stands, and goes on from where it is set", (t) => {
	const walk = walker(journal.bytes);
	t.deepEqual([walk.offset, walk.expected], [192, 1]);
	walk.next();
	walk.next();
	t.deepEqual([walk.offset, walk.expected], [offsetOf(2), 2]);
	walk.seek(offsetOf(3), 3, undefined);
	t.deepEqual([walk.offset, walk.expected], [offsetOf(3), 3]);
	t.deepEqual(told(walk), ["record 3 3", "record 4 3", "seal 3", end]);
	walk.seek(offsetOf(3), 3, someChain);
	t.not(told(walk)[0], "record 3 3", "a chain that is given has to fit");
});

test("headers alone lead to a record, as far as they are whole in one copy and in order", (t) => {
	const reach = (bytes: Uint8Array, sequence: number) => {
		const walk = walker(bytes);
		walk.skipTo(sequence);
		return [walk.expected, walk.offset];
	};
	t.deepEqual(reach(journal.bytes, 1), [1, 192], "nothing to skip");
	t.deepEqual(reach(journal.bytes, 3), [3, offsetOf(3)]);
	t.deepEqual(reach(journal.bytes, 9), [5, sealOffset], "a seal ends the way");
	t.deepEqual(reach(damaged([0], offsetOf(2) + 3), 4), [4, offsetOf(4)]);
	t.deepEqual(reach(damaged([1], offsetOf(2) + 3), 4), [4, offsetOf(4)]);
	t.deepEqual(reach(damaged([0, 1], offsetOf(2) + 25), 4), [4, offsetOf(4)], "payload damaged");
	t.deepEqual(reach(damaged([0, 1], offsetOf(2) + 3), 4), [2, offsetOf(2)]);
	const skipping = ownSegment((writer) => {
		writer.record();
		writer.sequence = 2;
		writer.record();
	});
	t.is(reach(skipping.bytes, 4)[0], 2, "a number is missing");
	const oddCheckpoint = ownSegment((writer) => {
		writer.sequence = 1;
		writer.checkpoint();
	});
	t.deepEqual(reach(oddCheckpoint.bytes, 4), [1, 192]);
});

test("a record that was skipped to is taken with its own chain", (t) => {
	const walk = walker(journal.bytes);
	walk.skipTo(3);
	const item = walk.next();
	const [, , third]: readonly JournalRecord[] = records;
	t.deepEqual(item.type === "record" ? item.record : undefined, third);
	const chained = walker(flipped(journal.bytes, bases[0] + offsetOf(1) + 25));
	chained.skipTo(1);
	t.is(told(chained)[0], "checkpoint 3", "without a skip the chain stays known");
});

test("the copies that hold some bytes are told bit by bit", (t) => {
	const { bytes } = present(first.frames[1]);
	const at = offsetOf(1);
	t.is(walker(journal.bytes).copiesHolding(at, bytes), 3);
	t.is(walker(damaged([0], at)).copiesHolding(at, bytes), 2);
	t.is(walker(damaged([1], at)).copiesHolding(at, bytes), 1);
	t.is(walker(damaged([0, 1], at)).copiesHolding(at, bytes), 0);
	t.is(walker(journal.bytes).copiesHolding(segmentBytes - 4, bytes), 0, "past the end");
});
