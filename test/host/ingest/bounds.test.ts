import test from "ava";
import { EarlyDeliveries } from "../../../host/ingest/early.ts";
import { NakGate } from "../../../host/ingest/gate.ts";
import {
	EARLY_BATCHES_MAX,
	EARLY_BATCHES_TOTAL_MAX,
	NAK_INTERVAL_MS,
} from "../../../protocol/limits.ts";
import { FakeJournal } from "../../_helper/fake-terminal.ts";

const stream = { terminal: "till-0001", epoch: 1 };

test("the same hole is asked for once an interval, another one at once", (t) => {
	let nowMs = 0;
	const gate = new NakGate(() => nowMs);
	t.true(gate.mayAsk(stream, 5));
	nowMs = NAK_INTERVAL_MS - 1;
	t.false(gate.mayAsk(stream, 5));
	t.true(gate.mayAsk(stream, 9));
	t.true(gate.mayAsk({ ...stream, epoch: 2 }, 5));
	nowMs += NAK_INTERVAL_MS;
	t.true(gate.mayAsk(stream, 9));
	nowMs += NAK_INTERVAL_MS - 1;
	t.false(gate.mayAsk(stream, 9));
});

test("of as many streams as fit it is known what they were asked, the oldest is forgotten first", (t) => {
	const gate = new NakGate(() => 0, { entriesMax: 2 });
	const ask = (epoch: number) => gate.mayAsk({ ...stream, epoch }, 5);
	t.deepEqual([1, 2, 1, 2, 3, 2, 3, 1, 3, 2].map(ask), [
		...[true, true, false, false, true],
		...[false, false, true, false, true],
	]);
	t.true(gate.mayAsk({ ...stream, epoch: 1 }, 6), "another hole makes a stream new");
	t.true(gate.mayAsk({ ...stream, epoch: 4 }, 5));
	t.false(gate.mayAsk({ ...stream, epoch: 1 }, 6));
});

test("early batches are given back in order when their time has come", (t) => {
	const journal = new FakeJournal("till-0001");
	for (let sale = 0; sale < 10; sale++) journal.sell();
	const early = new EarlyDeliveries();
	for (const from of [13, 9, 5, 9]) {
		t.true(early.hold({ ...stream, type: "batch", body: journal.batch(from, from + 3) }));
	}
	t.is(early.count, 3);
	t.deepEqual(early.take(stream, 3), []);
	t.deepEqual(
		early.take(stream, 8).map(({ body }) => body.from),
		[5, 9],
	);
	t.is(early.count, 1);
});

test("early batches are bounded for a stream and over all", (t) => {
	const journal = new FakeJournal("till-0001");
	for (let sale = 0; sale < 10; sale++) journal.sell();
	const early = new EarlyDeliveries();
	const body = (from: number) => ({ type: "batch" as const, body: journal.batch(from, from) });
	for (let from = 2; from < 2 + EARLY_BATCHES_MAX; from++) {
		t.true(early.hold({ ...stream, ...body(from) }));
	}
	t.false(early.hold({ ...stream, ...body(19) }));
	let held = early.count;
	for (let epoch = 2; early.hold({ ...stream, epoch, ...body(2) }); epoch++) held++;
	t.is(held, EARLY_BATCHES_TOTAL_MAX);
});
