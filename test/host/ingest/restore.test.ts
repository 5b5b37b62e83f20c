import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { FakeTerminal } from "../../_helper/fake-link.ts";
import { makeFolder, startTestHost } from "../../_helper/hosts.ts";

/** A host that has lost the records after 10, and a terminal that was told it holds 30. */
async function restoreOlderBackup(t: ExecutionContext) {
	const dataDir = await makeFolder(t);
	const backup = join(await makeFolder(t), "backup.db");
	const first = await startTestHost(t, { dataDir });
	const till = await first.enrolled("till-0001");
	for (let sale = 0; sale < 15; sale++) till.journal.sell();
	await till.send("batch", till.journal.batch(1, 10));
	await till.acknowledged(10);
	await till.close();
	await first.host.close();
	await copyFile(join(dataDir, "host.db"), backup);

	const second = await startTestHost(t, { dataDir });
	const again = await reconnect(t, second.url, till);
	await again.send("batch", again.journal.batch(11, 30));
	await again.acknowledged(30);
	await again.close();
	await second.host.close();
	await copyFile(backup, join(dataDir, "host.db"));

	const third = await startTestHost(t, { dataDir });
	return { host: third.host, till: await reconnect(t, third.url, till) };
}

async function reconnect(
	t: ExecutionContext,
	url: string,
	{ tenant, terminal, journal, key }: FakeTerminal,
): Promise<FakeTerminal> {
	const fake = await FakeTerminal.connect({ url, tenant, terminal });
	t.teardown(() => fake.close());
	fake.journal = journal;
	fake.key = key;
	return fake;
}

test("a host restored from an older backup asks below the terminal's watermark", async (t) => {
	const { host, till } = await restoreOlderBackup(t);
	const welcome = await till.greet(30);
	t.is(welcome.body.watermark, 10);
	t.false(welcome.body.frozen);
	const nak = await till.waitFor("nak");
	t.deepEqual(nak.body, { from: 11, to: 30 });
	await till.send("batch", till.journal.batch(11, 30));
	await till.acknowledged(30);
	const { problems, records } = await host.store.verifyStream({ terminal: "till-0001", epoch: 1 });
	t.deepEqual(problems, []);
	t.is(records, 30);
});

test("what the terminal has not kept either is a loss with its range", async (t) => {
	const { host, till } = await restoreOlderBackup(t);
	await till.greet(30, 21);
	await till.waitFor("nak");
	const [next = null] = till.journal.batch(21, 21).records;
	await till.send("loss", { from: 11, to: 20, next, nextChain: till.journal.chainAt(21) });
	await till.send("batch", till.journal.batch(22, 30));
	await till.acknowledged(30);
	const { problems, losses } = await host.store.verifyStream({ terminal: "till-0001", epoch: 1 });
	t.deepEqual(problems, []);
	t.deepEqual(
		losses.map(({ fromSeq, toSeq }) => [fromSeq, toSeq]),
		[[11, 20]],
	);
});
