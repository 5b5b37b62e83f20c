import test from "ava";
import { openShop } from "./_shop.ts";

test("before the shift ends the terminal says so, and putting it off is counted", async (t) => {
	const shop = await openShop(t, { configuration: { autoSettleStartMinute: -1 } });
	await shop.sell({ amount: "10.00" });
	await shop.advanceTo("21:31");
	await shop.advance(10_000);
	const reminder = await shop.screen();
	t.is(reminder.name, "notice-reminder");
	t.deepEqual(
		reminder.lines.map(({ text }) => text),
		["29 分钟后交班", "未结算 1 笔 CNY 10.00"],
	);
	t.true(reminder.softKeys.some(({ label }) => label === "稍后 3/3"));
	await shop.press("cancel");
	t.is((await shop.screen()).name, "home");
	await shop.advance(6 * 60_000);
	t.true((await shop.screen()).softKeys.some(({ label }) => label === "稍后 2/3"));
	await shop.press("ok");
	await shop.advance(60_000);
	t.like(await shop.state(), { settlement: null, settlements: [{ agreed: true }] });
});

test("nobody presses a key: in the window of the night it asks, then settles and prints by itself", async (t) => {
	const shop = await openShop(t, { configuration: { shiftEndMinute: -1 } });
	await shop.sell({ amount: "10.00" });
	await shop.advanceTo("22:58");
	await shop.advance(10_000);
	t.is((await shop.screen()).name, "notice-reminder");
	await shop.advance(5 * 60_000);
	const state = await shop.state();
	t.like(state, { settlement: null, settlements: [{ agreed: true }], debts: [] });
	t.regex(await shop.paper(), /日结清单/);
	t.is(state.reminders.length, 0);
});

test("switched off over night: the next morning it catches up by itself", async (t) => {
	const shop = await openShop(t);
	await shop.sell({ amount: "88.00" });
	await shop.power(false);
	await shop.advanceTo("08:00");
	await shop.power(true);
	await shop.advance(60_000);
	t.like(await shop.state(), { settlement: null, settlements: [{ agreed: true }], debts: [] });
	const records = (await shop.till("GET", "records")) as {
		kind: string;
		body: { trigger?: string };
	}[];
	t.is(records.find(({ kind }) => kind === "settleBegin")?.body.trigger, "catchUp");
	t.regex(await shop.paper(), /合计 1 笔 +CNY 88\.00/);
});

test("a clock that jumps over the window settles nothing", async (t) => {
	const shop = await openShop(t);
	await shop.sell({ amount: "88.00" });
	await shop.till("PUT", "clock", { offsetMs: 14 * 3_600_000 + 10 * 60_000 });
	await shop.advance(60_000);
	const state = await shop.state();
	t.false(state.clockTrusted);
	t.deepEqual(state.settlements, []);
	const refused = await shop.press("menu", "3");
	t.true(refused.lines.some(({ text }) => text === "! 时钟不可信"));
});
