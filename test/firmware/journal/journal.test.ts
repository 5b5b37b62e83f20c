import test from "ava";
import { Journal } from "../../../firmware/core/journal/journal.ts";
import { genesisChain, type JournalRecord, nextChain } from "../../../protocol/media.ts";
import { decodeUtf8, encodeUtf8 } from "../../../protocol/utf8.ts";
import { digest, sha256 } from "../../_helper/digest.ts";
import { thin } from "../../_helper/effort.ts";
import { formatted, journalOn, opened, recordOf } from "../../_helper/journal.ts";
import { verified } from "../../_helper/journal-damage.ts";
import { MemoryStorage } from "../../_helper/memory-storage.ts";
import { Random } from "../../_helper/random.ts";

function fill(journal: Journal, count: number): void {
	for (let index = 0; index < count; index++) journal.append([recordOf(journal.head.sequence + 1)]);
}

test("what is appended is read again, now and after the next start", (t) => {
	const storage = formatted();
	const [journal, first] = opened(storage);
	t.true(first.clean);
	t.is(first.lastSequence, 0);
	for (let number = 1; number <= 100; number++) t.is(journal.append([recordOf(number)]), number);
	const before: JournalRecord[] = [];
	journal.scan(1, 100, (_, record) => {
		before.push(record);
	});
	t.is(before.length, 100);
	for (const record of before) {
		t.deepEqual(record.payload, recordOf(record.sequence).payload);
		t.deepEqual(journal.read(record.sequence), record);
	}
	t.is(journal.read(0), undefined);
	t.is(journal.read(101), undefined);
	const { head } = journal;
	journal.close();
	const [again, report] = opened(storage.restart());
	t.true(report.clean);
	t.deepEqual(again.head, head);
	t.deepEqual(again.read(57), before[56]);
	t.is(again.append([recordOf(101), recordOf(102)]), 101);
	t.is(again.head.sequence, 102);
});

test("the same calls make the same bytes", (t) => {
	const image = () => {
		const storage = formatted();
		const [journal] = opened(storage);
		fill(journal, 40);
		journal.acknowledge(20, journal.read(20)?.chain ?? new Uint8Array(0));
		journal.close();
		return storage.image();
	};
	t.deepEqual(image(), image());
	t.is(verified(image()).records, 40);
	t.deepEqual(verified(image()).findings, []);
});

test("a scan stops where it is told to", (t) => {
	const [journal] = opened(formatted());
	fill(journal, 50);
	const seen: number[] = [];
	journal.scan(10, 40, (sequence) => {
		seen.push(sequence);
		return sequence < 13;
	});
	t.deepEqual(seen, [10, 11, 12, 13]);
});

test("a start has the newest folded state and what comes after it", (t) => {
	const storage = formatted();
	let folded = 0;
	const [journal] = opened(storage, () => encodeUtf8(`${folded}`));
	for (; folded < 60; folded++) journal.append([recordOf(folded + 1)]);
	const [again, report] = opened(storage.restart());
	const state = report.checkpoint;
	t.is(decodeUtf8(state?.state ?? new Uint8Array(0)), `${state?.sequence}`);
	t.true((state?.sequence ?? 0) > 40);
	t.deepEqual(again.read(state?.sequence ?? 0)?.chain, state?.chain);
});

test("a start reads no more from a long journal than from a short one", (t) => {
	const bytesRead = (records: number) => {
		const storage = formatted({ sizeBytes: 8_388_608, sectorBytes: 4_096 }, 16_384);
		const [journal] = opened(storage);
		for (let done = 0; done < records; done += 10)
			journal.append(Array.from({ length: 10 }, (_, index) => recordOf(done + index + 1)));
		journal.close();
		const again = storage.restart();
		t.is(opened(again)[1].lastSequence, records);
		return again.bytesRead;
	};
	const bound = 4 * 4_096 + 2 * 16_384 + 2 * 8_192;
	for (const records of [1_000, thin(20_000, 5)]) {
		const read = bytesRead(records);
		t.log(`${records} records: ${read} bytes`);
		t.true(read <= bound, `${read} bytes read`);
	}
});

test("the watermark moves only to a chain of the journal's own, and never back", (t) => {
	const storage = formatted();
	const [journal] = opened(storage);
	fill(journal, 30);
	const chainAt = (sequence: number) => journal.read(sequence)?.chain ?? new Uint8Array(32);
	t.false(journal.acknowledge(10, chainAt(11)));
	t.false(journal.acknowledge(31, chainAt(30)));
	t.is(journal.watermark.sequence, 0);
	t.true(journal.acknowledge(10, chainAt(10)));
	t.true(journal.acknowledge(10, chainAt(10)));
	t.false(journal.acknowledge(9, chainAt(9)));
	t.is(journal.watermark.sequence, 10);
	t.is(journal.usage().unacknowledgedRecords, 20);
	journal.persistWatermark();
	t.is(opened(storage.restart())[0].watermark.sequence, 10);
});

test("the chain is known at every record, before the first, and before the oldest kept", (t) => {
	const [journal] = opened(formatted());
	t.deepEqual(journal.chainAt(0), genesisChain("shop-0001", 0, sha256));
	fill(journal, 100);
	t.deepEqual(journal.chainAt(0), genesisChain("shop-0001", 0, sha256));
	t.is(journal.chainAt(101), undefined);
	const chains = Array.from({ length: 101 }, (_, sequence) => journal.chainAt(sequence));
	for (let sequence = 1; sequence <= 100; sequence++) {
		const previous = chains[sequence - 1] ?? new Uint8Array(0);
		const record = journal.read(sequence);
		t.deepEqual(chains[sequence], record && nextChain(previous, record, sha256));
	}
	journal.acknowledge(100, journal.head.chain);
	journal.reclaim(60);
	const before = journal.firstSequence - 1;
	t.true(before > 40);
	t.deepEqual(journal.chainAt(before), chains[before]);
	t.is(journal.chainAt(before - 1), undefined);
});

test("only what is acknowledged and no longer wanted is reclaimed", (t) => {
	const storage = formatted();
	const [journal] = opened(storage);
	fill(journal, 100);
	t.is(journal.reclaim(100), 0, "nothing is acknowledged");
	journal.acknowledge(50, journal.read(50)?.chain ?? new Uint8Array(0));
	t.true(journal.reclaim(100) > 0);
	const acknowledged = journal.firstSequence;
	t.true(acknowledged <= 51 && acknowledged > 40);
	journal.acknowledge(100, journal.head.chain);
	t.is(journal.reclaim(acknowledged), 0, "the rest is still wanted");
	t.true(journal.reclaim(80) > 0);
	t.true(journal.firstSequence > acknowledged && journal.firstSequence <= 80);
	t.is(journal.read(journal.firstSequence - 1), undefined);
	t.truthy(journal.read(journal.firstSequence));
	const { firstSequence } = journal;
	t.is(opened(storage.restart())[0].firstSequence, firstSequence);
});

test("a full ring refuses before it writes, and goes on when room is made", (t) => {
	const storage = formatted();
	const [journal] = opened(storage);
	const refusal = t.throws(() => {
		fill(journal, 1_000);
	});
	t.like(refusal, { code: "MEDIA_FULL" });
	const { head } = journal;
	t.is(journal.usage().segmentsFree, 0);
	t.true(journal.usage().percent > 90);
	const image = storage.image();
	t.throws(() => journal.append([recordOf(1)]), { code: "MEDIA_FULL" });
	t.deepEqual(storage.image(), image);
	journal.acknowledge(head.sequence, head.chain);
	journal.reclaim(head.sequence);
	t.is(journal.append([recordOf(1)]), head.sequence + 1);
});

test("groups that break a limit are refused before anything is written", (t) => {
	const storage = formatted();
	const [journal] = opened(storage);
	const image = storage.image();
	const refused = (kind: number, length: number, count: number) => {
		const record = { kind, payload: new Uint8Array(length) };
		t.throws(() => journal.append(Array.from({ length: count }, () => record)), { code: "LIMIT" });
	};
	refused(1, 10, 0);
	refused(1, 10, 17);
	refused(256, 10, 1);
	refused(1, 1_025, 1);
	refused(1, 1_024, 10);
	t.deepEqual(storage.image(), image);
	t.is(journal.append([{ kind: 255, payload: new Uint8Array(0) }]), 1);
});

test("the largest state, group and seal fit the default segment together", (t) => {
	const storage = formatted({ sizeBytes: 1_048_576, sectorBytes: 4_096, writeAlign: 32 }, 16_384);
	const [journal] = opened(storage, () => new Uint8Array(8_192));
	const payload = new Uint8Array(1_024 - 128);
	const group = Array.from({ length: 6 }, () => ({ kind: 1, payload }));
	for (let index = 0; index < 20; index++) journal.append(group);
	journal.close();
	t.is(opened(storage.restart())[1].lastSequence, 120);
});

test("media that hold a journal are formatted only when its epoch is named", (t) => {
	const storage = formatted();
	const [journal] = opened(storage);
	journal.adoptEpoch(4);
	fill(journal, 10);
	journal.close();
	const image = storage.image();
	const entropy = new Random(9);
	const options = { terminalId: "shop-0002", epoch: 0, digest, entropy, segmentBytes: 2_048 };
	t.throws(() => Journal.format(storage, options), { code: "REFUSED" });
	t.throws(() => Journal.format(storage, { ...options, discard: { epoch: 3 } }), {
		code: "REFUSED",
	});
	t.deepEqual(storage.image(), image);
	Journal.format(storage, { ...options, discard: { epoch: 4 } });
	t.is(opened(storage)[1].lastSequence, 0);
});

test("a journal whose roots are all lost is not formatted over, and its records can be pulled", (t) => {
	const storage = formatted();
	const [journal] = opened(storage);
	fill(journal, 30);
	journal.close();
	for (const offset of [0, 512, 32_768, 33_280])
		storage.overwrite(offset, new Uint8Array(512).fill(0xff));
	t.throws(() => opened(storage), { code: "MEDIA_FORMAT" });
	const options = { terminalId: "shop-0001", epoch: 0, digest, entropy: new Random(1) };
	t.throws(() => Journal.format(storage, { ...options, segmentBytes: 2_048 }), { code: "REFUSED" });
	const report = verified(storage.image());
	t.true(report.isRootInferred);
	t.is(report.records, 30);
});

test("sequence and chain run on when an epoch is adopted", (t) => {
	const storage = formatted();
	const [journal] = opened(storage);
	fill(journal, 7);
	t.is(journal.epoch, 0);
	journal.adoptEpoch(3);
	t.throws(() => journal.adoptEpoch(3), { code: "REFUSED" });
	fill(journal, 7);
	t.is(journal.epoch, 3);
	journal.close();
	const report = verified(storage.image());
	t.is(report.records, 14);
	t.deepEqual(report.findings, []);
	t.deepEqual(
		report.segments.map(({ header }) => header?.epoch),
		[0, 3],
	);
	t.is(opened(storage.restart())[1].epoch, 3);
});

test("a journal is used only between open and close", (t) => {
	const storage = formatted();
	const journal = journalOn(storage);
	t.throws(() => journal.append([recordOf(1)]), { code: "CLOSED" });
	journal.open();
	journal.close();
	journal.close();
	t.throws(() => journal.head, { code: "CLOSED" });
	t.throws(() => journalOn(new MemoryStorage()).open(), { code: "MEDIA_FORMAT" });
});

test("both rings are worn alike and evenly", (t) => {
	const storage = formatted();
	const [journal] = opened(storage);
	for (let index = 0; index < thin(2_000, 5); index++) {
		fill(journal, 1);
		journal.acknowledge(journal.head.sequence, journal.head.chain);
		journal.reclaim(journal.head.sequence - 20);
	}
	const sectors = storage.eraseCounts;
	const ring = (first: number) => sectors.slice(first, first + 14 * 4);
	const counts = [...ring(6), ...ring(70)];
	t.true(
		Math.max(...counts) - Math.min(...counts) <= 1,
		`${Math.min(...counts)} to ${Math.max(...counts)}`,
	);
});

test("the newest records are read from their places, however full their segment is", (t) => {
	const storage = formatted();
	const [journal] = opened(storage);
	fill(journal, 100);
	const reads: number[] = [];
	for (let number = 100; number > 92; number--) {
		const before = storage.calls.read;
		t.deepEqual(journal.read(number)?.payload, recordOf(number).payload);
		reads.push(storage.calls.read - before);
	}
	t.true(Math.max(...reads) <= 3, `${reads}`);
});
