import test from "ava";
import type { JournalRecord } from "../../../protocol/media.ts";
import { formatted, opened, recordOf } from "../../_helper/journal.ts";

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
	const { head } = journal;
	journal.close();
	const [again, report] = opened(storage.restart());
	t.true(report.clean);
	t.deepEqual(again.head, head);
	t.deepEqual(again.read(57), before[56]);
	t.is(again.append([recordOf(101), recordOf(102)]), 101);
	t.is(again.head.sequence, 102);
});
