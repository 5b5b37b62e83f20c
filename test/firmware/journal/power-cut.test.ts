import test from "ava";
import { plantFalseFrames } from "../../_helper/busy-media.ts";
import { stride, thin } from "../../_helper/effort.ts";
import { formatted, journalOn, opened, recordOf, smallMedia } from "../../_helper/journal.ts";
import {
	brokenPromise,
	type Progress,
	ranOutOfPower,
	recordSteps,
	recoverAndCheck,
	replaySteps,
	runWorkload,
	type Step,
} from "../../_helper/journal-workload.ts";
import {
	MemoryStorage,
	type TearModel,
	tearChange,
	tearModels,
} from "../../_helper/memory-storage.ts";
import { Random } from "../../_helper/random.ts";

/** Media as they are when power goes some bytes into a change. */
function tornMedia(
	image: Uint8Array,
	{ change }: Step,
	reached: number,
	tear: TearModel,
	seed: number,
) {
	const torn = image.slice();
	const unstable = tearChange(torn, { ...change, reached }, tear, 0xff, new Random(seed));
	const storage = MemoryStorage.fromImage(torn, smallMedia);
	if (unstable !== undefined) storage.unsettle(change.offset, unstable);
	return storage;
}

/** Cuts stand this many bytes apart; the campaigns cut at every byte. */
const bytesApart = stride(43, 60);

for (const tear of ["erased", "someBits"] satisfies TearModel[]) {
	test(`a cut within any write or erase loses nothing confirmed (rest of the write: ${tear})`, (t) => {
		const blank = formatted();
		let cuts = 0;
		replaySteps(blank, recordSteps(blank, 100), (image, step) => {
			const { length } = step.change.after;
			for (let reached = cuts % bytesApart; reached < length; reached += bytesApart) {
				cuts += 1;
				const problem = recoverAndCheck(tornMedia(image, step, reached, tear, cuts), step.progress);
				t.is(
					problem,
					undefined,
					`cut ${cuts}: ${reached} bytes into the change at ${step.change.offset}`,
				);
			}
		});
		t.log(`${cuts} cuts`);
		t.true(cuts > thin(4_000, 100));
	});
}

test("a second cut during the recovery from the first loses nothing either", (t) => {
	const blank = formatted();
	let cuts = 0;
	let seed = 0;
	replaySteps(blank, recordSteps(blank, 40), (image, step) => {
		seed += 1;
		const tear = tearModels[seed % tearModels.length] ?? "noise";
		const { length } = step.change.after;
		const first = tornMedia(image, step, new Random(seed).below(length), tear, seed);
		const dry = first.restart();
		opened(dry)[0].append([recordOf(1)]);
		for (let atChange = 1 + (seed % 5); atChange <= dry.changeCount; atChange += stride(5, 40)) {
			const second = first.restart({ cut: { atChange, tear, seed: seed + atChange } });
			const problem = afterSecondCut(second, step.progress);
			if (problem === "no cut") continue;
			cuts += 1;
			t.is(problem, undefined, `change ${seed}, then change ${atChange} of the recovery`);
		}
	});
	t.log(`${cuts} double cuts`);
	t.true(cuts > thin(3_000, 60));
});

/** Recovers until the power goes again, then for good. Whatever the first recovery said must still hold. */
function afterSecondCut(storage: MemoryStorage, { confirmed, inFlight }: Progress) {
	let promised: Progress = { confirmed, inFlight };
	const isCut = ranOutOfPower(() => {
		const [journal, { lastSequence }] = opened(storage);
		const known = [...confirmed, ...inFlight].slice(0, lastSequence);
		promised = { confirmed: known, inFlight: [recordOf(lastSequence + 1)] };
		journal.append(promised.inFlight);
	});
	if (!isCut) return "no cut";
	const [journal, report] = opened(storage.restart());
	return brokenPromise(journal, report, promised);
}

test("writes that were not synced may be lost in any choice", (t) => {
	const blank = formatted();
	let cuts = 0;
	for (let atChange = 1; atChange <= 800; atChange += stride(1)) {
		const tear = tearModels[atChange % tearModels.length] ?? "noise";
		const cut = { atChange, unsynced: "reordered", tear, seed: atChange } as const;
		const storage = blank.restart({ cut });
		const progress: Progress = { confirmed: [], inFlight: [] };
		const journal = journalOn(storage);
		const isCut = ranOutOfPower(() => {
			journal.open();
			runWorkload(journal, { groups: 60, progress });
		});
		if (!isCut) continue;
		cuts += 1;
		t.is(recoverAndCheck(storage.restart(), progress), undefined, `change ${atChange}`);
	}
	t.true(cuts > thin(700, 30));
});

test("a thousand cuts in a row, at any change, neither lose a record nor fill the ring", (t) => {
	let storage = formatted();
	const random = new Random(4);
	let confirmed = 0;
	for (let round = 0; round < thin(1_000); round++) {
		const cut = { atChange: 1 + random.below(90), tear: "noise", seed: round } as const;
		storage = storage.restart({ cut });
		ranOutOfPower(() => {
			const [journal, report] = opened(storage);
			t.true(report.lastSequence >= confirmed, `round ${round}`);
			confirmed = report.lastSequence;
			for (;;) {
				journal.append([recordOf(confirmed + 1)]);
				confirmed += 1;
				journal.acknowledge(confirmed, journal.head.chain);
				journal.reclaim(confirmed - 30);
			}
		});
	}
	const [journal, report] = opened(storage.restart());
	t.true(report.lastSequence >= confirmed);
	t.true(confirmed > thin(1_000, 50), `${confirmed} records`);
	t.true(journal.usage().percent < 80);
	journal.scan(journal.firstSequence, confirmed, (sequence, { payload }) => {
		t.deepEqual(payload, recordOf(sequence).payload);
	});
});

test("a terminal that is always switched off at the plug does not fill its ring", (t) => {
	let storage = formatted();
	for (let start = 1; start <= 100; start++) {
		const [journal] = opened(storage);
		journal.append([recordOf(start)]);
		storage = storage.restart();
	}
	const [journal, report] = opened(storage);
	t.is(report.lastSequence, 100);
	t.true(journal.usage().percent < 90);
});

test("media built to keep a recovery busy are opened for reading only", (t) => {
	const storage = formatted({ sizeBytes: 1_048_576, sectorBytes: 4_096 }, 16_384);
	const [journal] = opened(storage);
	journal.append([recordOf(1)]);
	journal.close();
	plantFalseFrames(storage);
	const image = storage.image();
	const [readOnly, report] = opened(storage);
	t.true(report.readOnly);
	t.false(report.clean);
	t.throws(() => readOnly.append([recordOf(2)]), { code: "MEDIA_FORMAT" });
	t.deepEqual(storage.image(), image);
});
