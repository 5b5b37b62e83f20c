import test from "ava";
import { scrubSegment } from "../../../firmware/core/journal/scrub.ts";
import { SegmentIndex } from "../../../firmware/core/journal/segment-index.ts";
import { opened, recordOf } from "../../_helper/journal.ts";
import { byteOf, closedJournal, scrubRound, verified } from "../../_helper/journal-damage.ts";
import type { MemoryStorage } from "../../_helper/memory-storage.ts";
import { contextOn, damage } from "./_setup.ts";

// The closed journal: segments 11 (from record 97), 12 (107), 13 (117), 14 (127), 15 (137) and 16 (147).

const firstFrame = 192 + 64;

/** One look at a segment. */
function scrub(storage: MemoryStorage, number: number, mayDrop = false) {
	const { context } = contextOn(storage);
	const index = new SegmentIndex(context);
	const key = index.key(number);
	if (!key) throw new RangeError(`segment ${number} has no key`);
	return scrubSegment(context, index, key, mayDrop);
}

test("a whole segment is left as it is", (t) => {
	const { storage } = closedJournal();
	const before = storage.changeCount;
	t.deepEqual(scrub(storage, 12), {
		segment: 12,
		findings: 0,
		repaired: true,
		gaps: [],
		lastOfRound: false,
	});
	t.is(storage.changeCount, before);
	t.true(scrub(storage, 15).lastOfRound);
});

test("a bit that turned in one copy, of a frame, a header or the unused rest, is repaired", (t) => {
	for (const copy of [0, 1] as const) {
		for (const offset of [3, firstFrame + 30, 2_040]) {
			const { storage } = closedJournal();
			damage(storage, 12, { from: offset, to: offset + 1, of: [copy] });
			t.like(scrub(storage, 12), { findings: 1, repaired: true, gaps: [] }, `${copy} ${offset}`);
			t.deepEqual(verified(storage.image()).findings, []);
			t.like(scrub(storage, 12), { findings: 0, repaired: true });
		}
	}
});

test("a header that is lost in both copies makes the segment unreadable and is passed over", (t) => {
	const { storage } = closedJournal();
	damage(storage, 12, { from: 0, to: 192 });
	const [journal] = opened(storage);
	const { gaps, segment } = scrubRound(journal).find(({ findings }) => findings > 0) ?? {};
	t.is(segment, 11);
	t.like(gaps, [{ from: 107, to: 116, recorded: false }]);
});

test("a gap is repaired when it may be dropped, and stays as a gap that is recorded", (t) => {
	const { storage } = closedJournal();
	damage(storage, 12, { from: 900, to: 901 });
	const before = storage.changeCount;
	const owed = scrub(storage, 12);
	t.like(owed, { findings: 1, repaired: false, gaps: [{ from: 112, to: 112, recorded: false }] });
	t.is(storage.changeCount, before);
	const repaired = scrub(storage, 12, true);
	t.like(repaired, { findings: 1, repaired: true, gaps: [{ from: 112, to: 112, recorded: true }] });
	t.deepEqual(repaired.gaps[0]?.hash, owed.gaps[0]?.hash);
	t.like(scrub(storage, 12), {
		findings: 0,
		repaired: true,
		gaps: [{ from: 112, recorded: true }],
	});
});

test("a recorded gap does not hold up the repair of other damage", (t) => {
	const { storage } = closedJournal();
	damage(storage, 12, { from: 900, to: 901 });
	scrub(storage, 12, true);
	damage(storage, 12, { from: firstFrame + 30, to: firstFrame + 31, of: [1] });
	t.like(scrub(storage, 12), { findings: 1, repaired: true });
	damage(storage, 12, { from: firstFrame + 30, to: firstFrame + 31 });
	const { gaps, repaired } = scrub(storage, 12);
	t.false(repaired, "a new gap does, also beside an old one");
	t.deepEqual(
		gaps.map(({ from, recorded }) => [from, recorded]),
		[
			[107, false],
			[112, true],
		],
	);
});

test("the end of a segment is known from the next one that can be read", (t) => {
	const { storage } = closedJournal();
	damage(storage, 13, { from: 1_000, to: 2_048 });
	const [gap] = scrub(storage, 13).gaps;
	t.is(gap?.to, 126);
	damage(storage, 14, { from: 0, to: 192 });
	t.is(scrub(storage, 13).gaps[0]?.to, 136);
	t.false(scrub(storage, 13).lastOfRound);
	damage(storage, 15, { from: 0, to: 192 });
	t.true(scrub(storage, 13).lastOfRound);
});

test("headers that were met before are read again, before and after a repair", (t) => {
	for (const lost of [[1], [0, 1]] as (0 | 1)[][]) {
		const { storage } = closedJournal();
		const { context } = contextOn(storage);
		const index = new SegmentIndex(context);
		const key = index.key(15);
		if (!key) return t.fail();
		damage(storage, 15, { from: 0, to: 1, of: lost });
		t.like(scrubSegment(context, index, key, false), { findings: 1, repaired: true });
		t.notDeepEqual(index.key(15)?.salt, key.salt);
		t.is(index.header(15)?.header.previousNumber, 14);
		t.deepEqual(verified(storage.image()).findings, []);
	}
	return t.pass();
});

test("steps go round from the oldest segment to the one before the newest", (t) => {
	const { storage } = closedJournal();
	const [journal] = opened(storage);
	const numbers = Array.from({ length: 7 }, () => journal.scrubStep());
	t.deepEqual(
		numbers.map((report) => report?.segment),
		[11, 12, 13, 14, 15, 11, 12],
	);
	t.deepEqual(
		numbers.map((report) => report?.lastOfRound),
		[false, false, false, false, true, false, false],
	);
	journal.acknowledge(150, journal.head.chain);
	journal.reclaim(140);
	t.is(journal.scrubStep()?.segment, 15, "what was freed is left out");
	journal.reclaim(150);
	t.is(journal.scrubStep(), undefined, "only the newest is left");
});

test("a segment whose gaps are owed is looked at again before the round goes on", (t) => {
	const { storage } = closedJournal();
	damage(storage, 12, { from: 900, to: 901 });
	const [journal] = opened(storage);
	const steps = () => {
		const report = journal.scrubStep();
		return [report?.segment, report?.repaired];
	};
	t.deepEqual(
		[steps(), steps()],
		[
			[11, true],
			[12, false],
		],
	);
	journal.append([recordOf(151)]);
	t.deepEqual(
		[steps(), steps()],
		[
			[12, true],
			[13, true],
		],
	);
	storage.flip(byteOf(storage, 0, 14, 300), 1);
	storage.setFaults({ deadSectors: [byteOf(storage, 0, 14, 0) / 512] });
	t.deepEqual(
		[steps(), steps()],
		[
			[14, false],
			[15, true],
		],
		"what cannot be repaired is not waited for",
	);
});

test("records are read from where they are after a repair", (t) => {
	const { storage } = closedJournal();
	damage(storage, 12, { from: 900, to: 901 });
	const [journal] = opened(storage);
	t.truthy(journal.read(113));
	journal.scrubStep();
	journal.scrubStep();
	journal.scrubStep();
	for (const sequence of [114, 113, 111]) {
		t.deepEqual(journal.read(sequence)?.payload, recordOf(sequence).payload);
	}
	t.is(journal.read(112), undefined);
});
