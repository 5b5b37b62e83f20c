import test from "ava";
import {
	type CopyMask,
	encodeGap,
	encodeSeal,
	type Frame,
	frameType,
	gapKind,
	type JournalRecord,
	type SegmentItem,
	SegmentWalker,
	segmentBases,
	type WalkOptions,
} from "../../protocol/media.ts";
import { concat } from "../../protocol/media-bytes.ts";
import { sha256 } from "./_digest.ts";
import {
	flipped,
	headerOf,
	journalOf,
	present,
	putBoth,
	SegmentWriter,
	segmentBytes,
} from "./_media.ts";

const journal = journalOf([4, 3]);
const { layout, segments, records } = journal;
const first = present(segments[0]);
const newest = present(segments[1]);

const bases = segmentBases(layout, 1);
const newestBases = segmentBases(layout, 2);

function walker(bytes: Uint8Array, options: Partial<WalkOptions> = {}): SegmentWalker {
	const read = (offset: number, length: number) => bytes.slice(offset, offset + length);
	return new SegmentWalker({
		...{ read, sha256, layout, bases, key: headerOf(1), thorough: true, lastSequence: 4 },
		...options,
	});
}

/** The newest segment, whose end nothing says. */
function newestWalker(bytes: Uint8Array, options: Partial<WalkOptions> = {}): SegmentWalker {
	const key = newest.header;
	return walker(bytes, { bases: newestBases, key, lastSequence: undefined, ...options });
}

function itemsOf(walk: SegmentWalker): SegmentItem[] {
	const items: SegmentItem[] = [];
	for (let count = 0; count < 50; count++) {
		const item = walk.next();
		items.push(item);
		if (item.type === "end") break;
	}
	return items;
}

/** Items in a word: type, what it is about, and the copies that are good. */
function told(walk: SegmentWalker): string[] {
	return itemsOf(walk).map((item) => {
		if (item.type === "record") return `record ${item.record.sequence} ${item.good}`;
		if (item.type === "gap") return `gap ${item.gap.from}-${item.gap.to} ${item.good}`;
		if (item.type === "end") return `end ${item.offset} ${item.written} ${item.stale}`;
		return `${item.type} ${item.good}`;
	});
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
			hash: sha256(concat(sha256(lost([bases[0]])), sha256(lost([bases[1]])))),
		},
	});
});

test("a gap goes up to the frame that follows it in either copy", (t) => {
	const both = damaged([0, 1], offsetOf(2) + 25);
	const bytes = flipped(both, bases[0] + offsetOf(3) + 25);
	t.deepEqual(told(walker(bytes)).slice(2, 5), ["gap 2-2 0", "record 3 2", "record 4 3"]);
	const more = flipped(bytes, bases[1] + offsetOf(3) + 25);
	t.deepEqual(told(walker(more)).slice(2, 4), ["gap 2-3 0", "record 4 3"]);
	const all = damaged([0, 1], offsetOf(2), offsetOf(3), offsetOf(4));
	t.deepEqual(told(walker(all)).slice(2), ["gap 2-4 0", "seal 3", end]);
});

test("when nothing whole follows, all that the next segment lacks is a gap", (t) => {
	const bytes = damaged([0, 1], offsetOf(3), offsetOf(4), sealOffset);
	const rest = `end ${segmentBytes} ${segmentBytes},${segmentBytes} 0`;
	t.deepEqual(told(walker(bytes)).slice(2), ["record 2 3", "gap 3-4 0", rest]);
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

/** A journal of one segment whose frames the test writes. */
function ownSegment(fill: (writer: SegmentWriter) => void) {
	const writer = new SegmentWriter(headerOf(1));
	fill(writer);
	const bytes = new Uint8Array(journal.bytes.length).fill(0xff);
	for (const frame of writer.frames) putBoth({ layout, bytes }, 1, frame.offset, frame.bytes);
	return { bytes, frames: writer.frames, end: writer.offset };
}

function gapFrame(from: number, to: number, kind: number, chain: Uint8Array): Frame {
	const payload = encodeGap({ from, damagedBytes: 64, hash: new Uint8Array(32).fill(9) });
	return { type: frameType.gap, kind, flags: 0, sequence: to, payload, chain };
}

/** Writes a gap over records 2 and 3 and goes on with record 4, chained to `chain`. */
function overGap(kind: number, told: Uint8Array, chain: Uint8Array) {
	return ownSegment((writer) => {
		writer.record().frame(gapFrame(2, 3, kind, told));
		writer.sequence = 3;
		writer.chain = chain;
		writer.record();
	});
}

const someChain = new Uint8Array(32).fill(0x77);
const noChain = new Uint8Array(32);

test("behind a gap on the media the next record chains to it, or is taken as it was kept", (t) => {
	const chained = overGap(gapKind.chained, someChain, someChain);
	const options = { lastSequence: undefined };
	const items = itemsOf(walker(chained.bytes, options));
	t.deepEqual(items[1], {
		type: "gap",
		recorded: true,
		offset: 192 + present(chained.frames[0]).bytes.length,
		good: 3,
		gap: {
			...{ from: 2, to: 3, damagedBytes: 64, hash: new Uint8Array(32).fill(9) },
			chain: someChain,
		},
	});
	t.deepEqual(told(walker(chained.bytes, options)).slice(0, 3), [
		...["record 1 3", "gap 2-3 3", "record 4 3"],
	]);

	const adopted = overGap(gapKind.adopted, noChain, someChain);
	const adoptedItems = itemsOf(walker(adopted.bytes, options));
	t.is(adoptedItems[1]?.type === "gap" ? adoptedItems[1].gap.chain : someChain, undefined);
	t.is(told(walker(adopted.bytes, options))[2], "record 4 3");

	const broken = overGap(gapKind.chained, noChain, someChain);
	t.not(told(walker(broken.bytes, options))[2], "record 4 3", "it does not chain to the gap");
});

test("whole frames that do not belong where they stand are stale", (t) => {
	const seal = { count: 1, root: new Uint8Array(32), note: new Uint8Array(0) };
	const chain = someChain;
	const plain = { kind: 0, flags: 0, chain };
	const strangers: Readonly<Record<string, Frame>> = {
		"a record of before": { ...plain, type: 1, sequence: 1, payload: noChain },
		"a record of later": { ...plain, type: 1, sequence: 3, payload: noChain },
		"a record with another chain": { ...plain, type: 1, sequence: 2, payload: noChain },
		"a checkpoint behind a record": { ...plain, type: 2, sequence: 1, payload: noChain },
		"a seal of other records": { ...plain, type: 3, sequence: 2, payload: encodeSeal(seal) },
		"a seal that is none": { ...plain, type: 3, sequence: 1, payload: noChain },
		"a gap from elsewhere": gapFrame(3, 4, gapKind.adopted, noChain),
		"a gap that ends before it begins": gapFrame(2, 1, gapKind.adopted, noChain),
		"a gap that is none": { ...plain, type: 4, sequence: 2, payload: noChain },
	};
	for (const [name, frame] of Object.entries(strangers)) {
		const own = ownSegment((writer) => writer.record().frame(frame));
		const items = itemsOf(walker(own.bytes, { lastSequence: undefined }));
		const last = items.at(-1);
		t.is(items.length, 2, name);
		t.true(last?.type === "end" && last.stale >= 2 && last.written[0] === own.end, name);
	}
	const wrongCheckpoint = ownSegment((writer) => {
		writer.sequence = 5;
		writer.checkpoint();
	});
	const [item] = itemsOf(walker(wrongCheckpoint.bytes, { lastSequence: undefined }));
	t.is(item?.type, "end", "a checkpoint of another segment's record");
});

test("a stale frame in one copy does not hide the right one in the other", (t) => {
	const own = ownSegment((writer) => writer.record().record());
	const stranger = ownSegment((writer) => {
		writer.record();
		writer.chain = someChain;
		writer.record();
	});
	const bytes = own.bytes.slice();
	bytes.set(stranger.bytes.subarray(bases[0], bases[0] + segmentBytes), bases[0]);
	const items = told(walker(bytes, { lastSequence: undefined }));
	t.deepEqual(items, ["record 1 3", "record 2 2", `end ${own.end} ${own.end},${own.end} 1`]);
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
	t.deepEqual(gap.gap.hash, sha256(concat(sha256(new Uint8Array(0)), sha256(damage))));
});

test("behind damage the way goes on at a frame that can follow, and at no other", (t) => {
	const plain = { kind: 0, flags: 0, chain: noChain };
	/** Record 1, damage, a frame, and record 5, which ends any gap. */
	const behind = (frame: Frame) => {
		const own = ownSegment((writer) => {
			writer.record().record().frame(frame);
			writer.sequence = 4;
			writer.record();
		});
		const { offset } = present(own.frames[1]);
		const bytes = flipped(own.bytes, bases[0] + offset, bases[1] + offset);
		return told(walker(bytes, { lastSequence: 5 })).slice(1, 4);
	};
	const seal = encodeSeal({ count: 1, root: noChain, note: new Uint8Array(0) });
	const passed: Readonly<Record<string, Frame>> = {
		"a checkpoint": { ...plain, type: 2, sequence: 3, payload: noChain },
		"a record of before": { ...plain, type: 1, sequence: 1, payload: noChain },
		"a record past the last": { ...plain, type: 1, sequence: 6, payload: noChain },
		"a gap of before": gapFrame(1, 3, gapKind.adopted, noChain),
		"a gap that is none": { ...plain, type: 4, sequence: 3, payload: noChain },
		"a seal of before": { ...plain, type: 3, sequence: 0, payload: seal },
	};
	for (const [name, frame] of Object.entries(passed))
		t.deepEqual(behind(frame).slice(0, 2), ["gap 2-4 0", "record 5 3"], name);
	const next = { ...plain, type: 1, sequence: 3, payload: noChain } as const;
	t.deepEqual(behind(next).slice(0, 2), ["gap 2-2 0", "record 3 3"]);
	const first = { ...next, sequence: 2 };
	t.deepEqual(behind(first).slice(0, 2), ["damage 0", "gap 2-4 0"], "its chain does not fit");
	const gap = gapFrame(3, 4, gapKind.adopted, noChain);
	t.deepEqual(behind(gap), ["gap 2-2 0", "gap 3-4 3", "record 5 3"]);
	const sealed = { ...plain, type: 3, sequence: 2, payload: seal } as const;
	t.deepEqual(behind(sealed).slice(0, 2), ["gap 2-2 0", "seal 3"]);
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
