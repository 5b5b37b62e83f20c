import test from "ava";
import { decodeSourceMessage, type SourceMessage } from "../../../protocol/pull.ts";
import type { Bench } from "../terminal/_bench.ts";
import { prove, query, records, traded, upTo } from "./_setup.ts";

const SIXTY_S = 60;

/** A shop whose stream is delivered, with its head. */
function delivered(sales: number): { readonly bench: Bench; readonly head: number } {
	const bench = traded(sales);
	const { head } = query(bench, "status") as { head: number };
	return { bench, head };
}

function order(
	bench: Bench,
	hostSequence: number,
	range: { from?: number; to?: number } = {},
): void {
	const given = Object.entries(range).map(([name, value]) => ({ name, value }));
	const expiresS = bench.host.wallS + SIXTY_S;
	bench.host.say("command", { hostSequence, expiresS, command: "pull", arguments: given });
	bench.settle();
}

/** The messages of a pull that the host has heard so far. */
function heard(bench: Bench, hostSequence: number): readonly SourceMessage[] {
	return bench.host.heard.flatMap((message) =>
		message.type === "pulled" && message.body.hostSequence === hostSequence
			? [decodeSourceMessage(message.body.message)]
			: [],
	);
}

function acknowledge(bench: Bench, hostSequence: number, next: number): void {
	bench.host.say("pullAck", { hostSequence, next });
	bench.settle();
}

/** Acknowledges piece by piece until nothing new comes. */
function takeAll(bench: Bench, hostSequence: number): readonly SourceMessage[] {
	for (let seen = 0; ; ) {
		const messages = heard(bench, hostSequence);
		if (messages.length === seen) return messages;
		seen = messages.length;
		const ends = messages.map((message) => endOf(message));
		acknowledge(bench, hostSequence, Math.max(...ends) + 1);
	}
}

function endOf(message: SourceMessage): number {
	if (message.type === "piece") return message.body.from + message.body.records.length - 1;
	return message.type === "begin" ? message.body.from - 1 : 0;
}

test("the host pulls a range, which is journalled once, and the watermark stays its own", (t) => {
	const { bench, head } = delivered(20);
	order(bench, 1);
	const result = bench.host.heard.find(({ type }) => type === "commandResult");
	t.like(result, { body: { hostSequence: 1, accepted: true } });
	const { sequences, journalled } = prove(takeAll(bench, 1), 1);
	// The command itself is journalled before it is carried out.
	t.deepEqual(sequences, upTo(head + 1));
	t.true(journalled);
	t.like(records(bench, "pull"), [{ body: { by: "host", from: 1, to: head + 1, via: "network" } }]);
	t.is(bench.host.watermark, bench.host.records.length);
});

test("no more than two pieces are on their way, and the stream goes before them", (t) => {
	const { bench } = delivered(60);
	order(bench, 1);
	t.is(heard(bench, 1).filter(({ type }) => type === "piece").length, 2);
	bench.sell(700);
	bench.advance(5_000);
	t.like(query(bench, "status"), { pending: 0 });
	t.is(heard(bench, 1).filter(({ type }) => type === "piece").length, 2);
	t.true(takeAll(bench, 1).length > 4);
});

test("what is lost on the way is sent again, from where the host stands", (t) => {
	const { bench, head } = delivered(60);
	order(bench, 1, { from: 3, to: head });
	acknowledge(bench, 1, 3);
	bench.host.loseNext = 1;
	acknowledge(bench, 1, 53);
	const before = heard(bench, 1).length;
	bench.advance(10_000);
	const again = heard(bench, 1).slice(before);
	t.like(again[0], { type: "piece", body: { from: 53 } });
	const all = takeAll(bench, 1).filter(
		(message, index, messages) =>
			messages.findIndex(
				(other) => other.type === message.type && endOf(other) === endOf(message),
			) === index,
	);
	t.deepEqual(prove(all, 1).sequences, upTo(head, 3));
	t.is(records(bench, "pull").length, 1);
});

test("a beginning that is lost is sent again with the pieces behind it", (t) => {
	const { bench } = delivered(2);
	bench.host.loseNext = 0;
	bench.host.isDeaf = true;
	order(bench, 1, { from: 1, to: 4 });
	bench.host.isDeaf = false;
	bench.advance(10_000);
	t.deepEqual(
		heard(bench, 1).map(({ type }) => type),
		["begin", "piece"],
	);
});

test("a host that says nothing any more is given up", (t) => {
	const { bench } = delivered(2);
	order(bench, 1);
	bench.advance(3 * 60_000);
	const { length } = heard(bench, 1);
	t.is(length, 2 * 7);
	bench.advance(10 * 60_000);
	t.is(heard(bench, 1).length, length);
});

test("records that are not kept are refused by name, and an acknowledgement of another pull is nothing", (t) => {
	const { bench, head } = delivered(2);
	order(bench, 1, { from: head + 90 });
	const result = bench.host.heard.find(({ type }) => type === "commandResult");
	t.like(result, { body: { accepted: false } });
	t.is(records(bench, "pull").length, 0);
	order(bench, 2, { from: 1, to: 2 });
	const before = heard(bench, 2).length;
	acknowledge(bench, 1, 3);
	bench.advance(10_000);
	t.true(heard(bench, 2).length > before);
});

test("a new command ends the pull under way", (t) => {
	const { bench } = delivered(60);
	order(bench, 1);
	order(bench, 2, { from: 1, to: 2 });
	const before = heard(bench, 1).length;
	acknowledge(bench, 1, 51);
	bench.advance(20_000);
	t.is(heard(bench, 1).length, before);
	t.deepEqual(prove(heard(bench, 2).slice(0, 2), 2).sequences, [1, 2]);
});
