import test from "ava";
import { startTestHost } from "../../_helper/hosts.ts";

const settle = { command: "settle", expiresS: 4_000_000_000, arguments: [] } as const;

test("a command is sent at once, again after a hello, and no more once it is answered", async (t) => {
	const { host, enrolled } = await startTestHost(t);
	const till = await enrolled("till-0001");
	const { hostSequence } = await host.ingest.sendCommand("till-0001", settle);
	const first = await till.waitFor("command");
	t.is(first.body.hostSequence, hostSequence);
	const before = till.received.length;
	await till.greet(0);
	await till.waitFor("command", before);
	const answered = new Promise<void>((resolve) => {
		host.onChange((change) => {
			if (change.type === "command") resolve();
		});
	});
	await till.send("commandResult", { hostSequence, accepted: true, detail: "done" });
	await answered;
	const after = till.received.length;
	await till.greet(0);
	const next = await host.ingest.sendCommand("till-0001", settle);
	const second = await till.waitFor("command", after);
	t.is(second.body.hostSequence, next.hostSequence);
	const [newest, oldest] = await host.store.listCommands("till-0001", "all");
	t.is(newest?.accepted, null);
	t.like(oldest, { accepted: true, detail: "done" });
});

test("a command to a terminal that is not known is refused", async (t) => {
	const { host } = await startTestHost(t);
	await t.throwsAsync(host.ingest.sendCommand("till-9999", settle), { code: "TERMINAL_UNKNOWN" });
});
