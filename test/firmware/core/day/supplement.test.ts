import test from "ava";
import { isRecordedAlready } from "../../../../firmware/core/day/supplement.ts";
import type { SupplementEntry } from "../../../../firmware/core/part.ts";
import { chen, lin, openShop } from "../../../_helper/shop.ts";

const entry: SupplementEntry = {
	origin: "backupTerminal",
	method: "card",
	amountMinor: 50_00,
	soldDate: 2026_11_21,
	trace: 417,
	lastFour: "4321",
	operator: "lin",
};

function openToday() {
	const shop = openShop();
	return { shop, today: { ...entry, soldDate: shop.state.day?.businessDate ?? 0 } };
}

test("an entry needs a manager with a reason, an amount and a day that is over", (t) => {
	const { shop, today } = openToday();
	const enter = (changed: Partial<SupplementEntry>, by = chen, reason = "power cut") =>
		shop.day.supplement({ ...today, ...changed }, by, reason);
	t.throws(() => enter({}, lin), { message: /more rights/ });
	t.throws(() => enter({}, chen, " "), { message: /reason/ });
	t.throws(() => enter({ amountMinor: 0 }), { message: /zero/ });
	t.throws(() => enter({ soldDate: today.soldDate + 1 }), { message: /future/ });
	t.throws(() => enter({ soldDate: 2026_01_01 }), { message: /too long ago/ });
	t.deepEqual(shop.records("supplement"), []);
	shop.day.closeWithExceptions("day", chen, "test");
	t.throws(() => enter({}), { message: /No shift/ });
});

test("an entry owes its slip and a list of the day, and enters no total", (t) => {
	const { shop, today } = openToday();
	const supplement = shop.day.supplement(today, chen, "power cut");
	t.like(shop.state, {
		supplements: { count: 1, amountMinor: 50_00 },
		batch: { groups: [] },
		day: { groups: [], lastApproved: supplement },
		debts: [{ document: "slip", subject: supplement, copy: 0 }],
	});
	t.false(shop.day.settle("operator"), "there is nothing to settle");
	t.deepEqual(shop.day.nextCopy("slip", supplement), { copy: 1, needsApproval: false });
});

test("the newest entry is withdrawn first, each once, and the count survives a restart", (t) => {
	const { shop, today } = openToday();
	const first = shop.day.supplement(today, chen, "a");
	const second = shop.day.supplement({ ...today, amountMinor: 7_00 }, chen, "b");
	t.is(shop.day.withdrawSupplement(chen, "typing error"), second);
	shop.boot();
	t.deepEqual(shop.state.supplements, { count: 1, amountMinor: 50_00 });
	t.is(shop.day.withdrawSupplement(chen, "twice"), first);
	t.throws(() => shop.day.withdrawSupplement(chen, "again"), { message: /no such entry/ });
	t.deepEqual(shop.state.supplements, { count: 0, amountMinor: 0 });
});

test("the next day begins without entries, and cannot withdraw those of the day before", (t) => {
	const { shop, today } = openToday();
	shop.day.supplement(today, chen, "a");
	shop.day.closeWithExceptions("day", chen, "test");
	shop.day.openShift("lin");
	t.deepEqual(shop.state.supplements, { count: 0, amountMinor: 0 });
	t.throws(() => shop.day.withdrawSupplement(chen, "late"), { message: /no such entry/ });
	t.true(isRecordedAlready(shop.core, today));
	t.false(isRecordedAlready(shop.core, { ...today, lastFour: "9999" }));
});
