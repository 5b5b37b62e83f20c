import test from "ava";
import { encodeCbor } from "../../../protocol/cbor.ts";
import { bytesOfPostgres, bytesOfSqlite } from "../../_helper/database-bytes.ts";
import { FakeJournal } from "../../_helper/fake-terminal.ts";
import { startTestHost } from "../../_helper/hosts.ts";
import { storePlaces } from "../../_helper/stores.ts";

const number = "4111111111111111";
const hostile = { kind: 250, flags: 1, payload: encodeCbor([0, 0, 1, 5, `nr ${number}`]) };

for (const place of await storePlaces()) {
	test(`${place.name}: a batch with a card number freezes the stream, and nothing of it is kept`, async (t) => {
		const database = await place.make(t);
		const { host, enrolled } = await startTestHost(t, { database });
		const till = await enrolled("till-0001");
		till.journal.sell();
		till.journal.appendWire(hostile);
		await till.send("batch", till.journal.batch(1));
		t.true((await till.greet(0)).body.frozen);
		// On a stream that is frozen already, what comes is kept as evidence, but not this.
		await till.send("batch", till.journal.batch(1));
		await till.greet(0);
		const address = { terminal: "till-0001", epoch: 1 };
		t.is((await host.store.getTerminal("till-0001")).watermark, 0);
		t.deepEqual(await host.store.listEvidence(address), []);
		const [incident] = await host.store.listIncidents({ terminal: "till-0001" });
		t.is(incident?.type, "card");
		t.regex(incident?.detail ?? "", /^record 3, 250\.4, holds what looks like a card number/);
		t.is(incident?.count, 2);
		t.is(host.ingest.counters().cardData, 2);
		t.is(till.received.filter(({ type }) => type === "ack").length, 0);
		await host.idle();
		const bytes =
			"sqlite" in database
				? await bytesOfSqlite(database.sqlite)
				: await bytesOfPostgres(named(database));
		t.true(Buffer.from(bytes).includes("till-0001"), "the search finds what is there");
		t.false(Buffer.from(bytes).includes(number));
	});
}

test("a card number behind destroyed records is refused alike", async (t) => {
	const { host, enrolled } = await startTestHost(t);
	const till = await enrolled("till-0001");
	till.journal = new FakeJournal("till-0001", 1);
	till.journal.appendWire(hostile);
	const nextChain = till.journal.chainAt(1);
	await till.send("loss", { from: 1, to: 0, next: hostile, nextChain });
	t.true((await till.greet(0)).body.frozen);
	const [incident] = await host.store.listIncidents({ terminal: "till-0001" });
	t.regex(incident?.detail ?? "", /^record 1, /);
});

test("a message that is no record and holds a card number is dropped unread", async (t) => {
	const { host, enrolled } = await startTestHost(t);
	const till = await enrolled("till-0001");
	await till.send("hello", { ...till.journal.hello(0, 1), firmware: number });
	await till.send("hello", { ...till.journal.hello(0, 1), last: Number(number) });
	await till.send("commandResult", { hostSequence: 1, accepted: false, detail: number });
	await till.greet(0);
	t.is(host.ingest.counters().cardData, 3);
	t.is(host.ingest.counters().hello, 1);
});

function named(database: { readonly postgres: string; readonly schema?: string }) {
	return { postgres: database.postgres, schema: database.schema ?? "closeout" };
}
