import test from "ava";
import { startTestHost } from "../../_helper/hosts.ts";

test("records are acknowledged with the chain they end in", async (t) => {
	const { host, enrolled } = await startTestHost(t);
	const till = await enrolled("till-0001");
	for (let sale = 0; sale < 5; sale++) till.journal.sell();
	await till.send("hello", till.journal.hello(0));
	const welcome = await till.waitFor("welcome");
	t.is(welcome.body.watermark, 0);
	await till.send("batch", till.journal.batch(1));
	const ack = await till.waitFor("ack");
	t.is(ack.body.watermark, 10);
	t.deepEqual(ack.body.chain, till.journal.chainAt(10));
	t.is((await host.store.getTerminal("till-0001")).watermark, 10);
});

test("a hole is asked for once, and what came early is taken when the hole is filled", async (t) => {
	const { host, enrolled } = await startTestHost(t);
	const till = await enrolled("till-0001");
	for (let sale = 0; sale < 6; sale++) till.journal.sell();
	await till.send("batch", till.journal.batch(5, 8));
	const nak = await till.waitFor("nak");
	t.deepEqual(nak.body, { from: 1, to: 4 });
	await till.send("batch", till.journal.batch(9, 12));
	await till.send("batch", till.journal.batch(1, 4));
	await till.acknowledged(12);
	t.is(till.received.filter(({ type }) => type === "nak").length, 1);
	t.is(host.ingest.counters().gaps, 2);
});
