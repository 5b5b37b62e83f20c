import test from "ava";
import type { Journal } from "../../../firmware/core/journal/journal.ts";
import type { ScrubReport } from "../../../firmware/core/journal/scrub.ts";
import { CloseoutError } from "../../../protocol/error.ts";
import type { ReportedGap } from "../../../protocol/media.ts";
import { stride, thin } from "../../_helper/effort.ts";
import { opened, recordOf, smallMedia } from "../../_helper/journal.ts";
import {
	byteOf,
	closedJournal,
	scrubRound,
	silentLoss,
	verified,
} from "../../_helper/journal-damage.ts";
import { brokenPromise } from "../../_helper/journal-workload.ts";
import { MemoryStorage } from "../../_helper/memory-storage.ts";

test("a flipped bit anywhere costs no record, and where it matters it is repaired", (t) => {
	const { storage, progress } = closedJournal();
	const image = storage.image();
	let repaired = 0;
	for (let offset = 0; offset < image.length; offset += stride(29, 40)) {
		const damaged = MemoryStorage.fromImage(image, smallMedia);
		damaged.flip(offset, 1 << (offset % 8));
		const isSeen = verified(damaged.image()).findings.length > 0;
		const [journal, report] = opened(damaged);
		t.is(brokenPromise(journal, report, progress), undefined, `byte ${offset}`);
		scrubRound(journal);
		journal.close();
		if (!isSeen) continue;
		repaired += 1;
		const left = verified(damaged.image()).findings.filter(({ type }) => type !== "unused");
		t.deepEqual(left, [], `byte ${offset} after repair`);
	}
	t.log(`${repaired} flips repaired`);
	t.true(repaired > thin(800, 80));
});

test("a flipped bit in the same place of both copies is told as exactly the records it took", (t) => {
	const { storage, progress } = closedJournal();
	const image = storage.image();
	const { segments } = verified(image);
	for (const { number, records } of segments) {
		for (let offset = 0; offset < 2_048; offset += stride(5, 60)) {
			const damaged = MemoryStorage.fromImage(image, smallMedia);
			for (const copy of [0, 1] as const) damaged.flip(byteOf(damaged, copy, number, offset), 4);
			const [journal] = opened(damaged);
			t.is(silentLoss(journal, progress), undefined, `segment ${number} byte ${offset}`);
			let lost = 0;
			journal.scan(
				1,
				150,
				() => true,
				({ from, to }) => {
					lost += to - from + 1;
				},
			);
			t.true(
				lost <= (offset < 192 ? records : 4),
				`${lost} records lost in ${number} at ${offset}`,
			);
			t.is(journal.append([recordOf(151)]), 151);
		}
	}
});

test("records after a gap stay readable with their own chain", (t) => {
	const { storage } = closedJournal();
	const [whole] = opened(storage.restart());
	const after = whole.read(113);
	const damaged = storage.restart();
	for (const copy of [0, 1] as const) damaged.flip(byteOf(damaged, copy, 12, 900), 1);
	const [journal] = opened(damaged);
	const gaps: string[] = [];
	journal.scan(
		100,
		120,
		() => true,
		({ from, to }) => {
			gaps.push(`${from}-${to}`);
		},
	);
	t.deepEqual(gaps, ["112-112"]);
	t.is(journal.read(112), undefined);
	t.deepEqual(journal.read(113), after);
});

/** Gaps as plain data, to compare. */
const plain = (gaps: readonly ReportedGap[] = []) =>
	gaps.map(({ from, to, recorded }) => [from, to, recorded]);

test("a gap that scrubbing finds is repaired only after it was told, and then kept on the media", (t) => {
	const { storage } = closedJournal();
	for (const copy of [0, 1] as const) storage.flip(byteOf(storage, copy, 12, 900), 1);
	const [first] = opened(storage);
	const owed = scrubUntil(first, 12);
	t.false(owed?.repaired);
	t.deepEqual(plain(owed?.gaps), [[112, 112, false]]);

	const [journal] = opened(storage.restart());
	const found = scrubUntil(journal, 12);
	t.deepEqual(plain(found?.gaps), [[112, 112, false]], "told again after a start");
	journal.append([recordOf(151)]);
	const repaired = journal.scrubStep();
	t.is(repaired?.segment, 12);
	t.true(repaired?.repaired);
	t.deepEqual(plain(repaired?.gaps), [[112, 112, true]]);
	const again = scrubRound(journal)
		.concat(scrubRound(journal))
		.find(({ segment }) => segment === 12);
	t.is(again?.findings, 0);
	t.deepEqual(plain(again?.gaps), [[112, 112, true]]);
	t.deepEqual(again?.gaps[0]?.hash, found?.gaps[0]?.hash);
});

function scrubUntil(journal: Journal, segment: number): ScrubReport | undefined {
	for (let step = 0; step < 20; step++) {
		const report = journal.scrubStep();
		if (report?.segment === segment) return report;
	}
	return undefined;
}

test("newest records that are bad in both copies with nothing after them are a gap, never a torn tail", (t) => {
	const { storage } = closedJournal();
	const [before] = opened(storage.restart());
	const { head } = before;
	const damaged = storage.restart();
	for (const copy of [0, 1] as const) {
		for (let offset = 600; offset < 2_048; offset++)
			damaged.flip(byteOf(damaged, copy, 16, offset), 0x55);
	}
	const [journal, report] = opened(damaged);
	t.false(report.clean);
	const [gap] = report.gaps;
	t.is(gap?.to, 150);
	t.is(report.lastSequence, 150);
	t.deepEqual(journal.head, head, "the chain goes on from the head that the root keeps");
	t.is(journal.append([recordOf(151)]), 151);
});

test("without a known head, numbers that may have been used are not used again", (t) => {
	const { storage } = closedJournal();
	const [running] = opened(storage);
	running.append([recordOf(151)]);
	const damaged = storage.restart();
	const { number } = verified(damaged.image()).root.newest;
	for (const copy of [0, 1] as const) {
		for (let offset = 600; offset < 1_400; offset++)
			damaged.overwrite(byteOf(damaged, copy, number, offset), Uint8Array.of(offset & 0x7f));
	}
	const [, report] = opened(damaged);
	const [{ from = 0, to = 0 } = {}] = report.gaps;
	t.is(report.gaps.length, 1);
	t.true(to >= 151);
	t.is(report.lastSequence, to);
	const later = damaged.restart();
	const [untold, second] = opened(later);
	t.deepEqual(plain(second.gaps), [[from, to, false]], "reported until it was told");
	t.is(untold.append([recordOf(7)]), to + 1);
	untold.close();
	const [, third] = opened(later);
	t.deepEqual(plain(third.gaps), [[from, to, true]]);
});

test("a dead sector in one copy costs nothing and the journal goes on", (t) => {
	const { storage, progress } = closedJournal();
	for (let sector = 0; sector < 128; sector += stride(1, 16)) {
		const damaged = storage.restart({ deadSectors: [sector] });
		let [journal, report] = opened(damaged);
		t.is(brokenPromise(journal, report, progress), undefined, `sector ${sector}`);
		let reopened = 0;
		while (journal.head.sequence < 200) {
			try {
				journal.append([recordOf(journal.head.sequence + 1)]);
			} catch (error) {
				if (!(error instanceof CloseoutError) || error.code !== "STORAGE_WRITE") throw error;
				[journal, report] = opened(damaged);
				reopened += 1;
			}
		}
		t.true(reopened <= 1, `sector ${sector}: reopened ${reopened} times`);
		const records = Array.from({ length: 200 }, (_, index) => recordOf(index + 1));
		const [last, lastReport] = opened(damaged);
		const kept = { confirmed: records, inFlight: [] };
		t.is(brokenPromise(last, lastReport, kept), undefined, `sector ${sector}`);
	}
});

test("a segment put back as it was before is not taken for the present one", (t) => {
	const { storage, progress } = closedJournal(24);
	const earlier = storage.image();
	const [journal] = opened(storage);
	for (let round = 0; round < 40; round++) {
		const group = [recordOf(progress.confirmed.length + 1)];
		journal.append(group);
		progress.confirmed.push(...group);
		journal.acknowledge(journal.head.sequence, journal.head.chain);
		journal.reclaim(progress.confirmed.length - 40);
	}
	journal.close();
	for (let number = 1; number <= 14; number++) {
		const mixed = storage.restart();
		const start = byteOf(mixed, 0, number, 0);
		mixed.overwrite(start, earlier.subarray(start, start + 2_048));
		const [reopened, report] = opened(mixed);
		t.is(brokenPromise(reopened, report, progress), undefined, `place ${number}`);
	}
});
