import { once } from "node:events";
import { connect, type Socket } from "node:net";
import test, { type ExecutionContext } from "ava";
import { connectAsync, type IClientOptions, type MqttClient } from "mqtt";
import { topicsOf } from "../../../protocol/topic.ts";
import { startTestHost, type TestHost } from "../../_helper/hosts.ts";

const own = topicsOf("shop", "till-0001");
const others = topicsOf("shop", "till-0002");

async function setUp(t: ExecutionContext, changed: { anonymous?: "read" | "all" } = {}) {
	const made = await startTestHost(t, { broker: { embedded: 0, ...changed } });
	for (const terminal of ["till-0001", "till-0002"]) {
		await made.host.store.addTerminal({ tenant: "shop", terminal });
	}
	return made;
}

async function client(
	t: ExecutionContext,
	{ host }: TestHost,
	options: IClientOptions,
): Promise<MqttClient> {
	const url = `mqtt://127.0.0.1:${host.brokerPort}`;
	const connected = await connectAsync(url, { reconnectPeriod: 0, ...options }, false);
	t.teardown(() => connected.endAsync(true));
	return connected;
}

/** True when the broker answers a publication by ending the connection. */
async function isThrownOut(connected: MqttClient, topic: string): Promise<boolean> {
	const closed = new Promise<boolean>((resolve) => connected.once("close", () => resolve(true)));
	const published = connected.publishAsync(topic, "x", { qos: 1 }).then(
		() => false,
		() => true,
	);
	return Promise.race([closed, published]);
}

test("a terminal writes its own topics only", async (t) => {
	const made = await setUp(t);
	for (const topic of [own.up, own.state, own.description]) {
		t.false(await isThrownOut(await client(t, made, { username: "till-0001" }), topic), topic);
	}
	for (const topic of [own.down, others.up, others.state, "closeout/1/shop/x", "elsewhere"]) {
		t.true(await isThrownOut(await client(t, made, { username: "till-0001" }), topic), topic);
	}
});

test("a terminal reads its own down topic only", async (t) => {
	const made = await setUp(t);
	const till = await client(t, made, { username: "till-0001" });
	t.deepEqual((await till.subscribeAsync(own.down, { qos: 1 }))[0]?.qos, 1);
	for (const topic of [others.down, own.up, "closeout/1/shop/+/down", "#"]) {
		await t.throwsAsync(till.subscribeAsync(topic, { qos: 1 }), undefined, topic);
	}
});

test("shared subscriptions are refused instead of granted and never served", async (t) => {
	const made = await setUp(t, { anonymous: "read" });
	const watcher = await client(t, made, {});
	await t.throwsAsync(watcher.subscribeAsync("$share/g/closeout/1/+/+/up", { qos: 1 }));
});

test("who has no name, no terminal or no password of the host stays outside", async (t) => {
	const made = await setUp(t);
	await t.throwsAsync(client(t, made, {}));
	await t.throwsAsync(client(t, made, { username: "till-9999" }));
	await t.throwsAsync(client(t, made, { username: "host", password: "guess" }));
});

test("a watcher of a demonstration reads and cannot write", async (t) => {
	const made = await setUp(t, { anonymous: "read" });
	const watcher = await client(t, made, {});
	t.is((await watcher.subscribeAsync("closeout/#", { qos: 0 }))[0]?.qos, 0);
	t.true(await isThrownOut(watcher, own.up));
});

test("a packet above the limit ends the connection before it is gathered", async (t) => {
	const { host } = await setUp(t);
	const socket: Socket = connect(host.brokerPort ?? 0, "127.0.0.1");
	t.teardown(() => socket.destroy());
	await once(socket, "connect");
	const closed = once(socket, "close");
	// A PUBLISH that announces 256 MiB.
	socket.write(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]));
	socket.on("error", () => undefined);
	await closed;
	t.pass();
});
