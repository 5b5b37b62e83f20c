import test from "ava";
import { linesFrom } from "./_paper.ts";
import { closedShop } from "./_shop.ts";

test("first use: language, width of the paper and a test slip that proves them, then what to press", async (t) => {
	const shop = await closedShop(t, { paperColumns: 48 });
	const { softKeys } = await shop.screen();
	t.deepEqual(
		softKeys.map(({ key, label }) => `${key} ${label}`),
		["ok 首次设置", "menu 菜单", "language English"],
	);
	t.is((await shop.press("ok")).name, "setup-language");
	t.deepEqual(await shop.lines(), ["语言 Language", "1 中文", "2 English"]);
	t.is((await shop.press("2")).name, "setup-paper");
	t.deepEqual(await shop.lines(), ["Width of the paper", "1 58 mm", "2 80 mm"]);
	t.is((await shop.press("1")).name, "setup-test");
	await shop.advance(10_000);
	// Too narrow for this paper: the digits end in its middle, so the answer is no.
	t.is((await shop.walk("cancel", "2")).at(-1), "setup-test");
	await shop.advance(10_000);
	const paper = await linesFrom(shop, 0);
	t.deepEqual(
		paper.filter((line) => /^\d{20,}$/.test(line)).map((line) => line.length),
		[32, 48],
	);
	t.is(paper.filter((line) => line === "[QR]").length, 2);
	t.is(paper.filter((line) => line === "NOT A RECEIPT").length, 2);
	t.is((await shop.press("ok")).name, "setup-done");
	t.deepEqual(await shop.lines(), [
		...["Ready", "Menu 1 opens a shift; then sell", "How to: menu, then down"],
	]);
	t.is((await shop.press("ok")).name, "home");
	t.like(await shop.state(), { debts: [], day: null });
	await shop.openShift();
	t.is((await shop.screen()).softKeys[0]?.label, "Close shift".replace("Close ", ""), "only once");
});

test("help opens with the situation that the shop is in, and has a screen for each", async (t) => {
	const shop = await closedShop(t);
	t.deepEqual(await shop.walk("menu", "down"), ["menu", "help-close"]);
	t.deepEqual(await shop.lines(), [
		"交班 / 日结:",
		"菜单 3 交班, 菜单 4 日结",
		"被拒绝: 按确认处理第一项",
		"仍不行: 菜单键, 店长密码, 原因",
		"▲ 上一页  ▼ 下一页",
	]);
	t.deepEqual(await shop.walk("down", "down", "down", "down", "down", "up"), [
		...["help-reprint", "help-prints", "help-unknown", "help-settle", "help-close"],
		"help-settle",
	]);
	t.deepEqual(await shop.walk("cancel", "cancel"), ["menu", "home"]);
	await shop.openShift();
	await shop.till("PUT", "printer", { paper: "out" });
	await shop.sell({ amount: "5.00" });
	await shop.press("cancel");
	t.is((await shop.walk("menu", "down")).at(-1), "help-prints");
	await shop.till("PUT", "printer", { paper: "in" });
	await shop.advance(10_000);
	t.is((await shop.walk("cancel", "down")).at(-1), "help-settle");
});
