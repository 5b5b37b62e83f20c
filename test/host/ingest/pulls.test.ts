import test from "ava";
import {
	decodeSourceMessage,
	encodeSourceMessage,
	type SourceMessage,
} from "../../../protocol/pull.ts";
import type { FakeTerminal } from "../../_helper/fake-link.ts";
import { startTestHost } from "../../_helper/hosts.ts";

const terminal = "till-0001";

/** Sends two records of the journal of a terminal. */
async function sendPiece(till: FakeTerminal, hostSequence: number, from: number): Promise<void> {
	const { journal } = till;
	const records = journal.entries
		.slice(from - 1, from + 1)
		.map(({ kind, flags, payload }) => ({ kind, flags, payload }));
	const message = encodeSourceMessage("piece", {
		from,
		previousChain: journal.chainAt(from - 1),
		records,
		endChain: journal.chainAt(from - 1 + records.length),
	});
	await till.send("pulled", { hostSequence, message });
}

async function sendBegin(till: FakeTerminal, hostSequence: number, to: number): Promise<void> {
	const begin = { request: hostSequence, terminal, epoch: 1, from: 1, to, journalled: true };
	await till.send("pulled", { hostSequence, message: encodeSourceMessage("begin", begin) });
}

async function take(pulled: AsyncGenerator<Uint8Array, void>): Promise<SourceMessage | undefined> {
	const { value } = await pulled.next();
	return value === undefined ? undefined : decodeSourceMessage(value);
}

test("a pull comes piece by piece, each acknowledged when it was taken, and lost ones are asked for", async (t) => {
	const { host, enrolled } = await startTestHost(t);
	const till = await enrolled(terminal);
	for (let sale = 0; sale < 3; sale++) till.journal.sell();
	const pulled = host.pull(terminal, { to: 6 });
	const begin = take(pulled);
	const { body } = await till.waitFor("command");
	t.like(body, { command: "pull", arguments: [{ name: "to", value: 6 }] });
	const { hostSequence } = body;
	await sendBegin(till, hostSequence, 6);
	t.like(await begin, { type: "begin", body: { from: 1, to: 6 } });

	const first = take(pulled);
	t.deepEqual((await till.waitFor("pullAck")).body, { hostSequence, next: 1 });
	let seen = till.received.length;
	await sendPiece(till, hostSequence, 1);
	t.like(await first, { type: "piece", body: { from: 1 } });
	const second = take(pulled);
	t.deepEqual((await till.waitFor("pullAck", seen)).body, { hostSequence, next: 3 });

	// Piece 3 is lost on the way: 5 is out of turn, and the terminal is told where the host stands.
	seen = till.received.length;
	await sendPiece(till, hostSequence, 5);
	t.deepEqual((await till.waitFor("pullAck", seen)).body, { hostSequence, next: 3 });
	await sendPiece(till, hostSequence, 3);
	await sendPiece(till, hostSequence, 5);
	t.like(await second, { type: "piece", body: { from: 3 } });
	t.like(await take(pulled), { type: "piece", body: { from: 5 } });
	t.is(await take(pulled), undefined);
	// Pulled records are not the host's copy: that is what the stream is for.
	t.is((await host.store.getTerminal(terminal)).watermark, 0);
});

test("a terminal that refuses says why, and one that nobody knows is not asked", async (t) => {
	const { host, enrolled } = await startTestHost(t);
	const till = await enrolled(terminal);
	const pulled = take(host.pull(terminal, { from: 99 }));
	const { body } = await till.waitFor("command");
	const { hostSequence } = body;
	const [refused] = await Promise.all([
		t.throwsAsync(pulled, { code: "REFUSED", message: /records 1 to 9/ }),
		till.send("commandResult", { hostSequence, accepted: false, detail: "records 1 to 9" }),
	]);
	t.truthy(refused);
	await t.throwsAsync(take(host.pull("till-9999", {})), { code: "TERMINAL_UNKNOWN" });
});

test("a second pull takes the place of the first, and the end of the host ends it", async (t) => {
	const { host, enrolled } = await startTestHost(t);
	const till = await enrolled(terminal);
	const first = t.throwsAsync(take(host.pull(terminal, {})), {
		code: "CONNECTION",
		message: /another/,
	});
	await till.waitFor("command");
	const seen = till.received.length;
	const second = t.throwsAsync(take(host.pull(terminal, {})), { code: "CONNECTION" });
	await first;
	await till.waitFor("command", seen);
	await host.ingest.close();
	await second;
});
