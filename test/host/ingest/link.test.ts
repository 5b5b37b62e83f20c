import { once } from "node:events";
import { type AddressInfo, createServer, type Server, Socket } from "node:net";
import { PassThrough } from "node:stream";
import { mock } from "node:test";
import { Aedes, type AedesOptions } from "aedes";
import test, { type ExecutionContext } from "ava";
import { connectLink, type LinkOptions, sendAtOnce } from "../../../host/ingest/link.ts";
import { topicsOf } from "../../../protocol/topic.ts";
import { listeningLog } from "./_desk.ts";

const { up, state, down } = topicsOf("shop", "till-0001");

/** First bytes of packets of MQTT 3.1.1. */
const CONNECT = 0x10;
const SUBSCRIBE = 0x82;

/** A broker that admits whom the test says, and what has come to it. */
async function startBroker(t: ExecutionContext, options: AedesOptions = {}) {
	const aedes = await Aedes.createBroker(options);
	const sockets = new Set<Socket>();
	const server = createServer((socket) => {
		sockets.add(socket);
		aedes.handle(socket);
	});
	const url = await urlOf(server);
	const cut = () => {
		for (const socket of sockets) socket.destroy();
	};
	const stop = async () => {
		cut();
		await new Promise((resolve) => server.close(resolve));
	};
	t.teardown(async () => {
		await stop();
		await new Promise<void>((resolve) => aedes.close(resolve));
	});
	return { aedes, cut, stop, url };
}

async function urlOf(server: Server): Promise<string> {
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function optionsFor(url: string, changed: Partial<LinkOptions> = {}) {
	const { log, told, fields } = listeningLog();
	return { told, fields, options: { url, clientId: "host-1", log, ...changed } };
}

test("the host hears all terminals, and sends to one", async (t) => {
	const { aedes, url } = await startBroker(t);
	const link = await connectLink(optionsFor(url).options);
	t.teardown(() => link.close());
	const heard: string[] = [];
	const all = Promise.withResolvers<void>();
	link.listen((topic, payload) => {
		heard.push(`${topic} ${Buffer.from(payload)}`);
		if (heard.length === 2) all.resolve();
	});
	const sent = Promise.withResolvers<string>();
	aedes.on("publish", ({ topic, payload, qos }) => {
		if (topic === down) sent.resolve(`${payload} ${qos}`);
	});
	link.publish(down, Buffer.from("go"));
	t.is(await sent.promise, "go 1");
	const packet = { cmd: "publish", qos: 1, dup: false, retain: false } as const;
	for (const topic of [down, up, state])
		aedes.publish({ ...packet, topic, payload: Buffer.from("hi") }, () => undefined);
	await all.promise;
	t.deepEqual(heard, [`${up} hi`, `${state} hi`]);
});

test("name and password are told when they are given, and else not", async (t) => {
	const seen: unknown[] = [];
	const { url } = await startBroker(t, {
		authenticate: (client, username, password, done) => {
			seen.push([client.id, username, password?.toString()]);
			done(null, true);
		},
	});
	for (const given of [{}, { username: "host" }, { username: "host", password: "secret" }])
		await (await connectLink(optionsFor(url, given).options)).close();
	t.deepEqual(seen, [
		["host-1", undefined, undefined],
		["host-1", "host", undefined],
		["host-1", "host", "secret"],
	]);
});

test("hosts that share the terminals subscribe as a group", async (t) => {
	const topics: string[] = [];
	const { url } = await startBroker(t, {
		authorizeSubscribe: (_client, subscription, done) => {
			topics.push(`${subscription.topic} ${subscription.qos}`);
			done(null, subscription);
		},
	});
	await (await connectLink(optionsFor(url).options)).close();
	await (await connectLink(optionsFor(url, { shareGroup: "hosts" }).options)).close();
	t.deepEqual(topics, [
		...["closeout/1/+/+/up 1", "closeout/1/+/+/$state 1"],
		...["$share/hosts/closeout/1/+/+/up 1", "$share/hosts/closeout/1/+/+/$state 1"],
	]);
});

test("a broker that refuses the subscription, all of it or a part, is named with what to do", async (t) => {
	for (const refused of ["up", "$state"]) {
		const gone = Promise.withResolvers<void>();
		const { aedes, url } = await startBroker(t, {
			authorizeSubscribe: (_client, subscription, done) =>
				done(null, subscription.topic.endsWith(refused) ? null : subscription),
		});
		aedes.on("clientDisconnect", () => gone.resolve());
		const error = await t.throwsAsync(connectLink(optionsFor(url).options), {
			code: "BROKER",
			message:
				`the broker at ${url} refuses the subscription to closeout/1/+/+/up, closeout/1/+/+/$state; ` +
				"let this user read it",
		});
		t.truthy(error?.cause);
		await gone.promise;
	}
});

test("a broker that does not answer, or admits nobody, is named with what to do", async (t) => {
	const { url, stop } = await startBroker(t, {
		authenticate: (_client, _username, _password, done) => done(null, false),
	});
	const expected = {
		code: "BROKER",
		message: `the broker at ${url} cannot be reached or refuses this host; check address and password`,
	};
	t.truthy((await t.throwsAsync(connectLink(optionsFor(url).options), expected))?.cause);
	await stop();
	await t.throwsAsync(connectLink(optionsFor(url).options), expected);
});

test("one who hangs up without a word is a broker that does not answer", async (t) => {
	const server = createServer((socket) => socket.destroy());
	t.teardown(() => server.close());
	await t.throwsAsync(connectLink(optionsFor(await urlOf(server)).options), { code: "BROKER" });
});

test("a broker that refuses the subscription and never lets go keeps nobody waiting", async (t) => {
	const sockets: Socket[] = [];
	const server = createServer({ allowHalfOpen: true }, (socket) => {
		sockets.push(socket);
		socket.on("data", ([type, , ...rest]) => {
			if (type === CONNECT) socket.write(new Uint8Array([0x20, 2, 0, 0]));
			if (type === SUBSCRIBE)
				socket.write(new Uint8Array([0x90, 4, ...rest.slice(0, 2), 0x80, 0x80]));
		});
	});
	t.teardown(() => {
		for (const socket of sockets) socket.destroy();
		server.close();
	});
	await t.throwsAsync(connectLink(optionsFor(await urlOf(server)).options), { code: "BROKER" });
});

test("what breaks later is logged, and is healed by itself", async (t) => {
	const { url, aedes, cut } = await startBroker(t);
	const { options, told, fields } = optionsFor(url);
	const link = await connectLink(options, { reconnectMs: 5 });
	t.teardown(() => link.close());
	const again = once(aedes, "clientReady");
	cut();
	await again;
	t.deepEqual(told, ["debug broker connection closed"]);
	aedes.close();
	await link.close();
	link.publish(down, Buffer.from("late"));
	await new Promise((resolve) => setImmediate(resolve));
	t.is(told.at(-1), "debug message to a terminal not sent");
	t.like(fields.at(-1), { topic: down });
});

test("trouble with the connection is told to the log", async (t) => {
	const { url, stop } = await startBroker(t);
	const failed = Promise.withResolvers<object>();
	const { options } = optionsFor(url);
	const log = { ...options.log, warn: (fields: object) => failed.resolve(fields) };
	const link = await connectLink({ ...options, log }, { reconnectMs: 5 });
	t.teardown(() => link.close());
	await stop();
	const { port } = new URL(url);
	t.deepEqual(await failed.promise, { error: `connect ECONNREFUSED 127.0.0.1:${port}` });
});

// Serial: it looks at the sockets of the whole process.
test.serial("small packets are sent at once, and after a break too", async (t) => {
	const { url, aedes, cut } = await startBroker(t);
	const { port } = new URL(url);
	const hurried: unknown[] = [];
	const spy = mock.method(Socket.prototype, "setNoDelay", function (this: Socket, isSet?: boolean) {
		if (String(this.remotePort) === port) hurried.push(isSet);
		return this;
	});
	t.teardown(() => spy.mock.restore());
	const link = await connectLink(optionsFor(url).options, { reconnectMs: 5 });
	t.teardown(() => link.close());
	t.deepEqual(hurried, [true]);
	const again = once(aedes, "subscribe");
	cut();
	await again;
	t.deepEqual(hurried, [true, true]);
});

test("small packets are sent at once where the connection is a socket", (t) => {
	const socket = new Socket();
	const set: unknown[] = [];
	socket.setNoDelay = (isSet) => {
		set.push(isSet);
		return socket;
	};
	sendAtOnce({ stream: socket });
	sendAtOnce({ stream: new PassThrough() });
	t.deepEqual(set, [true]);
});
