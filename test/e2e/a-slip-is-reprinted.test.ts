import test from "ava";
import { openShop } from "./_shop.ts";

test("小票补打: a slip comes again after settlement, marked and counted", async (t) => {
	const shop = await openShop(t);
	const { trace } = await shop.sell({ amount: "66.00" });
	await shop.settle();
	const before = (await shop.paper()).length;

	await shop.press("menu", "5", "4");
	await shop.type(String(trace));
	t.is((await shop.press("ok")).name, "reprinted");
	await shop.press("ok");
	await shop.advance(30_000);
	const copy = (await shop.paper()).slice(before);
	t.regex(copy, /重打印\/DUPLICATE 1/);
	t.regex(copy, /66\.00/);

	await shop.sell({ amount: "1.00" });
	await shop.settle();
	t.regex(await shop.paper(), /补打次数 +1/);
});

test("a second copy needs a manager, and the cashier is told so", async (t) => {
	const shop = await openShop(t);
	await shop.sell();
	await shop.press("menu", "5", "1", "ok");
	const screen = await shop.press("menu", "5", "1");
	t.is(screen.name, "refused");
});
