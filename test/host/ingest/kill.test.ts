import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { enrolInStore } from "../../_helper/enrol.ts";
import { FakeTerminal } from "../../_helper/fake-link.ts";
import { FakeJournal } from "../../_helper/fake-terminal.ts";
import { makeFolder } from "../../_helper/hosts.ts";
import { openTestStore } from "../../_helper/stores.ts";

const script = join(import.meta.dirname, "../../_helper/host-process.ts");
const stream = { terminal: "till-0001", epoch: 1 };

async function spawnHost(t: ExecutionContext, dataDir: string) {
	const child = spawn(process.execPath, [script, dataDir, "0"], {
		stdio: ["ignore", "pipe", "inherit"],
	});
	t.teardown(() => child.kill("SIGKILL"));
	const [line] = await once(child.stdout, "data");
	return { child, url: `mqtt://127.0.0.1:${String(line).trim()}` };
}

async function kill(child: ChildProcess): Promise<void> {
	const exited = once(child, "exit");
	child.kill("SIGKILL");
	await exited;
}

test("every record that was acknowledged is there after the host is killed", async (t) => {
	const dataDir = await makeFolder(t);
	const location = { sqlite: join(dataDir, "host.db") };
	const setUp = await openTestStore(t, location);
	const { key } = await enrolInStore(setUp, stream.terminal);
	await setUp.close();
	const journal = new FakeJournal(stream.terminal, stream.epoch);
	for (let sale = 0; sale < 200; sale++) journal.sell(sale);

	let acknowledged = 0;
	for (const killAfter of [60, 150, 290]) {
		const { child, url } = await spawnHost(t, dataDir);
		const till = await FakeTerminal.connect({ url, tenant: "shop", terminal: stream.terminal });
		t.teardown(() => till.close());
		till.journal = journal;
		till.key = key;
		const welcome = await till.greet(acknowledged);
		t.true(welcome.body.watermark >= acknowledged, "the host went back behind its word");
		for (let from = welcome.body.watermark + 1; from <= journal.last; from += 10) {
			await till.send("batch", journal.batch(from, from + 9));
			if (from + 9 >= killAfter) break;
		}
		await till.acknowledged(killAfter - 20);
		await kill(child);
		for (const message of till.received) {
			if (message.type === "ack") acknowledged = Math.max(acknowledged, message.body.watermark);
		}
		const store = await openTestStore(t, location);
		const { problems, records, watermark } = await store.verifyStream(stream);
		t.deepEqual(problems, []);
		t.true(watermark >= acknowledged);
		t.is(records, watermark);
		await store.close();
	}
	t.true(acknowledged >= 270);
});
