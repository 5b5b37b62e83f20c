import { randomBytes } from "node:crypto";
import test, { type ExecutionContext } from "ava";
import { type BrokerPlace, brokerPlaces } from "../../_helper/brokers.ts";
import { FakeJournal } from "../../_helper/fake-terminal.ts";
import { startTestHost } from "../../_helper/hosts.ts";

async function setUp(t: ExecutionContext, { choice }: BrokerPlace) {
	const made = await startTestHost(t, { broker: choice });
	const name = `till-${randomBytes(6).toString("hex")}`;
	const till = await made.enrolled(name);
	return { ...made, till, name };
}

for (const place of await brokerPlaces()) {
	test(`${place.name}: records are acknowledged with the chain they end in`, async (t) => {
		const { host, till, name } = await setUp(t, place);
		for (let sale = 0; sale < 5; sale++) till.journal.sell();
		const welcome = await till.greet(0);
		t.is(welcome.body.watermark, 0);
		await till.send("batch", till.journal.batch(1));
		const ack = await till.waitFor("ack");
		t.is(ack.body.watermark, 10);
		t.deepEqual(ack.body.chain, till.journal.chainAt(10));
		t.is((await host.store.getTerminal(name)).watermark, 10);
	});

	test(`${place.name}: what came early is taken when the hole is filled`, async (t) => {
		const { host, till } = await setUp(t, place);
		for (let sale = 0; sale < 6; sale++) till.journal.sell();
		await till.send("batch", till.journal.batch(5, 8));
		const nak = await till.waitFor("nak");
		t.deepEqual(nak.body, { from: 1, to: 4 });
		await till.send("batch", till.journal.batch(9, 12));
		await till.send("batch", till.journal.batch(1, 4));
		await till.acknowledged(12);
		t.true(host.ingest.counters().gaps >= 1);
	});

	test(`${place.name}: copies and overlaps are acknowledged and stored once`, async (t) => {
		const { host, till, name } = await setUp(t, place);
		for (let sale = 0; sale < 20; sale++) till.journal.sell();
		for (const [from, to] of [
			[1, 10],
			[1, 10],
			[6, 15],
			[2, 5],
			[11, 40],
		] as const) {
			await till.send("batch", till.journal.batch(from, to));
		}
		await till.acknowledged(40);
		await host.idle();
		const verification = await host.store.verifyStream({ terminal: name, epoch: 1 });
		t.deepEqual(verification.problems, []);
		t.is(verification.records, 40);
		t.is((await host.store.listTransactions({ ...whole(name) })).length, 20);
	});

	test(`${place.name}: the state that a terminal announces is followed`, async (t) => {
		const { host, till, name } = await setUp(t, place);
		const told = changeTo(host, name);
		await till.sendState("ready");
		await told;
		t.is((await host.store.getTerminal(name)).state, "ready");
		const lost = changeTo(host, name);
		till.vanish();
		await lost;
		t.is((await host.store.getTerminal(name)).state, "lost");
	});
}

test("a forged, a cut and a foreign message change nothing", async (t) => {
	const { host, enrolled } = await startTestHost(t);
	const till = await enrolled("till-0001");
	const other = await enrolled("till-0002");
	till.journal.sell();
	const good = till.journal.seal("batch", till.journal.batch(1), till.key);
	const forged = till.journal.seal("batch", till.journal.batch(1), other.key);
	await till.sendRaw(forged);
	await till.sendRaw(good.slice(0, good.length - 7));
	await other.sendRaw(good);
	await till.sendRaw(randomBytes(300));
	await other.greet(0);
	const { forged: forgedCount, malformed, wrongTopic, records } = host.ingest.counters();
	t.deepEqual([forgedCount, malformed, wrongTopic, records], [1, 2, 1, 0]);
	t.is((await host.store.getTerminal("till-0001")).watermark, 0);
	t.is(till.received.filter(({ type }) => type !== "enrolled").length, 0);
});

test("a terminal with its own good key cannot write into another's stream", async (t) => {
	const { host, enrolled } = await startTestHost(t);
	await enrolled("till-0001");
	const thief = await enrolled("till-0002");
	const victim = new FakeJournal("till-0001", 1);
	victim.sell();
	await thief.sendRaw(victim.seal("batch", victim.batch(1), thief.key));
	await thief.greet(0);
	t.is(host.ingest.counters().wrongTopic, 1);
	t.is((await host.store.getTerminal("till-0001")).watermark, 0);
});

test("a fork freezes the stream, keeps both sides and is told to a person", async (t) => {
	const { host, enrolled } = await startTestHost(t);
	const till = await enrolled("till-0001");
	till.journal.sell(100);
	await till.send("batch", till.journal.batch(1));
	await till.acknowledged(2);
	const original = till.journal;
	till.journal = new FakeJournal("till-0001", 1);
	till.journal.sell(999);
	await till.send("batch", till.journal.batch(1));
	const welcome = await till.greet(0);
	t.true(welcome.body.frozen);
	const address = { terminal: "till-0001", epoch: 1 };
	const [kept] = await host.store.listEvidence(address);
	t.is(kept?.type, "fork");
	t.deepEqual(kept?.records.at(-1)?.chain, till.journal.chainAt(2));
	const held = await host.store.readRecords({ ...address, from: 1, to: 2 });
	t.deepEqual(held.at(-1)?.chain, original.chainAt(2));
	const [incident] = await host.store.listIncidents({ terminal: "till-0001" });
	t.is(incident?.type, "fork");
});

test("destroyed records are a loss with its exact range, and the stream goes on", async (t) => {
	const { host, enrolled } = await startTestHost(t);
	const till = await enrolled("till-0001");
	for (let sale = 0; sale < 5; sale++) till.journal.sell();
	await till.send("batch", till.journal.batch(1, 3));
	const [next] = till.journal.batch(7, 7).records;
	const nextChain = till.journal.chainAt(7);
	await till.send("loss", { from: 4, to: 6, next: next ?? null, nextChain });
	await till.send("batch", till.journal.batch(8, 10));
	await till.acknowledged(10);
	const address = { terminal: "till-0001", epoch: 1 };
	const verification = await host.store.verifyStream(address);
	t.deepEqual(verification.problems, []);
	t.is(verification.records, 7);
	t.deepEqual(
		verification.losses.map(({ fromSeq, toSeq, missingFrom }) => [fromSeq, toSeq, missingFrom]),
		[[4, 6, 4]],
	);
});

function whole(terminal: string) {
	return { terminal, epoch: 1, from: 1, to: Number.MAX_SAFE_INTEGER };
}

function changeTo(
	host: { onChange: (listener: (change: { type: string }) => void) => () => void },
	terminal: string,
): Promise<void> {
	return new Promise((resolve) => {
		const stop = host.onChange((change) => {
			if (change.type !== "terminal" || !("terminal" in change)) return;
			if (change.terminal !== terminal) return;
			stop();
			resolve();
		});
	});
}
