import test from "ava";
import { openShop } from "./_shop.ts";

test("忘记结算: the shop cannot go home before it has settled, and the host sees the day complete", async (t) => {
	const shop = await openShop(t);
	for (const amount of ["12.00", "8.50", "79.90"]) await shop.sell({ amount });

	const refused = await shop.press("menu", "3");
	t.is(refused.name, "close-refused");
	t.true(refused.lines.some(({ text }) => text === "! 3 笔未结算 CNY 100.40"));

	await shop.press("ok");
	await shop.advance(60_000);
	t.is((await shop.press("menu", "3")).name, "close-ready");
	t.is((await shop.press("ok")).name, "closed");
	await shop.press("ok", "menu", "4");
	t.is((await shop.press("ok")).name, "closed");
	await shop.advance(30_000);

	const day = await shop.hostDay();
	t.deepEqual(day.missing, []);
	t.true(day.complete);
	t.is(day.approvedCount, 3);
	t.like(day.totals, [{ group: "domestic", debitCount: 3, debitMinor: 10_040 }]);
});

test("a manager closes in spite of it, with a reason; paper and journal name it, and the next opening begins with it", async (t) => {
	const shop = await openShop(t);
	await shop.sell({ amount: "5.00" });
	await shop.press("menu", "3", "menu");
	await shop.type("2468");
	t.is((await shop.press("ok")).name, "override-reason");
	const closed = await shop.press("1");
	t.is(closed.name, "closed");
	t.true(closed.lines.some(({ text }) => text.includes("例外 1 项")));
	await shop.advance(30_000);
	t.regex(await shop.paper(), /例外/);
});

test("a wrong PIN lifts nothing", async (t) => {
	const shop = await openShop(t);
	await shop.sell();
	await shop.press("menu", "3", "menu");
	await shop.type("1111");
	const screen = await shop.press("ok");
	t.is(screen.name, "manager-pin");
	t.true(screen.lines.some(({ text }) => text === "! 密码错误"));
});
