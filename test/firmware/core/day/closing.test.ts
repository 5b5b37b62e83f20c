import test from "ava";
import { Refusal } from "../../../../firmware/core/day/refusal.ts";
import type { Blocker } from "../../../../firmware/core/part.ts";
import {
	OPEN_SALES_MAX,
	PRINT_DEBTS_MAX,
	PRINT_DEBTS_SELLING_MAX,
} from "../../../../protocol/limits.ts";
import { chen, lin, local, openShop, Shop } from "../../../_helper/shop.ts";

const types = (blockers: readonly Blocker[]) => blockers.map(({ type }) => type);

function settleAndPrint(shop: Shop): void {
	shop.day.settle("operator");
	shop.pump();
	shop.print();
}

test("the first shift opens the day with its business date", (t) => {
	const shop = openShop({ at: "2026-11-22T01:30:00" });
	t.like(shop.state.day, { day: 1, businessDate: 2026_11_21 });
	t.like(shop.state.shift, { shift: 1, operator: "lin" });
	t.throws(() => shop.day.openShift("wang"), { instanceOf: Refusal, code: "REFUSED" });
});

test("a second shift stays in the open day, also after midnight", (t) => {
	const shop = openShop({ at: "2026-11-21T22:00:00" });
	shop.day.close("shift", lin);
	shop.clock.pass(9 * 3_600_000);
	shop.day.openShift("wang");
	t.is(shop.state.day?.businessDate, 2026_11_21);
	t.is(shop.records("dayOpen").length, 1);
});

test("a clock that was set back never gives an earlier business date again", (t) => {
	const shop = openShop();
	shop.day.close("day", lin);
	shop.clock.wallMs = local("2026-11-19T10:00:00");
	shop.day.openShift("lin");
	t.is(shop.state.day?.businessDate, 2026_11_21);
});

test("a close is refused while money is unsettled, and then while paper is owed", (t) => {
	const shop = openShop();
	shop.sell(20_00);
	shop.print();
	const refused = shop.day.close("shift", lin);
	t.like(refused, { closed: false });
	t.like(shop.day.blockers("shift")[0], {
		type: "unsettledBatch",
		count: 1,
		amountMinor: 20_00,
		remedies: ["settle"],
		overrideBy: "manager",
	});
	shop.day.settle("operator");
	shop.pump();
	t.deepEqual(types(shop.day.blockers("shift")), ["printDebt"]);
	shop.print();
	t.deepEqual(shop.day.close("shift", lin), { closed: true, exceptions: 0 });
	t.is(shop.state.shift, null);
});

test("a clean day closes with its shift and knows that its lists are on paper", (t) => {
	const shop = openShop();
	shop.sell(20_00);
	settleAndPrint(shop);
	t.deepEqual(shop.day.close("day", lin), { closed: true, exceptions: 0 });
	t.like(shop.state.days[0], { clean: true, listConfirmed: true, businessDate: 2026_11_21 });
	t.deepEqual(shop.state.debts, []);
});

test("blockers come in a fixed order, money first", (t) => {
	const shop = openShop();
	shop.app.fates.push("approve", "hang", "hang");
	shop.sell(20_00);
	shop.sell(1_00);
	const taken = shop.sell(2_00);
	shop.wait(121);
	shop.app.reversalFaults.push("silent", "silent", "silent", "silent");
	shop.day.retryReversal(taken);
	shop.clock.wallMs += 3_600_000;
	shop.pump();
	t.deepEqual(types(shop.day.blockers("day")), [
		"unsettledBatch",
		"pendingReversal",
		"unknownOutcome",
		"printDebt",
		"clockNotTrusted",
	]);
});

test("a transaction in flight stands in the way as well", (t) => {
	const shop = openShop();
	shop.app.fates.push("hang");
	shop.sell(1_00);
	t.deepEqual(types(shop.day.blockers("day")), ["unknownOutcome"]);
});

test("only a manager with a reason lifts a blocker, and the close names it", (t) => {
	const shop = openShop();
	shop.sell(20_00);
	settleAndPrint(shop);
	shop.app.fates.push("hang");
	shop.sell(1_00);
	shop.wait(121);
	const [unknown] = shop.day.blockers("day");
	if (unknown === undefined) return t.fail("no blocker");
	t.throws(() => shop.day.override(unknown, lin, "late"), { message: /more rights/ });
	t.throws(() => shop.day.override(unknown, chen, " "), { message: /reason/ });
	shop.day.override(unknown, chen, "bank line is down");
	t.deepEqual(shop.day.close("day", lin), { closed: true, exceptions: 1 });
	t.deepEqual(shop.records("dayClose")[0]?.body.exceptions, [
		{ blocker: "unknownOutcome", count: 1 },
	]);
	t.like(shop.state.debts.at(-1), { document: "exceptionList" });
	t.is(shop.state.open.length, 1, "the unknown one is still pursued");
});

test("an override lifts its own transaction and no other", (t) => {
	const shop = openShop();
	shop.app.fates.push("hang", "hang");
	const first = shop.sell(1_00);
	const second = shop.sell(2_00);
	shop.wait(121);
	const [blocker] = shop.day.blockers("day");
	if (blocker === undefined) return t.fail("no blocker");
	t.is(blocker.subject, first);
	shop.day.override(blocker, chen, "seen at the acquirer");
	const result = shop.day.close("day", lin);
	t.deepEqual(result.closed ? [] : result.blockers.map(({ subject }) => subject), [second]);
});

test("an override ends when more of its kind comes", (t) => {
	const shop = openShop({ settings: [{ name: "slipPerSale", value: false }] });
	shop.sell(20_00);
	const [unsettled] = shop.day.blockers("day");
	if (unsettled === undefined) return t.fail("no blocker");
	shop.day.override(unsettled, chen, "line is down");
	shop.sell(5_00);
	t.like(shop.day.close("day", chen), { closed: false });
});

test("an operator cannot close with exceptions", (t) => {
	const shop = openShop();
	shop.sell(20_00);
	t.throws(() => shop.day.closeWithExceptions("day", lin, "home"), { message: /more rights/ });
	t.throws(() => shop.day.closeWithExceptions("day", chen, ""), { message: /reason/ });
	t.not(shop.state.day, null);
});

test("closing with exceptions owes the list of the day and of the exceptions, and the next day begins with them", (t) => {
	const shop = openShop();
	shop.sell(20_00);
	const first = shop.state.day?.first;
	t.deepEqual(shop.day.closeWithExceptions("day", chen, "acquirer is down"), {
		closed: true,
		exceptions: 2,
	});
	t.deepEqual(
		shop.state.debts.slice(-2).map(({ document, subject }) => [document, subject]),
		[
			["dailyList", first],
			["exceptionList", first],
		],
	);
	t.like(shop.state.days[0], { clean: false, listConfirmed: false });
	t.is(shop.records("override").length, 2);
	shop.day.openShift("wang");
	t.deepEqual(shop.records("dayOpen")[1]?.body.carried, [
		{ blocker: "unsettledBatch", count: 1 },
		{ blocker: "printDebt", count: 1 },
	]);
	shop.print();
	t.true(shop.state.days[0]?.listConfirmed);
});

test("a list that a person gave up is never called printed", (t) => {
	const shop = openShop();
	shop.sell(20_00);
	shop.day.settle("operator");
	shop.pump();
	const list = shop.state.debts.find(({ document }) => document === "dailyList");
	shop.day.waivePrint(list?.debt ?? 0, chen, "printer broken");
	shop.print();
	shop.day.close("day", lin);
	t.like(shop.state.days[0], { listConfirmed: false, listWaived: true });
});

test("closing needs something open", (t) => {
	const shop = new Shop();
	shop.boot();
	t.throws(() => shop.day.close("day", lin), { message: /No day is open/ });
	t.throws(() => shop.day.close("shift", lin), { message: /No shift is open/ });
});

test("a manager can close the fullest terminal", (t) => {
	const shop = openShop();
	for (let sale = 1; sale < PRINT_DEBTS_SELLING_MAX; sale++) shop.sell(1_00);
	shop.app.fates.push(...Array<"hang">(OPEN_SALES_MAX).fill("hang"));
	for (let sale = 0; sale < OPEN_SALES_MAX; sale++) shop.sell(1_00);
	shop.wait(130);
	for (let day = 0; day < 12; day++) {
		t.like(shop.day.closeWithExceptions("day", chen, "all is down"), { closed: true });
		shop.day.openShift("lin");
	}
	t.is(shop.state.debts.length, PRINT_DEBTS_MAX);
});

test("the list of the day prints at its set time when no settlement printed it", (t) => {
	const shop = openShop({
		at: "2026-11-21T17:00:00",
		settings: [
			{ name: "listMinute", value: 18 * 60 },
			{ name: "slipPerSale", value: false },
		],
	});
	const lists = () => shop.records("printDue").length;
	shop.sell(20_00);
	shop.wait(3590);
	t.is(lists(), 0);
	shop.wait(20);
	t.is(lists(), 1);
	shop.sell(5_00);
	shop.wait(3600);
	t.is(lists(), 1, "what is sold afterwards waits for the close");
});
