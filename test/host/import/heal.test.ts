import test from "ava";
import fc from "fast-check";
import { HealingImage } from "../../../host/import/heal.ts";
import { equalBytes } from "../../../protocol/bytes.ts";
import { type JournalRecord, ROOT_BYTES } from "../../../protocol/media.ts";
import { formatted, journalOn, opened, recordOf } from "../../_helper/journal.ts";
import { verified } from "../../_helper/journal-damage.ts";
import { groupAt } from "../../_helper/journal-workload.ts";
import { chained } from "../../_helper/known-image.ts";
import { MemoryStorage } from "../../_helper/memory-storage.ts";
import { Random } from "../../_helper/random.ts";

const HALF = 32_768;
const GROUPS = 40;
const groups = Array.from({ length: GROUPS }, (_, index) => groupAt(index, 1 + index * 4));
const truth = chained(groups);
const random = (length: number) => new Random(5).read(length);

/** Media with a journal whose records the host has all acknowledged. */
function acknowledged(isClosed: boolean): Uint8Array {
	const storage = formatted();
	const [journal] = opened(storage);
	for (const group of groups) journal.append(group);
	journal.acknowledge(journal.head.sequence, journal.head.chain);
	journal.persistWatermark();
	if (isClosed) journal.close();
	return storage.image();
}

function healed(bytes: Uint8Array, held: readonly JournalRecord[] = truth) {
	const image = new HealingImage("a.img", bytes);
	const head = held.at(-1);
	if (head === undefined) throw new RangeError("the host holds nothing");
	const records = new Map(held.map((record) => [record.sequence, record]));
	return image.heal({ records, head, random });
}

/** What a terminal makes of an image: what is wrong, or undefined when it holds every record and goes on. */
function startProblem(bytes: Uint8Array): string | undefined {
	const storage = MemoryStorage.fromImage(bytes, { sectorBytes: 512 });
	const journal = journalOn(storage);
	const report = journal.open();
	if (report.readOnly) return "opened for reading only";
	if (report.gaps.length > 0) return `gap ${report.gaps[0]?.from} to ${report.gaps[0]?.to}`;
	let next = 1;
	let problem: string | undefined;
	journal.scan(
		1,
		truth.length,
		(sequence, record) => {
			const real = truth[sequence - 1];
			if (sequence !== next || !real || !equalBytes(record.chain, real.chain))
				problem ??= `record ${sequence} is not what was written`;
			next = sequence + 1;
		},
		({ from, to }) => {
			problem ??= `gap ${from} to ${to}`;
		},
	);
	if (next !== truth.length + 1) problem ??= `ends at ${next - 1}`;
	for (let step = journal.scrubStep(); step; step = journal.scrubStep()) {
		if (step.gaps.length > 0) problem ??= `scrub finds a gap in segment ${step.segment}`;
		if (step.lastOfRound) break;
	}
	if (journal.append([recordOf(9_000)]) !== truth.length + 1) problem ??= "went on elsewhere";
	return problem;
}

/** Destroys the same bytes of both rings. */
function strike(image: Uint8Array, at: number, length: number): void {
	for (const half of [0, HALF]) image.fill(0x55, half + at, half + Math.min(HALF, at + length));
}

const strikes = fc.array(
	fc.record({
		at: fc.integer({ min: 1_024, max: 20_000 }),
		length: fc.integer({ min: 1, max: 700 }),
	}),
	{ minLength: 1, maxLength: 4 },
);

for (const isClosed of [true, false]) {
	test(`a healed image starts as if nothing had been, ${isClosed ? "closed" : "in use"}`, (t) => {
		const whole = acknowledged(isClosed);
		const seed = Number(process.env.CLOSEOUT_TEST_SEED ?? Date.now() % 1_000_000_000);
		t.log(`seed ${seed}`);
		let changed = 0;
		fc.assert(
			fc.property(strikes, (all) => {
				const image = whole.slice();
				for (const { at, length } of all) strike(image, at, length);
				const before = image.slice();
				const { bytes, put, left } = healed(image);
				if (!equalBytes(image, before)) throw new RangeError("the damaged image was changed");
				if (left.length > 0) throw new RangeError(`left ${JSON.stringify(left)}`);
				changed += put.length;
				const problem = startProblem(bytes);
				if (problem !== undefined) throw new RangeError(problem);
				if (verified(bytes).gaps.length > 0) throw new RangeError("the reader finds a gap");
			}),
			{ seed, numRuns: 200 },
		);
		t.true(changed > 100);
	});
}

test("gaps that the terminal has written down are healed where the segment has room", (t) => {
	const image = acknowledged(true);
	strike(image, 4_000, 300);
	const storage = MemoryStorage.fromImage(image, { sectorBytes: 512 });
	const [journal] = opened(storage);
	for (let step = 0; step < 60; step++) journal.scrubStep();
	journal.close();
	t.true(verified(storage.image()).gaps.some(({ recorded }) => recorded));
	const { bytes, put, left } = healed(storage.image());
	t.is(put.length, 1);
	t.deepEqual(left, []);
	t.is(startProblem(bytes), undefined);
});

test("all roots lost: the segments and the host tell enough", (t) => {
	const image = acknowledged(true);
	for (const half of [0, HALF]) image.fill(0, half, half + 2 * ROOT_BYTES);
	strike(image, 6_000, 100);
	const { bytes, left } = healed(image);
	t.deepEqual(left, []);
	t.is(startProblem(bytes), undefined);
});

test("what the host does not hold stays a gap that the terminal finds and tells", (t) => {
	const image = acknowledged(true);
	strike(image, 4_000, 300);
	const gap = verified(image).gaps[0];
	if (gap === undefined) return t.fail();
	t.true(gap.to > gap.from + 1);
	const held = truth.filter(({ sequence }) => sequence !== gap.from + 1);
	const { bytes, put, left } = healed(image, held);
	t.deepEqual(left, [{ from: gap.from + 1, to: gap.from + 1 }]);
	t.true(put.length > 0);
	const found = verified(bytes).gaps.map(({ from, to }) => ({ from, to }));
	t.deepEqual(found, [{ from: gap.from + 1, to: gap.from + 1 }]);
});

test("records of another journal are not put in", (t) => {
	const image = acknowledged(true);
	strike(image, 4_000, 300);
	const other = chained(groups.map((group) => group.map(({ payload }) => ({ kind: 9, payload }))));
	const { put, left } = healed(image, other);
	t.deepEqual(put, []);
	t.true(left.length > 0);
});

test("an image that ends before the host does and has no room is refused", (t) => {
	const more = chained([
		...groups,
		...Array.from({ length: 60 }, (_, index) => groupAt(index, 900)),
	]);
	t.throws(() => healed(acknowledged(true), more), { code: "REFUSED", message: /enrol/ });
	t.throws(() => new HealingImage("a.img", new Uint8Array(50_000)), { code: "MEDIA_FORMAT" });
});
