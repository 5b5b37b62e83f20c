import test from "ava";
import { refusals } from "../../../firmware/core/day/refusal.ts";
import type { State } from "../../../firmware/core/state/state.ts";
import { paperText } from "../../emulator/paper/model.ts";
import { Bench } from "./_bench.ts";

function opened(): Bench {
	const bench = new Bench();
	bench.powerOn();
	bench.enrol();
	bench.press("menu", "1");
	bench.type("01");
	bench.press("ok");
	return bench;
}

test("a terminal that no host knows asks for a code and nothing else", (t) => {
	const bench = new Bench();
	bench.powerOn();
	t.is(bench.screen.name, "enrol");
	t.like(bench.sell(1_000), { state: "refused", reason: refusals.notEnrolled });
	bench.type("1234");
	bench.press("ok");
	t.true(bench.screen.lines.some(({ text }) => text.startsWith("!")));
	bench.press("clear");
	bench.enrol();
	t.is(bench.screen.name, "home");
});

test("a shop sells, is refused at closing, settles, takes the list and goes home", (t) => {
	const bench = opened();
	for (const amountMinor of [1_000, 2_050, 330]) {
		bench.sell(amountMinor);
		bench.advance(5_000);
	}
	bench.press("menu", "3");
	t.is(bench.screen.name, "close-refused");
	bench.press("ok");
	bench.advance(20_000);
	const paper = paperText(bench.printer.paper);
	t.regex(paper, /对账平/);
	t.regex(paper, /合计 3 笔 +CNY 33\.80/);
	bench.press("menu", "3", "ok");
	t.is(bench.screen.name, "closed");
	bench.press("ok", "menu", "4", "ok");
	t.is(bench.screen.name, "closed");
	bench.advance(5_000);
	t.is(bench.host.watermark, bench.host.records.length);
	t.like(bench.terminal?.query({ what: "status" }), { pending: 0, head: bench.host.watermark });
});

test("a settlement that a key asks for begins at once", (t) => {
	const bench = opened();
	bench.sell(1_000);
	bench.advance(5_000);
	bench.press("menu", "2");
	t.is(bench.screen.name, "notice-settlement");
	t.like(bench.terminal?.query({ what: "state" }), { settlement: { phase: "sent" } });
});

test("without a shift nothing is sold, and the cashier is told why", (t) => {
	const bench = new Bench();
	bench.powerOn();
	bench.enrol();
	const status = bench.sell(1_000);
	t.is(status.state, "refused");
	t.is(bench.screen.name, "notice-refused");
});

test("the language changes by one key and stays after a power cut", (t) => {
	const bench = opened();
	bench.press("language");
	t.is(bench.screen.language, "en");
	bench.powerOff();
	bench.powerOn();
	t.is(bench.screen.language, "en");
});

test("a sale in progress when the power goes is unknown, is enquired and ends", (t) => {
	const bench = opened();
	bench.sell(5_000);
	bench.powerOff();
	bench.advance(1_000);
	bench.powerOn();
	bench.press("menu", "3");
	t.true(bench.screen.lines.some(({ text }) => text.includes("1 笔结果未知 CNY 50.00")));
	bench.press("cancel");
	bench.advance(120_000);
	const state = bench.terminal?.query({ what: "state" });
	t.like(state, { open: [], batch: { groups: [{ debitCount: 1, debitMinor: 5_000 }] } });
});

test("a lost answer to a settlement is asked for, not sent again", (t) => {
	const bench = opened();
	bench.sell(5_000);
	bench.advance(5_000);
	bench.acquirer.plan("settle", "loseAnswer", 1, 0);
	bench.press("menu", "2");
	bench.advance(120_000);
	t.is(bench.acquirer.books.settlements.length, 1);
	t.like(bench.terminal?.query({ what: "state" }), {
		settlement: null,
		settlements: [{ agreed: true }],
	});
});

test("totals that do not agree are uploaded row by row until the books are equal", (t) => {
	const bench = opened();
	for (const amountMinor of [100, 200, 300]) {
		bench.sell(amountMinor);
		bench.advance(5_000);
	}
	bench.acquirer.plan("settle", "disagree", 1, 0);
	bench.press("menu", "2");
	bench.advance(60_000);
	t.like(bench.terminal?.query({ what: "state" }), {
		settlement: null,
		settlements: [{ agreed: true }],
	});
	t.true(bench.acquirer.books.bookings.every(({ lost, batch }) => !lost && batch === 1));
	t.regex(paperText(bench.printer.paper), /批上送/);
});

test("paper out stops the list and the next row goes on when paper is back", (t) => {
	const bench = opened();
	for (let index = 0; index < 8; index++) {
		bench.sell(100 + index);
		bench.advance(5_000);
	}
	bench.printer.paperOut(30);
	bench.press("menu", "2");
	bench.advance(60_000);
	t.is(bench.screen.name, "notice-printer");
	bench.printer.paperIn();
	bench.advance(60_000);
	t.like(bench.terminal?.query({ what: "state" }), { debts: [] });
	t.regex(paperText(bench.printer.paper), /合计 8 笔/);
});

test("a write or sync that fails once stops nobody: the journal is opened again and the day goes on", (t) => {
	let reopened = 0;
	for (const operation of ["write", "sync"] as const) {
		for (let at = 24; at < 90; at += 3) {
			const bench = new Bench([{ operation, at }]);
			bench.powerOn();
			bench.enrol();
			bench.press("menu", "1");
			bench.type("01");
			bench.press("ok");
			if (bench.screen.name !== "home") bench.press("menu", "1", "0", "1", "ok");
			for (const amountMinor of [100, 200, 300]) {
				bench.sell(amountMinor);
				bench.advance(40_000);
			}
			bench.press("cancel", "menu", "2");
			bench.advance(180_000);
			const state = bench.terminal?.query({ what: "state" }) as State;
			reopened += state.boot - 1;
			const booked = bench.acquirer.books.bookings.filter(({ status }) => status === "approved");
			t.like(state, { open: [], settlement: null, debts: [] }, `${operation} ${at}`);
			t.true(
				booked.every(({ batch }) => batch !== null),
				`${operation} ${at}`,
			);
			t.like(bench.terminal?.query({ what: "status" }), { pending: 0 }, `${operation} ${at}`);
		}
	}
	t.true(reopened > 10, `reopened ${reopened} times`);
});
