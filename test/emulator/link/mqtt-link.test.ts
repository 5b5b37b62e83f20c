import { createHmac } from "node:crypto";
import { createServer } from "node:net";
import { Aedes } from "aedes";
import test, { type ExecutionContext } from "ava";
import { connectAsync, type MqttClient } from "mqtt";
import { encodeDown, openEnvelope, upMessages } from "../../../protocol/message.ts";
import { topicsOf } from "../../../protocol/topic.ts";
import { makeWorld, settings } from "../_setup.ts";
import type { Machine } from "../machine.ts";

const topics = topicsOf("demo", "till-0001");
const hmac = (key: Uint8Array, bytes: Uint8Array) =>
	new Uint8Array(createHmac("sha256", key).update(bytes).digest());

async function startBroker(t: ExecutionContext): Promise<string> {
	const broker = await Aedes.createBroker();
	const server = createServer(broker.handle);
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	t.teardown(
		() =>
			new Promise<void>((resolve) => {
				broker.close(() => server.close(() => resolve()));
			}),
	);
	const address = server.address();
	t.true(typeof address === "object" && address !== null);
	return `mqtt://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
}

/** Acknowledges every batch that `accept` lets through. `lost` resolves when the broker says that the terminal is. */
async function startHost(t: ExecutionContext, url: string, accept: () => boolean = () => true) {
	const client: MqttClient = await connectAsync(url, { clientId: "host" });
	t.teardown(() => client.endAsync(true));
	const lost = Promise.withResolvers<void>();
	const seen = { batches: 0, lost: lost.promise };
	client.on("message", (topic, payload) => {
		if (topic === topics.state) {
			if (payload.toString() === "lost") lost.resolve();
			return;
		}
		const { number, fields } = openEnvelope(new Uint8Array(payload));
		if (number !== upMessages.batch.number) return;
		const { from, records } = upMessages.batch.body.decode([...fields], "batch");
		seen.batches += 1;
		if (!accept()) return;
		const body = { watermark: from + records.length - 1, chain: new Uint8Array(32) };
		const to = { terminal: "till-0001", epoch: 1 };
		const answer = encodeDown(to, "ack", body, { key: new Uint8Array(32), hmac });
		client.publish(topics.down, Buffer.from(answer), { qos: 1 });
	});
	await client.subscribeAsync([topics.up, topics.state], { qos: 1 });
	return seen;
}

async function setUp(t: ExecutionContext) {
	const brokerUrl = await startBroker(t);
	const world = makeWorld(t, { brokerUrl });
	const machine = await world.add(settings());
	return { brokerUrl, world, machine };
}

const acknowledged = (machine: Machine) => machine.query({});

test("a quiet link has everything sent, answered and taken", async (t) => {
	const { brokerUrl, world, machine } = await setUp(t);
	await startHost(t, brokerUrl);
	await world.act(() => machine.press(["1", "2", "3"]));
	t.deepEqual(await acknowledged(machine), { records: 3, torn: 0, acknowledged: 0 });
	await machine.quietLink();
	t.deepEqual(await acknowledged(machine), { records: 3, torn: 0, acknowledged: 3 });
	t.is(world.timeline.nowMs, 0);
});

test("nothing from the network reaches the core while time stands still", async (t) => {
	const { brokerUrl, world, machine } = await setUp(t);
	await startHost(t, brokerUrl);
	await machine.quietLink();
	await world.act(() => machine.press(["1"]));
	await machine.parts.link.quiet();
	await machine.settle();
	t.deepEqual(await acknowledged(machine), { records: 1, torn: 0, acknowledged: 0 });
	await world.advance(0);
	t.deepEqual(await acknowledged(machine), { records: 1, torn: 0, acknowledged: 1 });
});

test("with the cable out nothing is lost, and it arrives when the cable is back", async (t) => {
	const { brokerUrl, world, machine } = await setUp(t);
	const host = await startHost(t, brokerUrl);
	await machine.quietLink();
	machine.setNetwork({ state: "down" });
	await world.act(() => machine.press(["1", "2"]));
	await world.advance(60_000);
	t.deepEqual(await acknowledged(machine), { records: 2, torn: 0, acknowledged: 0 });
	await host.lost;
	machine.setNetwork({ state: "up" });
	await world.advance(10_000);
	t.deepEqual(await acknowledged(machine), { records: 2, torn: 0, acknowledged: 2 });
});

test("a lossy link only delays", async (t) => {
	const { brokerUrl, world, machine } = await setUp(t);
	const host = await startHost(t, brokerUrl);
	await machine.quietLink();
	machine.setNetwork({ state: "lossy", every: 2, seed: "bad day" });
	for (const key of ["1", "2", "3", "4", "5"] as const) {
		await world.act(() => machine.press([key]));
		await world.advance(1_000);
	}
	await world.advance(60_000);
	t.deepEqual(await acknowledged(machine), { records: 5, torn: 0, acknowledged: 5 });
	t.true(host.batches > 0);
});

test("a host that does not answer is not waited for without end", async (t) => {
	const { brokerUrl, world, machine } = await setUp(t);
	let isDeaf = true;
	await startHost(t, brokerUrl, () => !isDeaf);
	await machine.quietLink();
	await world.act(() => machine.press(["1"]));
	await machine.quietLink();
	t.regex(machine.front.log.newest?.detail ?? "", /host did not answer/);
	isDeaf = false;
	await world.advance(2_000);
	t.deepEqual(await acknowledged(machine), { records: 1, torn: 0, acknowledged: 1 });
});

test("what the host sends by itself is caught up with", async (t) => {
	const { brokerUrl, world, machine } = await setUp(t);
	await startHost(t, brokerUrl, () => false);
	const sender = await connectAsync(brokerUrl, { clientId: "sender" });
	t.teardown(() => sender.endAsync(true));
	await machine.catchUp();
	const body = { watermark: 7, chain: new Uint8Array(32) };
	const to = { terminal: "till-0001", epoch: 1 };
	const message = encodeDown(to, "ack", body, { key: new Uint8Array(32), hmac });
	await sender.publishAsync(topics.down, Buffer.from(message), { qos: 1 });
	await machine.catchUp();
	t.deepEqual(await acknowledged(machine), { records: 0, torn: 0, acknowledged: 7 });
	t.is(world.timeline.nowMs, 0);
});

test("without power the terminal is off the network", async (t) => {
	const { brokerUrl, machine } = await setUp(t);
	const host = await startHost(t, brokerUrl);
	await machine.quietLink();
	machine.powerOff();
	await host.lost;
	t.is(machine.parts.link.status(), "down");
});
