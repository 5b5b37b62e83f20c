import test from "ava";
import { chen, lin, openShop } from "../../../_helper/shop.ts";

test("the first copy of a small sale of the day needs nobody, the second a manager with a reason", (t) => {
	const shop = openShop();
	const transaction = shop.sell(20_00);
	const debt = shop.day.reprint("slip", transaction, lin, "");
	t.like(shop.state.debts.at(-1), { debt, copy: 1 });
	t.throws(() => shop.day.reprint("slip", transaction, lin, "lost"), { message: /more rights/ });
	t.throws(() => shop.day.reprint("slip", transaction, chen, ""), { message: /reason/ });
	shop.day.reprint("slip", transaction, chen, "customer lost it");
	t.like(shop.state.debts.at(-1), { copy: 2 });
	t.is(shop.state.day?.reprintCount, 2);
});

test("copies are counted over restarts", (t) => {
	const shop = openShop();
	const transaction = shop.sell(20_00);
	shop.day.reprint("slip", transaction, lin, "");
	shop.print();
	shop.boot();
	t.throws(() => shop.day.reprint("slip", transaction, lin, "lost"), { message: /more rights/ });
});

test("a large amount, another day and the peak hours need a manager", (t) => {
	const shop = openShop();
	const large = shop.sell(100_01);
	const small = shop.sell(1_00);
	t.throws(() => shop.day.reprint("slip", large, lin, "x"), { message: /more rights/ });
	shop.core.record("configuration", {
		version: 2,
		source: "manager",
		settings: [
			{ name: "reprintPeakStartMinute", value: 600 },
			{ name: "reprintPeakEndMinute", value: 720 },
		],
	});
	t.throws(() => shop.day.reprint("slip", small, lin, "x"), { message: /more rights/ });
	shop.clock.pass(3 * 3_600_000);
	shop.day.closeWithExceptions("day", chen, "test of another day");
	shop.day.openShift("lin");
	t.throws(() => shop.day.reprint("slip", small, lin, "x"), { message: /more rights/ });
});

test("nothing older than the retention time is printed again", (t) => {
	const shop = openShop();
	const transaction = shop.sell(1_00);
	shop.clock.pass(31 * 86_400_000);
	t.throws(() => shop.day.reprint("slip", transaction, chen, "audit"), { message: /older/ });
});

test("a document is only printed of what it is about", (t) => {
	const shop = openShop();
	const transaction = shop.sell(1_00);
	t.throws(() => shop.day.reprint("dailyList", transaction, chen, "x"), { message: /nothing/ });
	t.throws(() => shop.day.reprint("slip", 9_999, chen, "x"), { message: /nothing/ });
	shop.day.settle("operator");
	shop.pump();
	const settlement = shop.state.settlements[0]?.settlement ?? 0;
	t.notThrows(() => shop.day.reprint("settlementSlip", settlement, lin, ""));
	t.notThrows(() => shop.day.reprint("dailyList", settlement, lin, ""));
});

test("a print of which the printer cannot say is confirmed by a look, or printed again from its beginning", (t) => {
	const shop = openShop();
	shop.sell(1_00);
	const debt = shop.state.debts[0]?.debt ?? 0;
	t.throws(() => shop.day.confirmPrint(debt, lin, true), { message: /on its way/ });
	shop.core.record("printProgress", { debt, state: "unknown", row: 3, by: null, reason: null });
	shop.day.confirmPrint(debt, lin, false);
	t.like(shop.state.debts[0], { state: "sent", row: 0 });
	shop.core.record("printProgress", { debt, state: "unknown", row: 3, by: null, reason: null });
	shop.day.confirmPrint(debt, lin, true);
	t.deepEqual(shop.state.debts, []);
	t.throws(() => shop.day.confirmPrint(debt, lin, true), { message: /no such print/ });
});

test("only a manager with a reason gives a print up", (t) => {
	const shop = openShop();
	shop.sell(1_00);
	const debt = shop.state.debts[0]?.debt ?? 0;
	t.throws(() => shop.day.waivePrint(debt, lin, "no paper"), { message: /more rights/ });
	t.throws(() => shop.day.waivePrint(debt, chen, ""), { message: /reason/ });
	shop.day.waivePrint(debt, chen, "no paper");
	t.like(shop.records("printProgress")[0]?.body, {
		state: "waived",
		by: "chen",
		reason: "no paper",
	});
	t.deepEqual(shop.state.debts, []);
});
