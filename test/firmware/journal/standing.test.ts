import test from "ava";
import { Journal } from "../../../firmware/core/journal/journal.ts";
import { SegmentIndex } from "../../../firmware/core/journal/segment-index.ts";
import { CHECKPOINT_BYTES_MAX } from "../../../protocol/limits.ts";
import { frameBytes, leafHash } from "../../../protocol/media.ts";
import { encodeUtf8 } from "../../../protocol/utf8.ts";
import { digest, sha256 } from "../../_helper/digest.ts";
import { formatted, journalOn, opened, recordOf, silentLog } from "../../_helper/journal.ts";
import { closedJournal, scrubRound } from "../../_helper/journal-damage.ts";
import type { MemoryStorage } from "../../_helper/memory-storage.ts";
import { contextOn, damage, fill, rootOn } from "./_setup.ts";

/** Header and the checkpoint that the tests' journals write. */
const firstFrame = 192 + 64;

/** Turns a byte of a record in both copies. */
function destroy(storage: MemoryStorage, sequence: number): void {
	const { context } = contextOn(storage);
	const index = new SegmentIndex(context);
	const key = index.nextFrom(index.find(sequence));
	const walker = index.walker(key, {});
	for (let item = walker.next(); item.type !== "end"; item = walker.next()) {
		if (item.type !== "record" || item.record.sequence !== sequence) continue;
		const from = item.offset + 30;
		damage(storage, key.number, { from, to: from + 1 });
		return;
	}
	throw new RangeError(`record ${sequence} is not there`);
}

const payloads = (journal: Journal, from: number, to: number) => {
	const found: number[] = [];
	journal.scan(from, to, (sequence) => {
		found.push(sequence);
	});
	return found;
};

const range = (from: number, to: number) =>
	Array.from({ length: to - from + 1 }, (_, index) => from + index);

test("an empty ring is all free, and each group takes its bytes", (t) => {
	const [journal] = opened(formatted());
	const empty = {
		bytesTotal: 14 * 2_048,
		bytesUsed: 0,
		percent: 0,
		segmentsTotal: 14,
		segmentBytes: 2_048,
		segmentsFree: 14,
		unsealedFrom: 1,
		unacknowledgedRecords: 0,
	};
	t.deepEqual(journal.usage(), empty);
	journal.append([recordOf(1)]);
	const first = firstFrame + frameBytes(recordOf(1).payload.length, 4);
	t.deepEqual(journal.usage(), {
		...{ ...empty, bytesUsed: first, percent: 1, segmentsFree: 13 },
		unacknowledgedRecords: 1,
	});
	fill(journal, 24);
	const { bytesUsed, percent, segmentsFree, unsealedFrom } = journal.usage();
	t.is(segmentsFree, 11);
	t.true(bytesUsed > 2 * 2_048 + firstFrame && bytesUsed < 3 * 2_048);
	t.is(percent, Math.floor((bytesUsed * 100) / (14 * 2_048)));
	t.is(journal.read(unsealedFrom - 1)?.sequence, unsealedFrom - 1);
	journal.acknowledge(20, journal.chainAt(20) ?? new Uint8Array(32));
	t.is(journal.usage().unacknowledgedRecords, 5);
});

test("segments are counted from the one that holds a record", (t) => {
	// Segments 11 (from record 97), 12 (107), 13 (117), 14 (127), 15 (137) and 16 (147).
	const [journal] = opened(closedJournal().storage);
	const counts = [1, 97, 106, 107, 146, 147, 150, 999].map((each) => journal.segmentsFrom(each));
	t.deepEqual(counts, [6, 6, 6, 5, 2, 1, 1, 1]);
});

test("a folded state that is too long is refused before anything is written", (t) => {
	const storage = formatted();
	const image = storage.image();
	const [journal] = opened(storage, () => new Uint8Array(CHECKPOINT_BYTES_MAX + 1));
	t.throws(() => journal.append([recordOf(1)]), {
		code: "LIMIT",
		message: `folded state of ${CHECKPOINT_BYTES_MAX + 1} bytes; at most ${CHECKPOINT_BYTES_MAX}`,
	});
	t.deepEqual(storage.image(), image);
	t.is(journal.head.sequence, 0, "and the journal goes on");
});

test("a group that does not fit a segment beside the folded state is refused before anything is written", (t) => {
	const storage = formatted();
	const image = storage.image();
	const [journal] = opened(storage, () => new Uint8Array(1_000));
	const large = { kind: 1, payload: new Uint8Array(800) };
	t.throws(() => journal.append([large]), { code: "LIMIT", message: /do not fit a segment/ });
	t.deepEqual(storage.image(), image);
	t.is(journal.append([recordOf(1)]), 1);
});

test("a segment is sealed when the next one begins, and one that is retired is left as it is", (t) => {
	const typesIn = (storage: MemoryStorage, number: number) => {
		const { context } = contextOn(storage);
		const index = new SegmentIndex(context);
		const key = index.key(number);
		if (key === undefined) return [];
		const walker = index.walker(key, {});
		const types: string[] = [];
		for (let item = walker.next(); item.type !== "end"; item = walker.next()) types.push(item.type);
		return types;
	};
	const storage = formatted();
	const [journal] = opened(storage);
	fill(journal, 12);
	t.is(rootOn(storage).newest.number, 2);
	t.is(typesIn(storage, 1).at(-1), "seal");
	t.is(typesIn(storage, 2).at(-1), "record");

	const retired = formatted();
	fill(opened(retired)[0], 5);
	contextOn(retired).context.roots.update({ retired: true });
	fill(opened(retired)[0], 1);
	t.is(rootOn(retired).newest.number, 2);
	t.is(typesIn(retired, 1).at(-1), "record");
});

test("each record is told with its leaf when it is durable", (t) => {
	const storage = formatted();
	const told: [sequence: number, leaf: Uint8Array, head: number][] = [];
	const journal = new Journal({
		...{ storage, digest, log: silentLog, snapshot: () => encodeUtf8("state") },
		onRecord: ({ sequence }, leaf) =>
			told.push([sequence, leaf, opened(storage.restart())[0].head.sequence]),
	});
	journal.open();
	journal.append([recordOf(1), recordOf(2)]);
	const leaves = [1, 2].map((sequence) => {
		const record = journal.read(sequence);
		return record && leafHash(record, sha256);
	});
	t.deepEqual(told, [
		[1, leaves[0], 2],
		[2, leaves[1], 2],
	]);
});

test("root slots that were written anew are told to the log, and nothing when all were whole", (t) => {
	const storage = formatted();
	const told: string[] = [];
	const log = {
		write: (level: string, code: string, text: string) =>
			void told.push(`${level} ${code} ${text}`),
	};
	const open = () =>
		new Journal({ storage, digest, log, snapshot: () => encodeUtf8("state") }).open();
	open();
	t.deepEqual(told, []);
	storage.overwrite(512, new Uint8Array(512).fill(0xff));
	open();
	t.deepEqual(told, ["warn MEDIA_FORMAT 1 root slots were written anew"]);
});

test("the root is written when something it says has changed, and else not", (t) => {
	const storage = formatted();
	const [journal] = opened(storage);
	journal.append([recordOf(1)]);
	const { sequence } = rootOn(storage);
	journal.append([recordOf(2)]);
	journal.persistWatermark();
	t.is(journal.reclaim(99), 0);
	t.is(rootOn(storage).sequence, sequence);
	journal.acknowledge(1, journal.chainAt(1) ?? new Uint8Array(32));
	journal.persistWatermark();
	journal.persistWatermark();
	t.is(rootOn(storage).sequence, sequence + 1);
	journal.close();
	t.is(rootOn(storage).sequence, sequence + 2);
	const again = opened(storage)[0];
	again.close();
	t.is(rootOn(storage).sequence, sequence + 2);
	const third = opened(storage)[0];
	third.acknowledge(2, third.head.chain);
	third.close();
	t.is(rootOn(storage).sequence, sequence + 3);
	t.like(rootOn(storage), { state: "closed", watermark: { sequence: 2 } });
});

test("what a start has found stays untold through an orderly end, until a group stands behind it", (t) => {
	const storage = formatted();
	const [journal] = opened(storage);
	fill(journal, 5);
	journal.close();
	destroy(storage, 3);
	const [found, first] = opened(storage);
	t.like(first.gaps, [{ from: 3, to: 3, recorded: false }]);
	found.close();
	const [again, second] = opened(storage);
	t.like(second.gaps, [{ from: 3, to: 3, recorded: false }]);
	again.append([recordOf(6)]);
	again.close();
	t.like(opened(storage)[1].gaps, [{ from: 3, to: 3, recorded: true }]);
});

test("a journal that is opened again knows nothing of the time before", (t) => {
	const storage = formatted();
	const journal = journalOn(storage);
	journal.open();
	fill(journal, 20);
	t.deepEqual(payloads(journal, 12, 14), [12, 13, 14]);
	journal.acknowledge(15, journal.chainAt(15) ?? new Uint8Array(32));
	journal.open();
	t.is(journal.watermark.sequence, 0, "it was not durable");
	t.deepEqual(payloads(journal, 1, 20), range(1, 20));
	for (let sequence = 20; sequence > 10; sequence--)
		t.deepEqual(journal.read(sequence)?.payload, recordOf(sequence).payload);
});

test("the chain is known at the head and at the watermark, also when their records are destroyed", (t) => {
	const storage = formatted();
	const [journal] = opened(storage);
	fill(journal, 6);
	const chain = journal.chainAt(3) ?? new Uint8Array(32);
	journal.acknowledge(3, chain);
	for (const sequence of [3, 5, 6]) destroy(storage, sequence);
	t.deepEqual(journal.chainAt(3), chain);
	t.deepEqual(journal.chainAt(6), journal.head.chain);
	t.is(journal.chainAt(5), undefined);
	t.is(journal.chainAt(7), undefined);
	t.is(journal.chainAt(99), undefined);
});

test("the chain at the destroyed end of a segment is known from the segment after it", (t) => {
	const { storage } = closedJournal();
	const chain = opened(storage)[0].chainAt(126);
	destroy(storage, 126);
	const [journal] = opened(storage);
	t.is(journal.read(126), undefined);
	t.deepEqual(journal.chainAt(126), chain);
	destroy(storage, 125);
	t.is(opened(storage)[0].chainAt(125), undefined);
});

test("a confirmation of a record that is destroyed, or not there yet, moves nothing", (t) => {
	const storage = formatted();
	const [journal] = opened(storage);
	fill(journal, 6);
	const chain = journal.chainAt(4) ?? new Uint8Array(32);
	destroy(storage, 4);
	t.false(journal.acknowledge(4, chain));
	t.false(journal.acknowledge(7, journal.head.chain));
	t.is(journal.watermark.sequence, 0);
	t.true(journal.acknowledge(6, journal.head.chain));
});

test("a round of scrubbing begins anew behind a segment whose header is lost", (t) => {
	const { storage } = closedJournal();
	damage(storage, 15, { from: 0, to: 192 });
	const [journal] = opened(storage);
	const looked = scrubRound(journal).map(({ segment }) => segment);
	t.is(looked[0], 11);
	t.is(looked.at(-1), 14);
	t.is(journal.scrubStep()?.segment, 11);
});

test("scrubbing goes on with the oldest segment when those before it were freed", (t) => {
	const [journal] = opened(closedJournal().storage);
	t.is(journal.scrubStep()?.segment, 11);
	journal.acknowledge(150, journal.head.chain);
	journal.reclaim(127);
	t.is(journal.firstSequence, 127);
	t.is(journal.scrubStep()?.segment, 14);
	t.is(journal.scrubStep()?.segment, 15);
	t.is(journal.scrubStep()?.segment, 14);
});

test("a place that a scan left is not used when its segment was written anew", (t) => {
	const { storage } = closedJournal();
	damage(storage, 12, { from: firstFrame + 30, to: firstFrame + 31, of: [1] });
	const [journal] = opened(storage);
	t.deepEqual(payloads(journal, 107, 109), [107, 108, 109]);
	t.true(scrubRound(journal).some(({ findings }) => findings > 0));
	t.deepEqual(payloads(journal, 110, 112), [110, 111, 112]);

	const fresh = formatted();
	const [busy] = opened(fresh);
	fill(busy, 12);
	t.is(rootOn(fresh).newest.number, 2);
	damage(fresh, 1, { from: firstFrame + 30, to: firstFrame + 31, of: [1] });
	t.true(scrubRound(busy).some(({ findings }) => findings > 0));
	for (let sequence = 12; sequence > 0; sequence--)
		t.deepEqual(busy.read(sequence)?.payload, recordOf(sequence).payload);
});

test("no more segments are freed than asked for, and those with a lost header along with the ones before", (t) => {
	const { storage } = closedJournal();
	damage(storage, 13, { from: 0, to: 192 });
	const [journal] = opened(storage);
	journal.acknowledge(150, journal.head.chain);
	t.is(journal.reclaim(90), 0, "those are free already");
	t.is(journal.reclaim(150, 0), 0);
	t.is(journal.reclaim(150, 1), 1);
	t.is(journal.firstSequence, 107);
	t.is(journal.reclaim(150, 1), 0, "the end of the one with the lost header is not known");
	t.is(journal.reclaim(126), 0);
	t.is(journal.reclaim(127), 2);
	t.is(journal.firstSequence, 127);
	t.is(journal.reclaim(136), 0);
	t.is(journal.reclaim(999), 2);
	t.is(journal.firstSequence, 147, "the newest stays");
	t.is(opened(storage.restart())[0].firstSequence, 147);
});

test("the root that names a new segment takes along what the host has confirmed and where the last one ended", (t) => {
	const storage = formatted();
	const [journal] = opened(storage);
	fill(journal, 3);
	t.true(journal.acknowledge(2, journal.chainAt(2) ?? new Uint8Array(0)));
	const { number } = rootOn(storage).newest;
	while (rootOn(storage).newest.number === number) fill(journal, 1);
	const { watermark, head } = rootOn(storage);
	t.is(watermark.sequence, 2);
	t.is(head.sequence, journal.head.sequence - 1);
});

test("what was written a moment ago is read without walking through its segment", (t) => {
	const storage = formatted({ sizeBytes: 262_144, sectorBytes: 4_096 }, 16_384);
	const [journal] = opened(storage);
	fill(journal, 100);
	const readsOf = (sequence: number): number => {
		const before = storage.calls.read;
		t.not(journal.read(sequence), undefined);
		return storage.calls.read - before;
	};
	const recent = readsOf(96);
	t.true(recent < readsOf(60), `${recent} reads`);
});
