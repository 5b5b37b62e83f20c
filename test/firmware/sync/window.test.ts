import test from "ava";
import { BATCH_RECORDS_MAX, BATCH_WINDOW_MAX } from "../../../protocol/limits.ts";
import type { FakeHost } from "./_fake-host.ts";
import { ack, batches, forever, types, type Wire, welcomed, wire } from "./_wire.ts";

test("no more batches are under way than the window has places, and each acknowledgement frees its own", (t) => {
	const made = welcomed();
	const { sync, sell, said, clock } = made;
	sell((BATCH_WINDOW_MAX + 2) * BATCH_RECORDS_MAX);
	t.is(sync.step(), 10_000);
	const first = (batch: number) => 1 + batch * BATCH_RECORDS_MAX;
	t.deepEqual(
		batches(said()),
		Array.from({ length: BATCH_WINDOW_MAX }, (_, batch) => first(batch)),
	);
	clock.advance(1_000);
	t.is(sync.step(), 9_000);
	t.deepEqual(said(), []);
	ack(made, BATCH_RECORDS_MAX - 1);
	sync.step();
	t.deepEqual(said(), [], "in part is not enough");
	ack(made, BATCH_RECORDS_MAX);
	t.is(sync.step(), 10_000);
	t.deepEqual(batches(said()), [first(BATCH_WINDOW_MAX)]);
	ack(made, (BATCH_WINDOW_MAX + 1) * BATCH_RECORDS_MAX);
	sync.step();
	t.deepEqual(batches(said()), [first(BATCH_WINDOW_MAX + 1)]);
});

test("a window without an answer is sent again from the watermark on, after ten seconds", (t) => {
	const made = welcomed();
	const { sync, sell, said, clock } = made;
	sell(2 * BATCH_RECORDS_MAX);
	sync.step();
	said();
	ack(made, 3);
	clock.advance(6_000);
	sync.step();
	clock.advance(9_999);
	t.is(sync.step(), 1);
	t.deepEqual(said(), []);
	clock.advance(1);
	t.is(sync.step(), 10_000);
	t.deepEqual(batches(said()), [4, 4 + BATCH_RECORDS_MAX]);
	clock.advance(10_000);
	ack(made, 2 * BATCH_RECORDS_MAX);
	t.is(sync.step(), forever);
	t.deepEqual(said(), [], "all has been acknowledged");
});

test("an acknowledgement of more than was sent makes the stream go on behind it", (t) => {
	const made = welcomed();
	const { sync, host, sell, said } = made;
	sell(2);
	sync.step();
	sell(2);
	said();
	const { write } = host;
	host.write = () => false;
	ack(made, 3);
	t.is(sync.step(), 1_000, "the link is full");
	host.write = write;
	sync.step();
	t.deepEqual(batches(said()), [4]);
});

test("an acknowledgement that is not newer frees the window, and one with another chain nothing", (t) => {
	const made = welcomed();
	const { sync, host, journal, sell, said, told } = made;
	sell(2);
	journal.acknowledge(2, journal.chainAt(2) ?? host.chain);
	t.is(sync.step(), 10_000);
	t.deepEqual(batches(said()), [1]);
	ack(made, 1);
	t.is(sync.step(), 10_000);
	host.say("ack", { watermark: 2, chain: new Uint8Array(32) });
	t.is(sync.step(), forever, "nothing is waited for any more");
	t.is(sync.lastAcknowledged(), null);
	t.deepEqual(told, []);
	sell(1);
	sync.step();
	host.say("ack", { watermark: 3, chain: new Uint8Array(32) });
	t.is(sync.step(), 10_000);
	t.is(journal.watermark.sequence, 2);
	t.deepEqual(told, ["error CHAIN_BROKEN acknowledgement of record 3 has another chain"]);
});

test("before a welcome neither acknowledgements nor requests count", (t) => {
	const made = wire();
	const { sync, host, journal, sell, said } = made;
	sell(2);
	sync.step();
	sync.step();
	ack(made, 2);
	host.say("nak", { from: 2, to: 2 });
	sync.step();
	t.is(journal.watermark.sequence, 0);
	said();
	made.welcome();
	sync.step();
	t.deepEqual(batches(said()), [1]);
	host.say("nak", { from: 2, to: 2 });
	sync.step();
	t.deepEqual(batches(said()), [2], "the request before it did not use up the interval");
});

test("the window goes back to what is asked for, once a second", (t) => {
	const made = welcomed();
	const { sync, host, clock, sell, said } = made;
	sell(4);
	sync.step();
	said();
	host.say("nak", { from: 3, to: 4 });
	sync.step();
	t.deepEqual(batches(said()), [3]);
	clock.advance(999);
	host.say("nak", { from: 2, to: 4 });
	sync.step();
	t.deepEqual(said(), []);
	clock.advance(1);
	host.say("nak", { from: 0, to: 4 });
	sync.step();
	t.deepEqual(batches(said()), [1]);
	clock.advance(1_000);
	ack(made, 4);
	t.is(sync.step(), forever, "only the last one was under way");
});

test("what goes on the wire is not kept by the broker, what watchers read is", (t) => {
	const made: { readonly host: FakeHost } & Wire = welcomed();
	made.sell(1);
	made.sync.step();
	t.true(made.host.published.every(({ topic, retain }) => retain === topic.includes("$")));
	t.deepEqual(types(made.said()), ["batch"]);
});

test("a window that begins again has all its places", (t) => {
	const made = welcomed();
	const { sync, host, clock, sell, said } = made;
	sell(BATCH_WINDOW_MAX * BATCH_RECORDS_MAX);
	sync.step();
	said();
	host.say("nak", { from: 1, to: 1 });
	sync.step();
	t.is(batches(said()).length, BATCH_WINDOW_MAX);
	clock.advance(10_000);
	sync.step();
	t.is(batches(said()).length, BATCH_WINDOW_MAX);
});

test("what was asked for is still sent when the link was full for a while", (t) => {
	const made = welcomed();
	const { sync, host, clock, sell, said } = made;
	sell(3);
	sync.step();
	ack(made, 3);
	sync.step();
	said();
	const { write } = host;
	host.write = () => false;
	host.say("nak", { from: 2, to: 3 });
	sync.step();
	clock.advance(10_000);
	sync.step();
	host.write = write;
	sync.step();
	t.deepEqual(batches(said()), [2]);
});
