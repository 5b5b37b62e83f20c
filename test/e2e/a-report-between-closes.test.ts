import test from "ava";
import { endOfPaper, linesFrom } from "./_paper.ts";
import { openShop } from "./_shop.ts";

test("X report: the day so far on paper, marked as interim, and nothing is closed or settled by it", async (t) => {
	const shop = await openShop(t);
	const { trace } = await shop.sell({ amount: "42.00" });
	await shop.sell({ amount: "8.00", scheme: "VISA", lastFour: "0005" });
	await shop.sell({ type: "void", amount: "42.00", originalTrace: trace });
	await shop.plan("authorise", "decline");
	await shop.sell({ amount: "5.00" });
	const { batch, day, shift } = await shop.state();
	const before = await endOfPaper(shop);
	await shop.press("cancel");
	t.deepEqual(await shop.walk("menu", "0"), ["menu", "reports"]);
	t.is((await shop.lines())[0], "1 X 报表, 不日结");
	t.deepEqual(await shop.walk("1", "ok"), ["report-printing", "home"]);
	await shop.advance(10_000);
	const paper = await linesFrom(shop, before);
	t.deepEqual(
		paper.filter((line) => !line.startsWith("终端号") && !line.startsWith("日志范围")),
		[
			"示范商店",
			"X 报表",
			"中期报表 未日结",
			"营业日 DATE",
			"班次 1",
			"操作员 01",
			"时间 DATE TIME",
			"按类型合计",
			"消费 2 50.00",
			"撤销 1 42.00",
			"按卡组织合计",
			"境内卡",
			"借记 1 42.00",
			"贷记 0 0.00",
			"撤销 1 42.00",
			"境外卡",
			"借记 1 8.00",
			"贷记 0 0.00",
			"撤销 0 0.00",
			"合计 3 笔 CNY 8.00",
			"失败与未知 1",
			"补打次数 0",
			"强制次数 0",
			"失败 1",
			"待打印 0",
			"日结前须处理:",
			"! 批次未结算 3 项 CNY 8.00",
			"中期报表 未日结",
		],
	);
	const after = await shop.state();
	t.deepEqual([after.batch, after.day, after.shift, after.debts], [batch, day, shift, []]);
	const { first } = day ?? { first: 0 };
	const printed = (await shop.records("printDue")).at(-1);
	t.deepEqual(printed, {
		...{ document: "interimReport", subject: first, copy: 0, by: "01", reason: null },
	});
	t.is((await shop.hostDay()).totals.length, 2, "the host takes it as it takes any paper");
});

test("X report in English, on wide paper, and refused while no day is open", async (t) => {
	const shop = await openShop(t, { paperColumns: 48 });
	await shop.press("language");
	const before = await endOfPaper(shop);
	t.deepEqual(await shop.walk("menu", "0", "1", "ok"), [
		...["menu", "reports", "report-printing", "home"],
	]);
	await shop.advance(10_000);
	const paper = await linesFrom(shop, before);
	t.is(paper.filter((line) => line === "INTERIM, NOT A CLOSE").length, 2);
	t.true(paper.includes("Total of 0 CNY 0.00"));
	t.true(paper.includes("Nothing open, the day can close"));
	await shop.walk("menu", "4", "ok", "ok");
	t.deepEqual(await shop.walk("menu", "0", "1"), ["menu", "reports", "refused"]);
});
