import { randomBytes } from "node:crypto";
import test from "ava";
import { startTestHost } from "../../_helper/hosts.ts";

test("a code opens epoch 1 and a lost answer is given again", async (t) => {
	const { host, connect } = await startTestHost(t);
	const till = await connect("till-0001");
	const { code } = await host.createEnrolment("till-0001");
	const nonce = randomBytes(16);
	t.is(await till.enrol(code, nonce), 1);
	const key = till.key;
	t.is(await till.enrol(code, nonce), 1);
	t.deepEqual(till.key, key);
	t.is((await host.store.listStreams("till-0001")).length, 1);
	t.is(host.ingest.counters().enrolled, 1);
});

test("a used code opens nothing for another terminal life", async (t) => {
	const { host, connect } = await startTestHost(t);
	const till = await connect("till-0001");
	const { code } = await host.createEnrolment("till-0001");
	await till.enrol(code);
	await till.askToEnrol(code);
	await till.greet(0);
	t.is(host.ingest.counters().enrolmentRefused, 1);
	t.is((await host.store.getTerminal("till-0001")).epoch, 1);
});

test("a wrong code and an expired one are refused", async (t) => {
	let nowMs = 1_795_305_600_000;
	const { host, connect } = await startTestHost(t, { nowMs: () => nowMs });
	const till = await connect("till-0001");
	const { code } = await host.createEnrolment("till-0001");
	const wrong = `${code.slice(0, 23)}${(Number(code[23]) + 1) % 10}`;
	await till.askToEnrol(wrong);
	nowMs += 86_400_000;
	await till.askToEnrol(code);
	const other = await connect("till-0002");
	await other.enrol((await host.createEnrolment("till-0002")).code);
	const { forged, enrolmentRefused, enrolled } = host.ingest.counters();
	t.deepEqual([forged, enrolmentRefused, enrolled], [1, 1, 1]);
	t.is((await host.store.getTerminal("till-0001")).epoch, 0);
});

test("a new code makes the one before it void", async (t) => {
	const { host, connect } = await startTestHost(t);
	const till = await connect("till-0001");
	const first = await host.createEnrolment("till-0001");
	const second = await host.createEnrolment("till-0001");
	await till.askToEnrol(first.code);
	t.is(await till.enrol(second.code), 1);
	t.is(host.ingest.counters().forged, 1);
});

test("a second enrolment fences the first life and says how many records may be lost", async (t) => {
	const { host, connect } = await startTestHost(t);
	const till = await connect("till-0001");
	await till.enrol((await host.createEnrolment("till-0001")).code);
	for (let sale = 0; sale < 5; sale++) till.journal.sell();
	await till.send("batch", till.journal.batch(1, 6));
	await till.acknowledged(6);
	await till.greet(6);
	const old = { journal: till.journal, key: till.key };
	t.is(await till.enrol((await host.createEnrolment("till-0001")).code), 2);
	const [fenced, open] = await host.store.listStreams("till-0001");
	t.is(fenced?.maybeLost, 4);
	t.is(open?.epoch, 2);
	const [incident] = await host.store.listIncidents({ terminal: "till-0001" });
	t.is(incident?.detail, "fenced at record 6: 4 records may be lost");
	await till.sendRaw(old.journal.seal("batch", old.journal.batch(7, 10), old.key));
	await till.greet(0);
	t.is(host.ingest.counters().refused, 1);
	t.is((await host.store.listStreams("till-0001"))[0]?.watermark, 6);
});

test("the code itself is nowhere in the database, and its key goes with the first hello", async (t) => {
	const { host, enrolled } = await startTestHost(t);
	const till = await enrolled("till-0001");
	t.is((await host.store.enrolmentKeys("till-0001", "shop")).length, 1);
	await till.greet(0);
	t.is((await host.store.enrolmentKeys("till-0001", "shop")).length, 0);
});
