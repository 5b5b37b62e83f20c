import test from "ava";
import type { Journal } from "../../../firmware/core/journal/journal.ts";
import { recover } from "../../../firmware/core/journal/recovery.ts";
import { SegmentIndex } from "../../../firmware/core/journal/segment-index.ts";
import { beginSegment, sealSegment } from "../../../firmware/core/journal/segment-write.ts";
import { encodeFrame, saltCrc } from "../../../protocol/media.ts";
import { encodeUtf8 } from "../../../protocol/utf8.ts";
import { plantFalseFrames } from "../../_helper/busy-media.ts";
import { formatted, opened, recordOf } from "../../_helper/journal.ts";
import { byteOf, verified } from "../../_helper/journal-damage.ts";
import type { MemoryStorage } from "../../_helper/memory-storage.ts";
import { contextOn, damage, fill, rootOn } from "./_setup.ts";

/** Header and the checkpoint that the tests' journals write. */
const firstFrame = 192 + 64;

/** Media of a journal with some records, as a pulled plug leaves them. */
function running(count: number, more: (journal: Journal) => void = () => {}): MemoryStorage {
	const storage = formatted();
	const [journal] = opened(storage, () => encodeUtf8(`folded ${journal.head.sequence}`));
	fill(journal, count);
	more(journal);
	return storage.restart();
}

function closed(count: number): MemoryStorage {
	return running(count, (journal) => journal.close());
}

const state = (bytes: Uint8Array | undefined) => String.fromCharCode(...(bytes ?? []));

function appends(journal: Journal): number {
	return journal.append([recordOf(journal.head.sequence + 1)]);
}

test("an orderly start finds everything as it was and changes nothing", (t) => {
	const storage = closed(15);
	const [, report] = opened(storage);
	const { newest } = rootOn(storage);
	const { head } = rootOn(storage);
	t.is(newest.number, 2);
	t.like(report, {
		clean: true,
		readOnly: false,
		rebuilt: false,
		epoch: 0,
		terminalId: "shop-0001",
		firstSequence: 1,
		lastSequence: 15,
		lastChain: head.chain,
		tornBytes: 0,
		repairedRecords: 0,
		staleRecords: 0,
	});
	t.deepEqual(report.gaps, []);
	t.is(state(report.checkpoint?.state), `folded ${newest.firstSequence - 1}`);
	t.is(report.checkpoint?.sequence, newest.firstSequence - 1);
	t.is(storage.calls.write + storage.calls.erase, 0);
});

test("a start of an empty journal, after an orderly end or not", (t) => {
	const [journal, report] = opened(formatted());
	const expected = { clean: true, lastSequence: 0, firstSequence: 1, checkpoint: undefined };
	t.like(report, { ...expected, readOnly: false, rebuilt: false, gaps: [] });
	t.deepEqual(report.gaps, []);
	t.is(appends(journal), 1);
});

test("after a pulled plug the newest segment is written anew, once", (t) => {
	const storage = running(5);
	const before = rootOn(storage);
	t.is(before.state, "open");
	const [, report] = opened(storage);
	t.like(report, { clean: false, rebuilt: true, readOnly: false, lastSequence: 5, tornBytes: 0 });
	const after = rootOn(storage);
	t.like(after, { state: "recovered", retired: false, untold: false, intent: { kind: "none" } });
	t.is(after.head.sequence, 5);
	t.notDeepEqual(after.newest.salt, before.newest.salt);
	t.deepEqual(verified(storage.image()).findings, []);
	const again = storage.restart();
	t.like(opened(again)[1], { clean: false, rebuilt: false, lastSequence: 5 });
	t.is(again.calls.write + again.calls.erase, 0);
});

test("what a start found is said again by the next ones, until records are written and closed", (t) => {
	const storage = running(5);
	storage.overwrite(byteOf(storage, 0, 1, 1_900), new Uint8Array(7));
	const [, first] = opened(storage);
	t.true(first.tornBytes > 7);
	const [journal, second] = opened(storage);
	t.is(second.tornBytes, first.tornBytes);
	t.is(rootOn(storage).tornBytes, first.tornBytes);
	appends(journal);
	journal.close();
	t.is(opened(storage)[1].tornBytes, 0);
});

test("a record that is whole in one copy only is counted and stands in both again", (t) => {
	for (const make of [running, closed]) {
		const storage = make(5);
		damage(storage, 1, { from: firstFrame + 30, to: firstFrame + 31, of: [1] });
		const [journal, report] = opened(storage);
		t.like(report, { clean: false, rebuilt: true, repairedRecords: 1, lastSequence: 5 });
		t.deepEqual(report.gaps, []);
		t.like(rootOn(storage), { repairedRecords: 1, untold: false });
		t.deepEqual(verified(storage.image()).findings, []);
		t.deepEqual(journal.read(1)?.payload, recordOf(1).payload);
	}
});

test("a whole frame that does not belong where it stands is counted as stale and not taken", (t) => {
	const storage = running(5);
	const { newest, layout } = rootOn(storage);
	const place = { offset: firstFrame, seed: saltCrc(newest.salt), alignBytes: layout.alignBytes };
	const [{ payload }, chain] = [recordOf(1), new Uint8Array(32)];
	const frame = encodeFrame({ type: 1, kind: 1, flags: 1, sequence: 77, payload, chain }, place);
	storage.overwrite(byteOf(storage, 0, 1, firstFrame), frame);
	const [journal, report] = opened(storage);
	t.like(report, { staleRecords: 1, repairedRecords: 1, lastSequence: 5 });
	t.is(rootOn(storage).staleRecords, 1);
	t.deepEqual(journal.read(1)?.payload, payload);
});

test("a header that is lost in one copy, or is of another life, is written anew", (t) => {
	const oneCopy = closed(5);
	damage(oneCopy, 1, { from: 0, to: 1, of: [0] });
	t.like(opened(oneCopy)[1], { clean: false, rebuilt: true, lastSequence: 5 });
	t.deepEqual(verified(oneCopy.image()).findings, []);

	const both = closed(5);
	damage(both, 1, { from: 0, to: 192 });
	t.like(opened(both)[1], { clean: false, rebuilt: true, lastSequence: 5 });
	t.deepEqual(verified(both.image()).findings, []);
	t.like(verified(both.image()).segments[0]?.header, {
		previousNumber: 0,
		epoch: 0,
		eraseCount: 1,
	});

	const older = closed(5);
	const header = [0, 1].map((copy) => {
		const start = byteOf(older, copy === 0 ? 0 : 1, 1, 0);
		return older.image().slice(start, start + 192);
	});
	opened(older)[0].append([recordOf(6)]);
	const renewed = older.restart();
	opened(renewed)[0].close();
	for (const copy of [0, 1] as const)
		renewed.overwrite(byteOf(renewed, copy, 1, 0), header[copy] ?? new Uint8Array(0));
	t.like(opened(renewed)[1], { clean: false, rebuilt: true, lastSequence: 6 });
	t.deepEqual(verified(renewed.image()).findings, []);
});

test("a segment that was sealed before the plug was pulled takes no more records", (t) => {
	const storage = running(5);
	const { context } = contextOn(storage);
	const { tail } = recover(context, new SegmentIndex(context));
	sealSegment(context, tail);
	const [journal, report] = opened(storage);
	t.is(report.lastSequence, 5);
	t.is(appends(journal), 6);
	t.is(rootOn(storage).newest.number, 2);
	journal.close();
	t.is(verified(storage.image()).records, 6);
	t.deepEqual(verified(storage.image()).findings, []);
});

test("records go into a new segment after the epoch has changed, also over a start", (t) => {
	const storage = running(5, (journal) => {
		journal.adoptEpoch(3);
		journal.close();
	});
	const [journal, report] = opened(storage);
	t.is(report.epoch, 3);
	appends(journal);
	t.is(rootOn(storage).newest.number, 2);
	journal.close();
	const [again] = opened(storage);
	appends(again);
	t.is(rootOn(storage).newest.number, 2, "its header has the epoch");
});

test("where the header's epoch is lost, the root's counts", (t) => {
	const storage = closed(5);
	damage(storage, 1, { from: 0, to: 192 });
	const [journal] = opened(storage);
	appends(journal);
	t.is(rootOn(storage).newest.number, 1);
});

test("without a checkpoint in the newest segment the newest older one serves", (t) => {
	const storage = closed(35);
	const { number } = rootOn(storage).newest;
	t.is(number, 4);
	const loseCheckpoint = (of: number) => damage(storage, of, { from: 192, to: 193 });
	const checkpoint = () => opened(storage)[1].checkpoint;
	const firstOf = (of: number) =>
		verified(storage.image()).segments[of - 1]?.header?.firstSequence ?? 0;
	loseCheckpoint(number);
	t.is(checkpoint()?.sequence, firstOf(number - 1) - 1);
	t.is(state(checkpoint()?.state), `folded ${firstOf(number - 1) - 1}`);
	const second = firstOf(number - 2);
	loseCheckpoint(number - 1);
	t.is(checkpoint()?.sequence, second - 1);
	damage(storage, number - 2, { from: 0, to: 192 });
	t.is(checkpoint()?.sequence, 0, "its header is lost: the first segment's");
	loseCheckpoint(1);
	t.is(checkpoint(), undefined, "then all is to be replayed");
});

test("a checkpoint is looked for in live segments only", (t) => {
	const storage = running(35, (journal) => {
		journal.acknowledge(35, journal.head.chain);
		journal.reclaim(35);
		journal.close();
	});
	const { first, newest } = rootOn(storage);
	t.is(first.number, newest.number);
	damage(storage, newest.number, { from: 192, to: 193 });
	t.is(opened(storage)[1].checkpoint, undefined);
});

/** Gaps as `from-to`, with `*` for those that have to be told. */
const told = (gaps: readonly { from: number; to: number; recorded: boolean }[]) =>
	gaps.map(({ from, to, recorded }) => `${from}-${to}${recorded ? "" : "*"}`);

test("a gap is to be told until a group stands behind it, and is remembered then", (t) => {
	const storage = closed(5);
	damage(storage, 1, { from: firstFrame + 10, to: firstFrame + 11 });
	t.deepEqual(told(opened(storage)[1].gaps), ["1-1*"]);
	t.true(rootOn(storage).untold);
	const [journal, again] = opened(storage.restart());
	t.deepEqual(told(again.gaps), ["1-1*"], "the media say so, but nobody was told");
	t.false(again.rebuilt);
	appends(journal);
	journal.close();
	const [, third] = opened(storage);
	t.deepEqual(told(third.gaps), ["1-1*"]);
});

test("a gap that was told before does not make the others told", (t) => {
	const storage = closed(5);
	damage(storage, 1, { from: firstFrame + 10, to: firstFrame + 11 });
	const [journal] = opened(storage);
	appends(journal);
	journal.close();
	t.false(rootOn(storage).untold);
	t.deepEqual(told(opened(storage)[1].gaps), ["1-1"]);
	t.true(opened(storage)[1].clean);
	const second = verified(storage.image()).root.layout.segmentBytes - 1_500;
	damage(storage, 1, { from: second, to: second + 1 });
	const { gaps } = opened(storage)[1];
	t.is(gaps.length, 2);
	t.true(rootOn(storage).untold);
	t.deepEqual(
		told(opened(storage)[1].gaps),
		told(gaps).map((gap) => (gap.endsWith("*") ? gap : `${gap}*`)),
	);
});

test("gaps of the segment before are told again while the newest one holds no record", (t) => {
	const storage = closed(15);
	const { newest } = rootOn(storage);
	const { firstSequence } = newest;
	damage(storage, 1, { from: firstFrame + 10, to: firstFrame + 11 });
	t.deepEqual(opened(storage)[1].gaps, [], "an older segment is for scrubbing");
	for (const copy of [0, 1] as const) {
		const start = byteOf(storage, copy, 2, firstFrame);
		storage.overwrite(start, new Uint8Array(2_048 - firstFrame).fill(0xff));
	}
	const { context } = contextOn(storage);
	const chain = newest.previousChain;
	context.roots.update({ head: { sequence: firstSequence - 1, chain } });
	const [journal, report] = opened(storage);
	t.is(report.lastSequence, firstSequence - 1);
	t.deepEqual(told(report.gaps), ["1-1*"]);
	appends(journal);
	journal.close();
	t.deepEqual(opened(storage)[1].gaps, [], "the first record of the newest segment ends it");
});

test("the watermark tells of records that the head in the root does not know yet", (t) => {
	const storage = running(8, (journal) => {
		journal.acknowledge(8, journal.head.chain);
		journal.persistWatermark();
	});
	const { watermark, head } = rootOn(storage);
	t.is(head.sequence, 0);
	for (const copy of [0, 1] as const)
		storage.overwrite(byteOf(storage, copy, 1, firstFrame), new Uint8Array(1_500).fill(0xff));
	const [journal, report] = opened(storage);
	t.deepEqual(told(report.gaps), ["1-8*"]);
	t.is(report.lastSequence, 8);
	t.deepEqual(report.lastChain, watermark.chain);
	t.deepEqual(journal.head.chain, watermark.chain);
	t.is(appends(journal), 9);
});

test("after an orderly end the head is exact, whatever stands behind it", (t) => {
	const storage = closed(5);
	const { head } = rootOn(storage);
	damage(storage, 1, { from: firstFrame, to: 2_048 });
	const [, report] = opened(storage);
	t.is(report.lastSequence, 5);
	t.deepEqual(report.lastChain, head.chain);
	t.deepEqual(told(report.gaps), ["1-5*"]);
});

test("a segment that one ring does not keep any more is retired and left so", (t) => {
	for (const copy of [0, 1] as const) {
		const storage = running(5);
		storage.setFaults({ deadSectors: [byteOf(storage, copy, 1, 0) / 512] });
		t.like(opened(storage)[1], { clean: false, rebuilt: true, lastSequence: 5 });
		t.like(rootOn(storage), { retired: true, state: "recovered" });
		const changes = storage.changeCount;
		const [again, second] = opened(storage);
		t.like(second, { clean: false, rebuilt: false, lastSequence: 5 });
		t.is(storage.changeCount, changes, "not tried again");
		t.is(appends(again), 6);
		t.is(rootOn(storage).newest.number, 2);
		t.false(rootOn(storage).retired);
	}
});

test("a segment that is retired stays so when it is written anew", (t) => {
	const storage = running(5);
	const { context } = contextOn(storage);
	context.roots.update({ retired: true });
	const [journal] = opened(storage);
	t.true(rootOn(storage).retired);
	t.is(appends(journal), 6);
	t.is(rootOn(storage).newest.number, 2);
	const closedOne = closed(5);
	contextOn(closedOne).context.roots.update({ retired: true });
	appends(opened(closedOne)[0]);
	t.is(rootOn(closedOne).newest.number, 2);
});

test("a retired segment that is damaged after an orderly end is written anew", (t) => {
	const storage = closed(5);
	contextOn(storage).context.roots.update({ retired: true });
	damage(storage, 1, { from: firstFrame + 30, to: firstFrame + 31, of: [1] });
	t.like(opened(storage)[1], { rebuilt: true, repairedRecords: 1 });
});

test("a recovered segment that is damaged once more is written anew once more", (t) => {
	const storage = running(5);
	opened(storage);
	damage(storage, 1, { from: firstFrame + 30, to: firstFrame + 31, of: [1] });
	t.like(opened(storage)[1], { rebuilt: true, repairedRecords: 1 });
	t.deepEqual(verified(storage.image()).findings, []);
});

/** Begins a segment that gets no record, as when the plug is pulled between it and its first group. */
function beginEmpty(storage: MemoryStorage, times = 1): void {
	const { context } = contextOn(storage);
	let { tail } = recover(context, new SegmentIndex(context));
	const state = encodeUtf8("begun");
	for (let count = 0; count < times; count++)
		tail = beginSegment(context, { head: tail.head, state, patch: {} });
}

test("gaps are looked for behind every segment that is empty", (t) => {
	const storage = closed(15);
	damage(storage, 2, { from: firstFrame + 10, to: firstFrame + 11 });
	const { firstSequence } = rootOn(storage).newest;
	beginEmpty(storage, 2);
	t.is(rootOn(storage).newest.number, 4);
	const { gaps, lastSequence } = opened(storage)[1];
	t.is(lastSequence, 15);
	t.deepEqual(told(gaps), [`${firstSequence}-${firstSequence}*`]);
});

test("a lost segment before an empty one is a gap up to it", (t) => {
	const storage = closed(15);
	const { firstSequence } = rootOn(storage).newest;
	beginEmpty(storage);
	damage(storage, 2, { from: 0, to: 192 });
	const { gaps, checkpoint } = opened(storage)[1];
	t.deepEqual(told(gaps), [`${firstSequence}-15*`]);
	t.is(checkpoint?.sequence, 15);
	damage(storage, 1, { from: 0, to: 192 });
	t.deepEqual(opened(storage)[1].gaps, [], "nothing is left to look at: a scan tells of it");
});

test("a segment that the root does not name is not there", (t) => {
	const storage = running(5);
	const before = storage.image();
	const [journal] = opened(storage);
	fill(journal, 10);
	t.is(rootOn(storage).newest.number, 2);
	for (const offset of [0, 512, 32_768, 33_280])
		storage.overwrite(offset, before.subarray(offset, offset + 512));
	storage.overwrite(byteOf(storage, 0, 1, 0), before.subarray(3_072, 5_120));
	storage.overwrite(byteOf(storage, 1, 1, 0), before.subarray(3_072, 5_120));
	damage(storage, 1, { from: 192, to: 193 });
	const [, report] = opened(storage);
	t.is(report.lastSequence, 5);
	t.is(report.checkpoint, undefined);
});

test("after a pulled plug numbers that destroyed bytes may have held are not used again", (t) => {
	const storage = running(5);
	damage(storage, 1, { from: firstFrame, to: 1_000 });
	const { gaps, lastSequence } = opened(storage)[1];
	t.true(lastSequence >= 5);
	t.deepEqual(told(gaps), [`1-${lastSequence}*`]);
});

test("past the step budget the journal is left alone and can be read as far as it goes", (t) => {
	const storage = formatted({ sizeBytes: 262_144, sectorBytes: 4_096 }, 16_384);
	const [running] = opened(storage);
	fill(running, 3);
	running.close();
	plantFalseFrames(storage, firstFrame + 200);
	const { context, told: log } = contextOn(storage);
	const image = storage.image();
	const { tail, report } = recover(context, new SegmentIndex(context));
	const { head, newest } = context.roots.root;
	t.deepEqual(report, {
		clean: false,
		readOnly: true,
		rebuilt: false,
		epoch: 0,
		terminalId: "shop-0001",
		firstSequence: 1,
		lastSequence: 3,
		lastChain: head.chain,
		tornBytes: 0,
		repairedRecords: 0,
		staleRecords: 0,
		checkpoint: undefined,
		gaps: [],
	});
	t.like(tail, { head, key: newest, retired: true, epoch: 0 });
	t.deepEqual(log, [
		"error LIMIT recovery of the journal takes too many steps; pull the image and send the terminal in",
	]);
	t.deepEqual(storage.image(), image);
	const [readOnly] = opened(storage);
	t.deepEqual(readOnly.read(1)?.payload, recordOf(1).payload);
	t.throws(() => appends(readOnly), { code: "MEDIA_FORMAT" });
});

test("older segments that a start looks at are part of the step budget", (t) => {
	const make = () => {
		const storage = formatted({ sizeBytes: 262_144, sectorBytes: 4_096 }, 16_384);
		const [journal] = opened(storage);
		const records = Array.from({ length: 6 }, () => ({ kind: 1, payload: new Uint8Array(900) }));
		for (let count = 0; count < 3; count++) journal.append(records);
		journal.close();
		return storage;
	};
	const forCheckpoint = make();
	damage(forCheckpoint, 2, { from: 192, to: 193 });
	plantFalseFrames(forCheckpoint, 192, 1);
	t.true(opened(forCheckpoint)[1].readOnly);
	const forGaps = make();
	beginEmpty(forGaps);
	plantFalseFrames(forGaps, firstFrame, 2);
	t.true(opened(forGaps)[1].readOnly);
});

test("trouble of another kind stops a start", (t) => {
	const storage = running(5);
	const { context } = contextOn(storage);
	const foreign = Object.assign(new RangeError("not of our table"), { code: "LIMIT" });
	storage.read = () => {
		throw foreign;
	};
	t.throws(() => recover(context, new SegmentIndex(context)), { is: foreign });
	const stuck = running(5);
	const { context: other } = contextOn(stuck);
	stuck.setFaults({ failures: [{ operation: "sync", at: 1, forever: true }] });
	t.throws(() => recover(other, new SegmentIndex(other)), { code: "STORAGE_SYNC" });
});
