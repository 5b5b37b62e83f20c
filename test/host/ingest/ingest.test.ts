import test from "ava";
import { hmacSha256 } from "../../../host/digest.ts";
import { Changes } from "../../../host/ingest/changes.ts";
import type { IngestStore } from "../../../host/ingest/context.ts";
import { createEnrolment } from "../../../host/ingest/enrolment-code.ts";
import { Ingest } from "../../../host/ingest/ingest.ts";
import type { TerminalStatus } from "../../../host/store/terminal.ts";
import { CloseoutError } from "../../../protocol/error.ts";
import { deriveEnrolmentKey } from "../../../protocol/key.ts";
import {
	COMMIT_MESSAGES_MAX,
	ENROLMENT_VALID_S,
	INBOUND_MESSAGES_MAX,
} from "../../../protocol/limits.ts";
import type { UpBody, UpType } from "../../../protocol/message.ts";
import { encodeSourceMessage } from "../../../protocol/pull.ts";
import { topicsOf } from "../../../protocol/topic.ts";
import { encodeUtf8 } from "../../../protocol/utf8.ts";
import { FakeJournal } from "../../_helper/fake-terminal.ts";
import { chain, type Desk, desk, key, listeningLog, stream } from "./_desk.ts";

const { tenant, terminal } = key;
const topics = topicsOf(tenant, terminal);
const journal = new FakeJournal(terminal);
for (let sale = 0; sale < 150; sale++) journal.sell();

interface Running extends Desk {
	readonly ingest: Ingest;
	/** What the store was asked, in order. */
	readonly asked: string[];
	say<K extends UpType>(type: K, body: UpBody<K>): void;
}

function start(store: Partial<IngestStore> = {}): Running {
	const asked: string[] = [];
	const made = desk({
		findKey: async (of) => (of.terminal === terminal && of.epoch === key.epoch ? key : undefined),
		commitDeliveries: async (deliveries) => {
			asked.push(`commit ${deliveries.map(({ body }) => body.from)}`);
			return deliveries.map((delivery) => ({
				...{ delivery, judgement: "append", watermark: 4, chain },
			}));
		},
		receiveHello: async () => {
			asked.push("hello");
			return { watermark: 4, chain, frozen: true, verdict: "ok" };
		},
		lastCosigned: async () => undefined,
		answerCommand: async ({ hostSequence }) => {
			asked.push(`answer ${hostSequence}`);
			return true;
		},
		setState: async ({ state, ...of }) => {
			asked.push(`${of.tenant}/${of.terminal} ${state}`);
			return of.terminal === terminal;
		},
		...store,
	});
	const ingest = new Ingest(made.context);
	ingest.start();
	const say = <K extends UpType>(type: K, body: UpBody<K>) =>
		made.link.arrive(tenant, terminal, journal.seal(type, body, key.key));
	return Object.assign(made, { ingest, asked, say });
}

test("what came together is committed together, up to a message that wants an answer of its own", async (t) => {
	const { ingest, say, asked, sent } = start();
	say("batch", journal.batch(3, 4));
	say("batch", journal.batch(1, 2));
	say("hello", journal.hello(0));
	say("batch", journal.batch(5, 6));
	say("commandResult", { hostSequence: 7, accepted: true, detail: "" });
	say("loss", { from: 9, to: 9, next: null, nextChain: chain });
	await ingest.idle();
	t.deepEqual(asked, ["commit 1,3", "hello", "commit 5", "answer 7", "commit 9"]);
	t.deepEqual(
		sent().map(({ type }) => type),
		["ack", "welcome", "ack", "ack"],
	);
});

test("no more messages are committed together than may be", async (t) => {
	const { ingest, say, asked } = start();
	for (let from = 1; from <= COMMIT_MESSAGES_MAX + 1; from++)
		say("batch", journal.batch(from, from));
	await ingest.idle();
	t.is(asked.length, 2);
	t.is(asked[1], `commit ${COMMIT_MESSAGES_MAX + 1}`);
	t.is(ingest.counters().received, COMMIT_MESSAGES_MAX + 1);
});

test("more messages than may wait are dropped and counted", async (t) => {
	const { ingest, link } = start();
	for (let count = 0; count <= INBOUND_MESSAGES_MAX; count++)
		link.arriveOn(topics.description, new Uint8Array(0));
	t.like(ingest.counters(), { received: INBOUND_MESSAGES_MAX + 1, overflow: 1 });
	await ingest.idle();
	link.arriveOn(topics.description, new Uint8Array(0));
	t.is(ingest.counters().overflow, 1);
	await ingest.idle();
});

test("a topic of others is nothing, and neither is one that only the host writes", async (t) => {
	const { ingest, link, asked, told } = start();
	link.arriveOn("somebody/else", new Uint8Array(0));
	t.is(ingest.counters().received, 0);
	link.arriveOn(topics.down, encodeUtf8("ready"));
	link.arriveOn(topics.description, encodeUtf8("ready"));
	await ingest.idle();
	t.deepEqual(asked, []);
	t.deepEqual(told, []);
	t.like(ingest.counters(), { received: 2, malformed: 0, unknownTerminal: 0 });
});

test("the state of a terminal that is known is followed and told", async (t) => {
	const { ingest, link, asked, changes } = start();
	link.arriveOn(topics.state, encodeUtf8("ready"));
	link.arriveOn(topics.state, encodeUtf8("dancing"));
	link.arriveOn(topicsOf(tenant, "till-0002").state, encodeUtf8("lost"));
	await ingest.idle();
	t.deepEqual(asked, ["shop/till-0001 ready", "shop/till-0002 lost"]);
	t.deepEqual(changes, [{ type: "terminal", terminal }]);
	t.like(ingest.counters(), { malformed: 1, unknownTerminal: 1 });
});

test("a message that fails is logged, and those behind it go on", async (t) => {
	for (const [error, counted] of [
		[new CloseoutError("STORE", "gone"), 1],
		[new CloseoutError("ASSERTION", "ours"), 0],
		[new RangeError("ours"), 0],
	] as const) {
		const { ingest, say, asked, told, fields } = start({
			receiveHello: async () => {
				throw error;
			},
		});
		say("hello", journal.hello(0));
		say("batch", journal.batch(1, 2));
		await ingest.idle();
		t.deepEqual(asked, ["commit 1"]);
		t.deepEqual(told, ["error message not handled; the terminal will send it again"]);
		t.deepEqual(fields, [{ error, terminal, leaf: "up" }]);
		t.is(ingest.counters().commitFailures, counted);
	}
});

test("a request to be enrolled is answered with what the code's key seals", async (t) => {
	const used: object[] = [];
	const { ingest, say, sent } = start({
		enrolmentKeys: async () => [{ terminal, number: 3, key: key.key }],
		useEnrolment: async (given) => {
			used.push(given);
			return { hostNonce: given.hostNonce, epoch: 2, hostSequence: 0, fresh: true };
		},
	});
	say("enrol", { nonce: new Uint8Array(16), firmware: "test 1" });
	await ingest.idle();
	t.like(used[0], { terminal, number: 3 });
	t.deepEqual(
		sent().map(({ type }) => type),
		["enrolled"],
	);
});

test("after the end nothing is taken any more, and the step under way is finished", async (t) => {
	const begun = Promise.withResolvers<void>();
	const mayEnd = Promise.withResolvers<void>();
	const { ingest, say, asked, sent } = start({
		commitDeliveries: async (deliveries) => {
			asked.push(`commit ${deliveries.length}`);
			begun.resolve();
			await mayEnd.promise;
			return deliveries.map((delivery) => ({
				...{ delivery, judgement: "append", watermark: 4, chain },
			}));
		},
	});
	for (let from = 1; from <= COMMIT_MESSAGES_MAX + 1; from++)
		say("batch", journal.batch(from, from));
	await begun.promise;
	const closed = ingest.close();
	mayEnd.resolve();
	await closed;
	t.is(sent().length, 1);
	say("hello", journal.hello(0));
	await ingest.idle();
	t.deepEqual(asked, [`commit ${COMMIT_MESSAGES_MAX}`]);
	t.is(ingest.counters().received, COMMIT_MESSAGES_MAX + 1);
});

test("what is counted is given as it is now", async (t) => {
	const { ingest, say } = start();
	const before = ingest.counters();
	say("batch", journal.batch(1, 2));
	await ingest.idle();
	t.is(before.records, 0);
	t.is(ingest.counters().records, 2);
});

const status = { terminal, epoch: 1 } as TerminalStatus;
const settle = { command: "settle", expiresS: 9, arguments: [] } as const;

test("a command is kept and sent; to a terminal that is not enrolled it waits", async (t) => {
	const added: object[] = [];
	const store: Partial<IngestStore> = {
		addCommand: async ({ terminal: of, ...command }) => {
			added.push({ terminal: of, ...command });
			return { ...command, hostSequence: 5 };
		},
		getTerminal: async () => status,
	};
	const { ingest, sent } = start(store);
	t.deepEqual(await ingest.sendCommand(terminal, settle), { ...settle, hostSequence: 5 });
	t.deepEqual(added, [{ ...settle, terminal }]);
	t.deepEqual(sent(), [{ type: "command", body: { ...settle, hostSequence: 5 } }]);
	const waiting = start({ ...store, findKey: async () => undefined });
	t.is((await waiting.ingest.sendCommand(terminal, settle)).hostSequence, 5);
	t.deepEqual(waiting.sent(), []);
	await t.throwsAsync(waiting.ingest.pull(terminal, {}).next(), {
		code: "REFUSED",
		message: "till-0001 is not enrolled",
	});
});

test("a pull is a command with the range that was asked for, and what comes of it is given", async (t) => {
	const added: object[] = [];
	const { ingest, say, sent } = start({
		addCommand: async ({ terminal: of, ...command }) => {
			added.push({ terminal: of, ...command });
			return { ...command, hostSequence: 5 };
		},
		getTerminal: async () => status,
	});
	const pulled = ingest.pull(terminal, { from: 1, to: 4 });
	const first = pulled.next();
	await new Promise((resolve) => setImmediate(resolve));
	const range = [
		{ name: "from", value: 1 },
		{ name: "to", value: 4 },
	];
	const expiresS = 1_795_305_600 + 30;
	t.deepEqual(added, [{ terminal, command: "pull", arguments: range, expiresS }]);
	t.like(sent(), [{ type: "command", body: { hostSequence: 5 } }]);
	const begin = encodeSourceMessage("begin", {
		...{ request: 5, ...stream, from: 1, to: 4, journalled: true },
	});
	say("pulled", { hostSequence: 5, message: begin });
	t.deepEqual((await first).value, begin);
	const next = pulled.next();
	say("commandResult", { hostSequence: 5, accepted: false, detail: "no" });
	await t.throwsAsync(next, { code: "REFUSED" });
	const open = ingest.pull(terminal, { to: 4 }).next();
	await new Promise((resolve) => setImmediate(resolve));
	t.like(added[1], { arguments: [{ name: "to", value: 4 }] });
	await ingest.close();
	await t.throwsAsync(open, { code: "CONNECTION" });
});

test("the heads of a stream are judged when it is asked for", async (t) => {
	const asked: object[] = [];
	const { ingest } = start({
		advanceHeads: async (of) => {
			asked.push(of);
			return { heads: [], isDone: true };
		},
	});
	await ingest.keepHeads(stream);
	t.deepEqual(asked, [stream]);
});

test("a code has 24 digits and is good for a day, or for as long as is said", async (t) => {
	const added: {
		readonly terminal: string;
		readonly key: Uint8Array;
		readonly expiresS: number;
	}[] = [];
	const store = {
		addEnrolment: async (enrolment: (typeof added)[number]) => void added.push(enrolment),
	};
	const { code, expiresS } = await createEnrolment(store, terminal, { nowS: 1_000 });
	t.regex(code, /^[0-9]{24}$/);
	t.is(expiresS, 1_000 + ENROLMENT_VALID_S);
	t.deepEqual(added, [{ terminal, key: deriveEnrolmentKey(code, terminal, hmacSha256), expiresS }]);
	t.is((await createEnrolment(store, terminal, { nowS: 1_000, validS: 5 })).expiresS, 1_005);
});

test("a listener that throws is logged and hurts nobody else, and one that has ended hears nothing", (t) => {
	const { log, told, fields } = listeningLog();
	const changes = new Changes(log);
	const heard: string[] = [];
	const error = new RangeError("mine");
	changes.listen(() => {
		throw error;
	});
	const stop = changes.listen(({ type }) => {
		heard.push(type);
		stop();
	});
	changes.listen(({ type }) => heard.push(`${type} too`));
	changes.tell({ type: "terminal", terminal });
	changes.tell({ type: "terminal", terminal });
	t.deepEqual(heard, ["terminal", "terminal too", "terminal too"]);
	t.deepEqual(told, ["error a listener to changes failed", "error a listener to changes failed"]);
	t.deepEqual(fields[0], { error, change: "terminal" });
});
