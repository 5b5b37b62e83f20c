import test from "ava";
import { equalBytes } from "../../../protocol/bytes.ts";
import { encodePullFrame } from "../../../protocol/pull-frame.ts";
import { plantFalseFrames } from "../../_helper/busy-media.ts";
import { MemoryStorage } from "../../_helper/memory-storage.ts";
import type { Bench } from "../terminal/_bench.ts";
import {
	challengeOn,
	openCable,
	openService,
	prove,
	query,
	records,
	responseTo,
	traded,
	upTo,
} from "./_setup.ts";

const everything = { from: null, to: null };

function headOf(bench: Bench): number {
	return (query(bench, "status") as { head: number }).head;
}

test("a technician pulls all records over the cable, and the pull is journalled once", (t) => {
	const bench = traded(12);
	openCable(bench);
	t.true(bench.screen.lines.some(({ text }) => text.includes("电脑已连接")));
	const head = headOf(bench);
	bench.cable.ask("askRange", { request: 7, ...everything });
	bench.settle();
	const { sequences, journalled } = prove(bench.cable.take(), 7);
	t.deepEqual(sequences, upTo(head));
	t.true(journalled);
	t.deepEqual(
		records(bench, "pull").map(({ sequence, body }) => ({ sequence, ...body })),
		[{ sequence: head + 1, by: "technician", from: 1, to: head, via: "cable" }],
	);
});

test("what the host has not yet is pulled like the rest, and its watermark stays", (t) => {
	const bench = traded(2);
	bench.host.cut();
	bench.host.isDown = true;
	bench.sell(4_711);
	bench.advance(5_000);
	openCable(bench);
	const before = query(bench, "status") as { head: number; watermark: number };
	t.true(before.watermark < before.head);
	bench.cable.ask("askStatus", { request: 1 });
	bench.settle();
	t.like(bench.cable.take(), [
		{
			type: "status",
			body: { request: 1, epoch: 1, first: 1, last: before.head, watermark: before.watermark },
		},
	]);
	bench.cable.ask("askRange", { request: 2, ...everything });
	bench.settle();
	t.is(prove(bench.cable.take(), 2).sequences.length, before.head);
	t.like(bench.terminal?.query({ what: "status" }), { watermark: before.watermark });
});

test("the terminal sends at the pace of the cable and sells meanwhile", (t) => {
	const bench = traded(12);
	openCable(bench);
	const head = headOf(bench);
	bench.cable.room = 0;
	bench.cable.ask("askRange", { request: 1, ...everything });
	let most = 0;
	for (let turn = 0; bench.cable.waitingBytes < 1_000_000 && turn < 2_000; turn++) {
		bench.cable.room = 10;
		bench.advance(20);
		most = Math.max(most, bench.cable.waitingBytes);
		if (turn === 20) t.is(bench.sell(100).state, "charging");
	}
	t.true(most > 1_000);
	const { sequences } = prove(bench.cable.take(), 1);
	t.deepEqual(sequences, upTo(head));
	t.is(bench.acquirer.books.bookings.length, 13);
});

test("a pull goes on from any record after a break, and an old answer is not taken for the new one", (t) => {
	const bench = traded(12);
	openCable(bench);
	const head = headOf(bench);
	bench.cable.room = 3_000;
	bench.cable.ask("askRange", { request: 1, ...everything });
	bench.settle();
	// The rest of the frame that was on its way is what the new computer sees first.
	bench.cable.isPlugged = false;
	bench.advance(1_000);
	bench.cable.isPlugged = true;
	bench.cable.take();
	bench.cable.room = Number.POSITIVE_INFINITY;
	bench.cable.ask("askRange", { request: 2, from: 17, to: head });
	bench.settle();
	t.deepEqual(prove(bench.cable.take(), 2).sequences, upTo(head, 17));
	t.is(records(bench, "pull").length, 2);
});

test("a new request ends the one under way", (t) => {
	const bench = traded(12);
	openCable(bench);
	bench.cable.room = 2_000;
	bench.cable.ask("askRange", { request: 1, ...everything });
	bench.settle();
	bench.cable.ask("askRange", { request: 2, from: 3, to: 5 });
	bench.settle();
	bench.cable.room = Number.POSITIVE_INFINITY;
	bench.advance(1_000);
	const { sequences } = prove(bench.cable.take(), 2);
	t.deepEqual(sequences, [3, 4, 5]);
});

test("ranges that the journal does not keep are refused and leave no record", (t) => {
	const bench = traded(2);
	openCable(bench);
	const head = headOf(bench);
	const bad = [
		{ from: 0, to: 5 },
		{ from: head + 2, to: null },
		{ from: 5, to: 3 },
	];
	for (const [request, range] of bad.entries()) {
		bench.cable.ask("askRange", { request, ...range });
		bench.settle();
		t.deepEqual(bench.cable.take(), [{ type: "refused", body: { request, why: "range" } }]);
	}
	bench.cable.ask("askRange", { request: 9, from: head + 1, to: null });
	bench.settle();
	t.deepEqual(prove(bench.cable.take(), 9).sequences, []);
	t.is(records(bench, "pull").length, 0);
});

test("garbage on the cable hurts nobody, and the next request is answered", (t) => {
	const bench = traded(2);
	openCable(bench);
	bench.cable.say(Uint8Array.from({ length: 300 }, (_, index) => index));
	bench.cable.say(encodePullFrame(Uint8Array.of(0x83, 1, 0x18, 99, 1)));
	bench.settle();
	t.deepEqual(bench.cable.take(), [{ type: "refused", body: { request: 0, why: "unknown" } }]);
	bench.cable.ask("askStatus", { request: 3 });
	bench.settle();
	t.like(bench.cable.take(), [{ type: "status", body: { request: 3 } }]);
	t.is(bench.screen.name, "service-menu");
});

test("the cable is dead without a session, before it is switched on and after the end", (t) => {
	const bench = traded(2);
	t.false(bench.cable.isOpen);
	openService(bench);
	t.false(bench.cable.isOpen);
	bench.press("3");
	t.true(bench.cable.isOpen);
	bench.press("3");
	t.false(bench.cable.isOpen);
	bench.press("3", "cancel");
	t.false(bench.cable.isOpen);
	openCable(bench);
	bench.advance(11 * 60_000);
	t.false(bench.cable.isOpen);
	openCable(bench);
	bench.powerOff();
	bench.cable.isOpen = true;
	bench.powerOn();
	t.false(bench.cable.isOpen);
	t.is(records(bench, "pull").length, 0);
});

test("a pull that moves keeps the session on, one that stands still does not", (t) => {
	const bench = traded(12);
	openCable(bench);
	bench.cable.room = 0;
	bench.cable.ask("askRange", { request: 1, ...everything });
	for (let minute = 0; minute < 15; minute++) {
		bench.cable.room = 50;
		bench.advance(60_000);
	}
	t.true(bench.cable.isOpen);
	bench.advance(11 * 60_000);
	t.false(bench.cable.isOpen);
});

test("in safe mode a technician still gets every record there is, without a trace, and is told so", (t) => {
	const storage = new MemoryStorage({ sizeBytes: 1_048_576, sectorBytes: 4_096 });
	const bench = traded(40, { storage });
	const before = query(bench, "records") as readonly unknown[];
	const chains = bench.host.chains;
	bench.powerOff();
	plantFalseFrames(storage);
	const image = storage.image();
	bench.powerOn();
	t.is(bench.screen.name, "safe-mode");
	bench.press("menu");
	bench.press("cancel");
	t.is(bench.screen.name, "safe-mode");
	bench.press("menu");
	bench.type(responseTo(bench, challengeOn(bench)));
	bench.press("ok");
	t.is(bench.screen.name, "service-menu");
	t.true(bench.screen.lines.some(({ text }) => text.startsWith("!")));
	bench.press("1");
	t.is(bench.screen.name, "service-menu");
	bench.press("2");
	t.is(bench.screen.name, "service-status");
	bench.press("cancel", "3");
	bench.cable.ask("askRange", { request: 4, ...everything });
	bench.settle();
	const { sequences, journalled, chain } = prove(bench.cable.take(), 4);
	t.false(journalled);
	t.true(sequences.length > 100 && sequences.length < before.length);
	t.deepEqual(sequences, upTo(sequences.length));
	t.true(equalBytes(chain ?? new Uint8Array(), chains[sequences.length] ?? new Uint8Array(1)));
	t.deepEqual(storage.image(), image);
});
