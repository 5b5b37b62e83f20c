import { once } from "node:events";
import { createServer } from "node:net";
import test from "ava";
import { createLog } from "../../host/log.ts";
import { startHost } from "../../host/start.ts";
import { makeFolder, startTestHost } from "../_helper/hosts.ts";

test("a host that cannot have its port says which and leaves nothing running", async (t) => {
	const taken = createServer().listen(0, "127.0.0.1");
	t.teardown(() => taken.close());
	await once(taken, "listening");
	const address = taken.address();
	const port = typeof address === "object" && address !== null ? address.port : 0;
	const dataDir = await makeFolder(t);
	const log = createLog("silent");
	const error = await t.throwsAsync(startHost({ dataDir, broker: { embedded: port }, log }), {
		code: "BROKER",
	});
	t.true(error?.message.includes(String(port)));
	const { host } = await startTestHost(t, { dataDir });
	t.deepEqual(await host.store.listTerminals(), []);
});

test("an external broker that does not answer is named", async (t) => {
	const dataDir = await makeFolder(t);
	const broker = { url: "mqtt://127.0.0.1:1" };
	await t.throwsAsync(startHost({ dataDir, broker, log: createLog("silent") }), {
		code: "BROKER",
		message: /mqtt:\/\/127\.0\.0\.1:1/,
	});
});

test("closing twice is no fault, and terminals stay known", async (t) => {
	const { host, dataDir, enrolled } = await startTestHost(t);
	await enrolled("till-0001");
	await host.close();
	await host.close();
	const again = await startTestHost(t, { dataDir });
	t.is((await again.host.store.getTerminal("till-0001")).epoch, 1);
});

test("secrets never reach the log", (t) => {
	const lines: string[] = [];
	const log = createLog("debug", { write: (line) => lines.push(line) });
	log.info({ code: "123456789012345678901234", key: "s3cret", inner: { password: "p4ss" } }, "x");
	const text = lines.join("");
	t.is(lines.length, 1);
	t.false(/1234567890|s3cret|p4ss/.test(text));
});

test("a silent log writes nothing while a terminal is enrolled", async (t) => {
	const lines: string[] = [];
	const log = createLog("silent", { write: (line) => lines.push(line) });
	const { enrolled } = await startTestHost(t, { log });
	await enrolled("till-0001");
	t.deepEqual(lines, []);
});
