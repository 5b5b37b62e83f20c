import test from "ava";
import type { Key } from "../../firmware/core/port.ts";
import { endOfPaper, linesFrom } from "./_paper.ts";
import { openShop } from "./_shop.ts";

test("lists by shift, batch, operator and scheme, of today and of the day before, whole and short", async (t) => {
	const shop = await openShop(t);
	await shop.sell({ amount: "10.00" });
	await shop.sell({ amount: "20.00", scheme: "VISA", lastFour: "0005" });
	await shop.settle();
	await shop.walk("cancel", "menu", "3", "ok", "ok");
	await shop.openShift("02");
	await shop.sell({ amount: "40.00" });
	await shop.plan("authorise", "decline");
	await shop.sell({ amount: "80.00" });
	await shop.press("cancel");

	/** What a walk through the menu puts on paper: titles, banners, rows and the total. */
	const printed = async (
		...steps: readonly (Key | { readonly type: string })[]
	): Promise<readonly string[]> => {
		const before = await endOfPaper(shop);
		const names = await shop.walk("menu", "0", ...steps, "ok");
		t.deepEqual(names.slice(-2), ["report-printing", "home"]);
		await shop.advance(10_000);
		const lines = await linesFrom(shop, before);
		return lines.filter((line) => /^(交易明细$|班次|批次号|仅|简表|\d{6} |合计|部分)/.test(line));
	};

	t.deepEqual(await shop.walk("menu", "0", "3"), ["menu", "reports", "report-period"]);
	t.deepEqual(await shop.lines(), ["选择期间", "班次 2 操作员 02", "▲ 较新  ▼ 较早"]);
	await shop.press("down");
	t.is((await shop.lines())[1], "班次 1 操作员 01");
	await shop.walk("cancel", "cancel", "cancel");
	const first = ["000001 消费 1234 10.00 09:00", "000002 消费 0005 20.00 09:00"];
	const [third, refused] = ["000003 消费 1234 40.00", "000004 消费 1234 80.00"] as const;
	const begin = (lines: readonly string[]) => lines.map((line) => line.replace(/ 09:\d\d$/, ""));
	const early = begin(first);
	const shift = begin(await printed("3", "ok", "1"));
	t.deepEqual(shift, ["交易明细", "班次 2", third, refused, "合计 1 笔 CNY 40.00"]);
	const batch = begin(await printed("4", "ok", "1"));
	t.deepEqual(batch, ["交易明细", "批次号 000001", ...early, "合计 2 笔 CNY 30.00"]);
	const operator = begin(await printed("5", "ok", { type: "01" }, "ok", "1"));
	t.deepEqual(operator, [
		...["交易明细", "仅操作员 01", ...early],
		...["合计 2 笔 CNY 30.00", "部分清单, 不能扫码核对"],
	]);
	const scheme = begin(await printed("6", "ok", "2", "1"));
	t.deepEqual(scheme, [
		...["交易明细", "仅境外卡", early[1] ?? ""],
		...["合计 1 笔 CNY 20.00", "部分清单, 不能扫码核对"],
	]);
	const short = ["交易明细", "简表 明细 3 笔不逐笔打印", refused, "合计 3 笔 CNY 70.00"];
	t.deepEqual(begin(await printed("2", "ok", "2")), short);

	await shop.settle();
	await shop.walk("cancel", "menu", "4", "ok", "ok");
	await shop.advanceTo("08:00");
	await shop.press("cancel", "cancel");
	await shop.openShift("03");
	t.deepEqual(begin(await printed("2", "down", "ok", "2")), short, "the day before");
	const asked = await shop.records("listAsked");
	t.is(asked.length, 6);
	t.deepEqual(asked.at(-1), {
		...{ subject: asked[4]?.subject, operator: null, group: null, isShort: true, by: "03" },
	});
	t.deepEqual(
		(await shop.hostDay()).missing.map(({ type }) => type),
		["notClosed"],
	);
});

test("a long list gives way to a customer's slip between two rows, and goes on behind it", async (t) => {
	const shop = await openShop(t, { mmPerSecond: 25, configuration: { slipPerSale: false } });
	for (let index = 0; index < 8; index++) await shop.sell({ amount: "3.00" });
	const before = await endOfPaper(shop);
	await shop.press("menu", "2");
	for (let wait = 0; wait < 120; wait++) {
		if ((await shop.paper()).slice(before).includes("000003 消费")) break;
		await shop.advance(250);
	}
	t.is((await shop.walk("cancel", "menu", "5", "1")).at(-1), "reprinted");
	await shop.advance(60_000);
	const lines = await linesFrom(shop, before);
	const rows = Array.from({ length: 8 }, (_, index) => `00000${index + 1} 消费`);
	const story = lines
		.map((line) => (/^\d{6} 消费/.test(line) ? line.slice(0, 9) : line))
		.filter((line) => /^(日结清单$|签购单$|未完|续打|\d{6} )/.test(line));
	const printed = story.indexOf("未完, 让签购单先打") - 1;
	t.true(printed >= 3 && printed < 8, `${printed} rows before the slip`);
	t.deepEqual(story, [
		...["日结清单", ...rows.slice(0, printed), "未完, 让签购单先打"],
		...["签购单", `续打 从第 ${printed + 1} 行`, ...rows.slice(printed)],
	]);
	t.deepEqual((await shop.state()).debts, []);
});
