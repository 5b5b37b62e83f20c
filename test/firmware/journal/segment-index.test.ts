import test from "ava";
import { SegmentIndex } from "../../../firmware/core/journal/segment-index.ts";
import { formatted } from "../../_helper/journal.ts";
import { byteOf, closedJournal } from "../../_helper/journal-damage.ts";
import { contextOn, damage } from "./_setup.ts";

// The closed journal: segments 11 (from record 97), 12 (107), 13 (117), 14 (127), 15 (137) and 16 (147).

function indexOn(lost: readonly number[] = []) {
	const { storage } = closedJournal();
	for (const number of lost) damage(storage, number, { from: 0, to: 192 });
	const { context } = contextOn(storage);
	return { storage, context, index: new SegmentIndex(context) };
}

test("a record is looked for in the last segment that begins at or before it", (t) => {
	const { index } = indexOn();
	const places = [96, 97, 106, 107, 116, 117, 136, 137, 146, 147, 200];
	t.deepEqual(
		places.map((sequence) => index.find(sequence)),
		[11, 11, 11, 12, 12, 13, 14, 15, 15, 16, 16],
	);
});

test("a search passes over segments whose headers are lost", (t) => {
	for (const lost of [[12], [13, 14], [11, 12, 13], [12, 13, 14, 15], [15]]) {
		const { index } = indexOn(lost);
		for (let number = 11; number <= 16; number++) {
			const last = 10 * (number - 2) + 16;
			const found = index.find(last);
			const readable = Array.from({ length: number - 10 }, (_, at) => at + 11).filter(
				(each) => !lost.includes(each),
			);
			t.is(found, readable.at(-1) ?? 11, `${lost}: record ${last}`);
		}
	}
});

test("a search reads one header for each halving", (t) => {
	const { index, storage } = indexOn();
	const before = storage.calls.read;
	index.find(107);
	const after = storage.calls.read;
	t.true(after - before <= 6, "three headers, two copies");
	index.find(147);
	t.is(storage.calls.read, after, "where the newest begins is known");
});

test("the next segment that can be read is found, up to the newest, which the root knows", (t) => {
	const { index, context } = indexOn([12, 13]);
	t.is(index.nextFrom(11).number, 11);
	t.is(index.nextFrom(12).number, 14);
	t.is(index.nextFrom(16), context.roots.root.newest);
	t.is(index.nextFrom(17), context.roots.root.newest);
	t.is(index.key(12), undefined);
	t.is(index.key(16), context.roots.root.newest);
	t.like(index.key(15), { number: 15, firstSequence: 137 });
});

test("the header met last is kept until it is forgotten", (t) => {
	const { index, storage } = indexOn();
	t.is(index.header(12)?.good, 3);
	const { read } = storage.calls;
	t.is(index.header(12)?.header.firstSequence, 107);
	t.is(storage.calls.read, read);
	storage.flip(byteOf(storage, 0, 12, 8), 1);
	t.is(index.header(12)?.good, 3);
	index.forget();
	t.is(index.header(12)?.good, 2);
	index.header(13);
	t.is(index.header(12)?.header.number, 12);
	damage(storage, 12, { from: 0, to: 192 });
	t.is(index.header(13)?.header.number, 13);
	t.is(index.header(12), undefined);
	t.is(index.header(13)?.header.number, 13);
});

test("a walk begins at the first frame of the segment it was asked for", (t) => {
	const { index } = indexOn();
	const key = index.key(13);
	if (!key) return t.fail();
	const walker = index.walker(key, { lastSequence: 126 });
	t.like(walker.next(), { type: "checkpoint", position: { sequence: 116 } });
	t.like(walker.next(), { type: "record", record: { sequence: 117 } });
	const budget = { steps: 0 };
	const bounded = index.walker(key, { budget });
	return t.throws(() => bounded.next(), { code: "LIMIT" });
});

test("an empty journal has no segment", (t) => {
	const { context } = contextOn(formatted());
	const index = new SegmentIndex(context);
	t.is(index.nextFrom(1).number, 0);
	t.is(index.header(1), undefined);
});
