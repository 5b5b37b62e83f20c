import test from "ava";
import { BATCH_RECORDS_MAX } from "../../../protocol/limits.ts";
import { scene } from "./_setup.ts";

const text = (bytes: Uint8Array) => String.fromCharCode(...bytes);

test("what the journal holds reaches the host in order and is acknowledged", (t) => {
	const { host, journal, sync, sell, settle } = scene();
	sell(3 * BATCH_RECORDS_MAX + 7);
	settle();
	t.is(host.watermark, 157);
	t.deepEqual(host.chain, journal.head.chain);
	t.deepEqual(journal.watermark, journal.head);
	t.is(sync.status().pending, 0);
});

test("a watcher of the broker sees init, ready and, when the link breaks, lost", (t) => {
	const { host, settle } = scene();
	settle();
	const states = host.published
		.filter(({ topic }) => topic.endsWith("/$state"))
		.map(({ payload }) => text(payload));
	t.deepEqual(states, ["init", "ready"]);
	t.is(text(host.options?.will.payload ?? new Uint8Array()), "lost");
	t.true(host.options?.will.retain);
});

test("a batch that got lost is sent again after the time for an answer", (t) => {
	const { host, clock, sell, settle } = scene();
	settle();
	host.loseNext = 1;
	sell(2);
	settle();
	t.is(host.watermark, 0);
	clock.advance(10_001);
	settle();
	t.is(host.watermark, 2);
});

test("a lost batch in a window is asked for and the window goes back to it", (t) => {
	const { host, clock, sell, settle } = scene();
	settle();
	host.loseNext = 1;
	sell(2 * BATCH_RECORDS_MAX);
	settle();
	clock.advance(1_001);
	settle();
	t.is(host.watermark, 100);
});

test("at most one window goes back in each interval, however often the host asks", (t) => {
	const { host, sell, settle } = scene();
	settle();
	sell(4);
	settle();
	const before = host.heard.length;
	for (let times = 0; times < 20; times++) host.say("nak", { from: 1, to: 4 });
	settle();
	t.is(host.heard.length - before, 1);
});

test("nothing is lost when the link breaks at any moment", (t) => {
	const { host, clock, sell, sync, settle } = scene();
	for (let round = 0; round < 30; round++) {
		sell(5);
		for (let steps = 0; steps < round % 4; steps++) sync.step();
		host.cut();
		clock.advance(61_000);
		host.wallS += 61;
	}
	settle();
	t.is(host.watermark, 150);
});

test("a host restored from an older backup gets what it lost from the journal", (t) => {
	const { host, clock, journal, sell, settle } = scene();
	sell(60);
	settle();
	host.forget(21);
	host.cut();
	clock.advance(61_000);
	sell(1);
	settle();
	t.is(host.watermark, 61);
	t.deepEqual(host.chain, journal.head.chain);
});

test("another stream under the same epoch freezes the terminal instead of mixing with it", (t) => {
	const { host, sync, sell, settle } = scene();
	sell(3);
	host.records = [{ kind: 1, flags: 1, payload: new Uint8Array(3) }];
	host.chain = new Uint8Array(32).fill(9);
	settle();
	t.true(sync.status().frozen);
	// One, so that the host has the other past before it.
	t.is(host.heard.filter(({ type }) => type === "batch").length, 1);
});

test("a forged acknowledgement and one with another chain move nothing", (t) => {
	const { host, journal, sell, settle } = scene();
	settle();
	host.isDeaf = true;
	sell(2);
	host.say(
		"ack",
		{ watermark: 2, chain: journal.chainAt(2) ?? new Uint8Array(32) },
		new Uint8Array(32),
	);
	host.say("ack", { watermark: 2, chain: new Uint8Array(32) });
	settle();
	t.is(journal.watermark.sequence, 0);
});

test("a command is journalled, carried out once and answered each time it comes", (t) => {
	const done: string[] = [];
	const { host, core, settle } = scene(({ command }) => {
		done.push(command);
		return { accepted: true, detail: "settling" };
	});
	settle();
	const order = {
		hostSequence: 1,
		expiresS: 1_790_000_900,
		command: "settle",
		arguments: [],
	} as const;
	host.say("command", order);
	host.say("command", order);
	settle();
	t.deepEqual(done, ["settle"]);
	t.is(core.state.lastHostSequence, 1);
	t.is(host.heard.filter(({ type }) => type === "commandResult").length, 2);
});

test("a command that was refused stays refused when it is asked again", (t) => {
	const { host, settle } = scene(() => ({ accepted: false, detail: "no" }));
	settle();
	const order = {
		hostSequence: 1,
		expiresS: 1_790_000_900,
		command: "pull",
		arguments: [],
	} as const;
	host.say("command", order);
	host.say("command", order);
	settle();
	const results = host.heard.map(({ type, body }) =>
		type === "commandResult" ? body.accepted : undefined,
	);
	t.deepEqual(
		results.filter((accepted) => accepted !== undefined),
		[false, false],
	);
});

test("an expired command is journalled as refused and not carried out", (t) => {
	const { host, core, settle } = scene(() => t.fail() ?? { accepted: true, detail: "" });
	settle();
	host.say("command", {
		hostSequence: 1,
		expiresS: 1_789_999_999,
		command: "settle",
		arguments: [],
	});
	settle();
	const record = core.recordAt(core.state.sequence);
	t.like(record, { kind: "command", body: { accepted: false, detail: "expired" } });
});

test("the host's clock is taken over, and journalled, when it differs by more than ten minutes", (t) => {
	const { host, core, clock, settle } = scene();
	host.wallS += 3_600;
	settle();
	t.like(core.recordAt(1), { kind: "clock", body: { newWallS: host.wallS, source: "host" } });
	t.is(Math.floor(clock.wallMs / 1000), host.wallS);
});
