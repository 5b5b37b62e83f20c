import test from "ava";
import { CloseoutError } from "../../../protocol/error.ts";
import { stride, thin } from "../../_helper/effort.ts";
import { formatted, journalOn, opened, recordOf } from "../../_helper/journal.ts";
import { brokenPromise, type Progress, runWorkload } from "../../_helper/journal-workload.ts";
import type { Failure } from "../../_helper/memory-storage.ts";

const cases: readonly Omit<Failure, "at">[] = [
	{ operation: "read" },
	{ operation: "write" },
	{ operation: "write", manner: "silent" },
	{ operation: "write", manner: "short" },
	{ operation: "erase" },
	{ operation: "erase", manner: "silent" },
	{ operation: "sync" },
];

for (const { operation, manner = "error" } of cases) {
	for (const forever of [false, true]) {
		test(`nothing confirmed is lost when the n-th ${operation} fails (${manner}, ${forever ? "for good" : "once"})`, (t) => {
			let failed = 0;
			for (let at = 1; at <= 150; at += stride(1)) {
				const storage = formatted().restart({ failures: [{ operation, at, forever, manner }] });
				const progress: Progress = { confirmed: [], inFlight: [] };
				const journal = journalOn(storage);
				const error = caught(() => {
					journal.open();
					runWorkload(journal, { groups: 30, progress });
				});
				if (error) failed += 1;
				if (error && progress.inFlight.length > 0)
					t.throws(() => journal.head, { code: "STORAGE_SYNC" }, "it is fenced");
				const [again, report] = opened(storage.restart());
				t.is(brokenPromise(again, report, progress), undefined, `call ${at}`);
				t.is(again.append([recordOf(1)]), report.lastSequence + 1);
			}
			t.log(`${failed} runs stopped`);
			if (forever) t.true(failed > thin(100));
		});
	}
}

/** The storage error that a run ended in, if it did. */
function caught(run: () => void): CloseoutError | undefined {
	try {
		run();
		return undefined;
	} catch (error) {
		const isKnown = error instanceof CloseoutError && /^STORAGE_|MEDIA_FORMAT/.test(error.code);
		if (!isKnown) throw error;
		return error;
	}
}

test("after a failed sync nothing goes on until the journal is opened again", (t) => {
	const storage = formatted();
	const [journal] = opened(storage);
	journal.append([recordOf(1)]);
	storage.setFaults({ failures: [{ operation: "sync", at: storage.calls.sync + 1 }] });
	t.throws(() => journal.append([recordOf(2)]), { code: "STORAGE_SYNC" });
	const { write } = storage.calls;
	t.throws(() => journal.append([recordOf(3)]), { code: "STORAGE_SYNC" });
	t.throws(() => journal.read(1), { code: "STORAGE_SYNC" });
	t.is(storage.calls.write, write, "nothing is tried again");
	const report = journal.open();
	t.false(report.clean);
	t.true(report.rebuilt);
	t.is(journal.append([recordOf(4)]), report.lastSequence + 1);
});

test("storage that lies about sync may lose records, but shows no phantom and goes on", (t) => {
	for (let seed = 1; seed <= 300; seed += stride(1)) {
		const storage = formatted().restart({
			lyingSync: true,
			cut: { atChange: 20 + seed, unsynced: "reordered", tear: "noise", seed },
		});
		const progress: Progress = { confirmed: [], inFlight: [] };
		const journal = journalOn(storage);
		t.throws(() => {
			journal.open();
			runWorkload(journal, { groups: 60, progress });
		});
		const after = journalOn(storage.restart());
		const error = caught(() => after.open());
		if (error) continue;
		const records = [...progress.confirmed, ...progress.inFlight];
		after.scan(1, records.length, (sequence, { payload }) =>
			t.deepEqual(payload, records[sequence - 1]?.payload, `seed ${seed}`),
		);
		t.true(after.append([recordOf(1)]) > 0);
	}
});
