import test from "ava";
import { shiftEndStep, unsettledStep } from "../../../../firmware/core/day/ladder.ts";
import { lin, local, openShop, type Shop } from "../../../_helper/shop.ts";

const noAutomatic = { name: "autoSettleStartMinute", value: -1 };
const noSlips = { name: "slipPerSale", value: false };

const told = (shop: Shop, reminder: string) =>
	shop
		.records("reminder")
		.filter(({ body }) => body.reminder === reminder)
		.map(({ body }) => `${body.action} ${body.step}`);

test("the end of the shift is announced 30, 15, 5 and 0 minutes before and then every 10", (t) => {
	const shop = openShop({ at: "2026-11-21T21:00:00" });
	shop.wait(80 * 60 + 30);
	t.deepEqual(
		told(shop, "shiftEnd"),
		[0, 1, 2, 3, 4, 5].map((step) => `shown ${step}`),
	);
	const minutes = shop.records("reminder").map(({ stamp }) => Math.round(stamp.wallS / 60) % 60);
	t.deepEqual(minutes, [30, 45, 55, 0, 10, 20]);
	shop.day.close("shift", lin);
	shop.wait(60);
	t.is(told(shop, "shiftEnd").at(-1), "obeyed 5");
	t.is(shop.notice("reminder"), undefined);
});

test("a restart shows no step twice", (t) => {
	const shop = openShop({ at: "2026-11-21T21:00:00" });
	shop.wait(32 * 60);
	shop.boot();
	shop.wait(60);
	t.deepEqual(told(shop, "shiftEnd"), ["shown 0"]);
	t.like(shop.notice("reminder"), { reminder: "shiftEnd", step: 0, snoozesLeft: 3 });
});

test("a reminder is put off three times at most", (t) => {
	const shop = openShop({ at: "2026-11-21T21:00:00" });
	t.throws(() => shop.day.snooze("shiftEnd"), { message: /not shown/ });
	shop.wait(30 * 60);
	for (let time = 0; time < 3; time++) {
		shop.day.snooze("shiftEnd");
		t.is(shop.notice("reminder"), undefined);
		shop.wait(4 * 60);
		t.is(shop.notice("reminder"), undefined);
		shop.wait(60);
		t.like(shop.notice("reminder"), { snoozesLeft: 2 - time });
	}
	t.throws(() => shop.day.snooze("shiftEnd"), { message: /cannot be put off/ });
});

test("a jump of the clock alone reminds of nothing and settles nothing", (t) => {
	const shop = openShop({ at: "2026-11-21T12:00:00" });
	shop.sell(1_00);
	shop.clock.wallMs = local("2026-11-21T23:10:00");
	shop.wait(600);
	t.deepEqual(shop.records("reminder"), []);
	t.deepEqual(shop.records("settleBegin"), []);
	t.like(shop.records("clock")[0]?.body, { source: "jump" });
	t.is(shop.records("clock").length, 1);
	t.false(shop.state.clockTrusted);
	const wallS = shop.core.stamp().wallS;
	shop.core.record("clock", { oldWallS: wallS, newWallS: wallS, source: "host" });
	shop.wait(10);
	t.true(shop.state.clockTrusted);
	t.not(shop.records("settleBegin").length, 0, "once the host confirms the time it counts");
});

test("a clock that went back without power is not trusted, whenever the power goes again", (t) => {
	const shop = openShop();
	shop.clock.wallMs = local("2000-01-01T00:00:00");
	shop.boot();
	shop.boot();
	t.false(shop.state.clockTrusted);
	t.is(shop.records("clock")[0]?.body.newWallS, local("2000-01-01T00:00:00") / 1000);
});

test("a clock that was set back on purpose is still trusted after a restart", (t) => {
	const shop = openShop();
	const oldWallS = shop.core.stamp().wallS;
	shop.core.record("clock", { oldWallS, newWallS: oldWallS - 7200, source: "host" });
	shop.clock.set(shop.clock.wallMs - 7_200_000);
	shop.boot();
	t.true(shop.state.clockTrusted);
});

test("the host setting the clock is no jump", (t) => {
	const shop = openShop();
	const oldWallS = shop.core.stamp().wallS;
	shop.clock.set(shop.clock.wallMs + 1_200_000);
	shop.core.record("clock", { oldWallS, newWallS: oldWallS + 1200, source: "host" });
	shop.wait(120);
	t.is(shop.records("clock").length, 1);
	t.true(shop.state.clockTrusted);
});

test("unsettled money climbs its ladder and comes down when it is settled", (t) => {
	const shop = openShop({ at: "2026-11-21T20:00:00", settings: [noAutomatic, noSlips] });
	shop.sell(1_00);
	shop.wait(2 * 3600 + 60);
	t.deepEqual(told(shop, "unsettled"), ["shown 0"]);
	shop.wait(2 * 3600);
	t.deepEqual(told(shop, "unsettled"), ["shown 0", "shown 1"]);
	shop.wait(20 * 3600);
	t.is(told(shop, "unsettled").at(-1), "shown 2");
	shop.day.settle("operator");
	shop.wait(5);
	t.is(told(shop, "unsettled").at(-1), "obeyed 2");
});

test("a settlement in doubt keeps the age of its money", (t) => {
	const shop = openShop({ at: "2026-11-21T20:00:00", settings: [noAutomatic, noSlips] });
	shop.sell(1_00);
	shop.app.acquirer.cannotConfirm = true;
	shop.day.settle("operator");
	shop.wait(24 * 3600 + 60);
	t.is(told(shop, "unsettled").at(-1), "shown 2");
});

test("the ladder ends with the deadlines after 7 and 21 days", (t) => {
	const day = 86_400;
	t.is(unsettledStep(0, null, day - 1), null);
	t.is(unsettledStep(0, 7200, 7200), 0);
	t.is(unsettledStep(0, 7200, 14_400), 1);
	t.is(unsettledStep(0, 7200, 2 * day), 3);
	t.is(unsettledStep(0, null, 7 * day), 4);
	t.is(unsettledStep(0, null, 400 * day), 5);
});

test("steps before the shift opened are not announced", (t) => {
	t.is(shiftEndStep(10_000, 9_000, 9_000, 10), null);
	t.is(shiftEndStep(10_000, 9_000, 9_100, 10), 1);
	t.is(shiftEndStep(10_000, 9_000, 10_601, 10), 4);
});

test("yesterday's open day is the first thing said at start, and once a day of delay", (t) => {
	const shop = openShop({ settings: [noAutomatic, noSlips] });
	shop.clock.pass(24 * 3_600_000);
	shop.boot();
	shop.boot();
	t.deepEqual(told(shop, "yesterday"), ["shown 1"]);
	shop.day.close("day", lin);
	shop.wait(10);
	t.deepEqual(told(shop, "yesterday"), ["shown 1", "obeyed 1"]);
});

test("paper that yesterday still owes is said as well", (t) => {
	const shop = openShop({ settings: [noAutomatic] });
	shop.sell(1_00);
	shop.day.settle("operator");
	shop.pump();
	shop.day.closeWithExceptions("day", { name: "chen", role: "manager" }, "no paper");
	shop.clock.pass(24 * 3_600_000);
	shop.boot();
	t.deepEqual(told(shop, "yesterday"), ["shown 1"]);
	shop.print();
	shop.wait(10);
	t.deepEqual(told(shop, "yesterday"), ["shown 1", "obeyed 1"]);
});
