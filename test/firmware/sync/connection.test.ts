import test from "ava";
import { encodeDown } from "../../../protocol/message.ts";
import { digest } from "../../_helper/digest.ts";
import { terminal } from "./_fake-host.ts";
import { ack, base, forever, text, welcomed, wire } from "./_wire.ts";

test("the hello says where the journal stands", (t) => {
	const { sync, clock, core, journal, sell, said } = wire();
	sell(3);
	journal.acknowledge(2, journal.chainAt(2) ?? new Uint8Array(32));
	t.is(sync.step(), 1_000);
	t.deepEqual(said(), []);
	t.is(sync.step(), 10_000);
	const [hello] = said();
	if (hello?.type !== "hello") return t.fail("no hello");
	const { nonce, ...rest } = hello.body;
	t.true(nonce.some((byte) => byte !== 0));
	return t.deepEqual(rest, {
		firmware: "closeout test",
		boot: core.state.boot,
		first: 1,
		last: 3,
		lastChain: journal.head.chain,
		watermark: 2,
		watermarkChain: journal.watermark.chain,
		wallS: Math.floor(clock.wallMs / 1_000),
		zoneMinutes: 480,
	});
});

test("the terminal is described in plain words before the first hello of a connection", (t) => {
	const { sync, host, states } = wire();
	sync.step();
	sync.step();
	const [description, , hello] = host.published;
	t.is(description?.topic, `${base}/$description`);
	t.deepEqual(JSON.parse(text(description?.payload ?? new Uint8Array())), {
		...{ homie: "5.0", name: terminal, type: "closeout-terminal", firmware: "closeout test" },
	});
	t.deepEqual(states(), ["init"]);
	t.deepEqual(
		host.published.map(({ retain }) => retain),
		[true, true, false],
	);
	t.is(hello?.topic, `${base}/up`);
});

test("the connection is asked for under the terminal's name, with a last will", (t) => {
	const { sync, host } = wire();
	sync.step();
	const { will, ...rest } = host.options ?? {};
	t.deepEqual(rest, { clientId: terminal, subscribe: [`${base}/down`] });
	t.deepEqual(will && { ...will, payload: text(will.payload) }, {
		...{ topic: `${base}/$state`, payload: "lost", retain: true },
	});
});

test("the hello is said again after ten seconds, with the same nonce, until it is answered", (t) => {
	const { sync, clock, said, states } = wire();
	sync.step();
	clock.advance(500);
	t.is(sync.step(), 10_000);
	clock.advance(9_999);
	t.is(sync.step(), 1);
	t.is(said().length, 1);
	clock.advance(1);
	t.is(sync.step(), 10_000);
	clock.advance(10_000);
	sync.step();
	const again = said().map((message) => message.type === "hello" && message.body.nonce.join());
	t.is(again.length, 2);
	t.is(again[0], again[1]);
	t.deepEqual(states(), ["init"]);
});

test("each connection has a nonce of its own", (t) => {
	const { sync, host, clock, said } = wire();
	const nonces: unknown[] = [];
	for (let round = 0; round < 2; round++) {
		sync.step();
		sync.step();
		const [hello] = said();
		nonces.push(hello?.type === "hello" && hello.body.nonce.join());
		host.cut();
		clock.advance(60_000);
	}
	t.not(nonces[0], nonces[1]);
});

test("attempts to connect lie further and further apart, up to a minute, with full jitter", (t) => {
	for (const [random, expected] of [
		[255, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]],
		[127, [1_000, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]],
		[0, [1_000, 1_000, 1_000, 1_000, 1_000, 1_000, 1_000, 1_000]],
	] as const) {
		const entropy = { read: (length: number) => new Uint8Array(length).fill(random) };
		const { sync, host, clock } = wire({ entropy });
		host.isDown = true;
		let opened = 0;
		host.open = () => {
			opened += 1;
		};
		clock.advance(700);
		const waits = expected.map(() => {
			const wait = sync.step();
			const before = opened;
			clock.advance(wait - 1);
			t.is(sync.step(), 1);
			t.is(opened, before);
			clock.advance(1);
			return wait;
		});
		t.deepEqual(waits, [...expected]);
		t.is(opened, expected.length);
	}
});

test("a welcome ends the growing distance between attempts", (t) => {
	const entropy = { read: (length: number) => new Uint8Array(length).fill(255) };
	const made = wire({ entropy });
	const { sync, host, clock, welcome } = made;
	host.isDown = true;
	for (let round = 0; round < 5; round++) clock.advance(sync.step());
	host.isDown = false;
	sync.step();
	sync.step();
	welcome();
	sync.step();
	host.cut();
	clock.advance(60_000);
	host.isDown = true;
	t.is(sync.step(), 1_000);
});

test("while a connection comes about nothing is done", (t) => {
	const { sync, host, said } = wire();
	host.status = () => "connecting";
	host.write = () => t.fail() ?? false;
	t.is(sync.step(), 10_000);
	t.is(host.options, undefined);
	t.deepEqual(said(), []);
});

test("a flood of messages is taken in pieces", (t) => {
	const { sync, host } = welcomed();
	for (let count = 0; count < 17; count++)
		host.say("pullAck", { hostSequence: 1, next: count + 1 });
	t.is(sync.step(), 0);
	t.truthy(host.read(), "one is left");
	t.is(host.read(), undefined);
	for (let count = 0; count < 15; count++) host.say("pullAck", { hostSequence: 1, next: 1 });
	t.is(sync.step(), forever);
});

test("only what comes on the terminal's own topic, for itself and this epoch, is taken", (t) => {
	const taken: number[] = [];
	const { sync, host, told } = welcomed({ onPullAck: ({ next }) => void taken.push(next) });
	const say = (to: { terminal: string; epoch: number }, next: number, topic = `${base}/down`) => {
		const sealing = { key: host.key, hmac: digest.hmacSha256 };
		const payload = encodeDown(to, "pullAck", { hostSequence: 1, next }, sealing);
		const { read } = host;
		host.read = () => {
			host.read = read;
			return { topic, payload, retain: false };
		};
		sync.step();
	};
	say({ terminal, epoch: 1 }, 1, `${base}/up`);
	say({ terminal: "shop-0002", epoch: 1 }, 2);
	say({ terminal, epoch: 2 }, 3);
	say({ terminal, epoch: 1 }, 4);
	t.deepEqual(taken, [4]);
	t.deepEqual(told, []);
});

test("a message that cannot be read is logged, and a mistake of our own is not hidden", (t) => {
	const { sync, host, told } = welcomed({
		onPullAck: () => {
			throw new RangeError("ours");
		},
	});
	host.say("pullAck", { hostSequence: 1, next: 1 }, new Uint8Array(32));
	sync.step();
	t.is(told.length, 1);
	t.regex(told[0] ?? "", /^warn MESSAGE_FORGED /);
	host.say("pullAck", { hostSequence: 1, next: 1 });
	t.throws(() => sync.step(), { message: "ours" });
});

test("how far the host is behind, and since when it is silent, is told", (t) => {
	const made = wire();
	const { sync, clock, journal, host, sell } = made;
	sell(3);
	t.deepEqual(sync.status(), { online: false, frozen: false, pending: 3, silentMs: forever });
	t.is(sync.lastAcknowledged(), null);
	sync.step();
	sync.step();
	made.welcome();
	sync.step();
	clock.advance(400);
	t.deepEqual(sync.status(), { online: true, frozen: false, pending: 3, silentMs: 400 });
	ack(made, 2);
	sync.step();
	t.like(sync.status(), { pending: 1, silentMs: 0 });
	t.deepEqual(sync.lastAcknowledged(), {
		sequence: 2,
		wallS: Math.floor(clock.wallMs / 1_000),
	});
	t.is(journal.watermark.sequence, 2);
	host.cut();
	sync.step();
	t.false(sync.status().online);
});

test("a pull goes beside the stream while the link is up and has room", (t) => {
	const { sync, host, said } = wire();
	const body = { hostSequence: 1, message: new Uint8Array([7]) };
	t.false(sync.sendPulled(body));
	sync.step();
	t.true(sync.sendPulled(body));
	t.deepEqual(
		said().map((message) => message.body),
		[body],
	);
	const { write } = host;
	host.write = () => false;
	t.false(sync.sendPulled(body));
	host.write = write;
	host.status = () => "connecting";
	t.false(sync.sendPulled(body));
});

test("a terminal that goes away on purpose says so", (t) => {
	const { sync, host, states } = welcomed();
	sync.close();
	t.is(states().at(-1), "disconnected");
	t.is(host.status(), "down");
});
