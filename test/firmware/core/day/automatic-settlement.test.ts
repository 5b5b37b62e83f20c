import test from "ava";
import { openShop, type Shop } from "../../../_helper/shop.ts";

const triggers = (shop: Shop) => shop.records("settleBegin").map(({ body }) => body.trigger);
const asked = (shop: Shop) =>
	shop
		.records("reminder")
		.filter(({ body }) => body.reminder === "automaticSettlement")
		.map(({ body }) => body.action);

test("the terminal asks two minutes before its turn and then settles by itself, once a window", (t) => {
	const shop = openShop({ at: "2026-11-21T22:50:00" });
	shop.sell(1_00);
	shop.wait(8 * 60 - 5);
	t.deepEqual(asked(shop), []);
	shop.wait(10);
	t.deepEqual(asked(shop), ["shown"]);
	t.deepEqual(triggers(shop), []);
	shop.wait(120);
	t.deepEqual(triggers(shop), ["automatic"]);
	shop.sell(2_00);
	shop.wait(3600);
	t.deepEqual(triggers(shop), ["automatic"]);
	t.is(shop.state.batch.groups[0]?.debitMinor, 2_00);
	shop.wait(23 * 3600);
	t.deepEqual(triggers(shop), ["automatic", "automatic"], "the next window is the next day's");
});

test("a fleet is spread over the window", (t) => {
	const shop = openShop({
		at: "2026-11-21T22:50:00",
		settings: [{ name: "autoSettleSlotSeconds", value: 900 }],
	});
	shop.sell(1_00);
	shop.wait(24 * 60);
	t.deepEqual(triggers(shop), []);
	shop.wait(65);
	t.deepEqual(triggers(shop), ["automatic"]);
});

test("an operator who puts it off gets five minutes more", (t) => {
	const shop = openShop({ at: "2026-11-21T22:50:00" });
	shop.sell(1_00);
	shop.wait(9 * 60);
	shop.day.snooze("automaticSettlement");
	shop.wait(4 * 60 + 50);
	t.deepEqual(triggers(shop), []);
	shop.wait(20);
	t.deepEqual(triggers(shop), ["automatic"]);
	t.deepEqual(asked(shop), ["shown", "snoozed", "obeyed"]);
});

test("it never begins during a transaction", (t) => {
	const shop = openShop({ at: "2026-11-21T22:59:00" });
	shop.sell(1_00);
	shop.app.fates.push("hang");
	shop.sell(2_00);
	shop.wait(90);
	t.deepEqual(triggers(shop), []);
	shop.wait(60);
	t.deepEqual(triggers(shop), ["automatic"]);
});

test("a window missed without power is made up for at the next start", (t) => {
	const shop = openShop({ at: "2026-11-21T20:00:00" });
	shop.sell(1_00);
	shop.clock.pass(12 * 3_600_000);
	shop.boot();
	t.deepEqual(triggers(shop), ["catchUp"]);
});

test("nothing is made up for when no window has passed", (t) => {
	const shop = openShop({ at: "2026-11-21T20:00:00" });
	shop.sell(1_00);
	shop.clock.pass(60_000);
	shop.boot();
	shop.wait(60);
	t.deepEqual(triggers(shop), []);
});

test("a window over midnight is one window", (t) => {
	const shop = openShop({
		at: "2026-11-21T23:40:00",
		settings: [
			{ name: "autoSettleStartMinute", value: 23 * 60 + 50 },
			{ name: "autoSettleEndMinute", value: 30 },
			{ name: "autoSettleSlotSeconds", value: 1200 },
		],
	});
	shop.sell(1_00);
	shop.wait(29 * 60);
	t.deepEqual(triggers(shop), []);
	shop.wait(2 * 60);
	t.deepEqual(triggers(shop), ["automatic"]);
});

test("switched off it does nothing", (t) => {
	const shop = openShop({
		at: "2026-11-21T22:50:00",
		settings: [{ name: "autoSettleStartMinute", value: -1 }],
	});
	shop.sell(1_00);
	shop.wait(7200);
	t.deepEqual(triggers(shop), []);
});

test("a window in the hour that local time skips is made up for; one that was kept is not repeated", (t) => {
	const settings = [
		{ name: "autoSettleStartMinute", value: 130 },
		{ name: "autoSettleEndMinute", value: 140 },
	];
	const shop = openShop({ at: "2026-11-22T01:30:00", settings });
	shop.sell(10_00);
	shop.wait(29 * 60);
	t.deepEqual(shop.records("settleBegin"), []);
	shop.clock.zoneMinutes += 60;
	shop.wait(120);
	t.is(shop.records("settleBegin")[0]?.body.trigger, "catchUp");
	shop.sell(11_00);
	shop.clock.zoneMinutes -= 60;
	shop.wait(120);
	t.is(shop.records("settleBegin").length, 1);
});
