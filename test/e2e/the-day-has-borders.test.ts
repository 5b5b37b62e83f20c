import test from "ava";
import { endOfPaper, linesFrom } from "./_paper.ts";
import { managerPin, openShop } from "./_shop.ts";

test("a shift over midnight is one shift of one business date, whatever the clock says", async (t) => {
	const shop = await openShop(t, {
		configuration: { autoSettleStartMinute: -1, shiftEndMinute: -1 },
	});
	await shop.advanceTo("23:50");
	await shop.sell({ amount: "10.00" });
	await shop.advanceTo("00:30");
	await shop.press("cancel", "ok");
	await shop.sell({ amount: "20.00" });
	const opened = (await shop.state()).day;
	await shop.settle();
	t.deepEqual(await shop.walk("menu", "4", "ok"), ["menu", "close-ready", "closed"]);
	await shop.advance(30_000);
	const day = await shop.hostDay();
	t.is(day.period.businessDate, opened?.businessDate ?? 0);
	t.like(day.totals, [{ debitCount: 2, debitMinor: 3_000 }]);
	t.deepEqual(day.missing, []);
	await shop.press("ok");
	await shop.openShift("02");
	t.is((await shop.state()).day?.businessDate, opened?.businessDate, "before the cut-over");
});

test("a sale in the second of closing: it keeps the shift open, and one that comes later belongs to the next", async (t) => {
	const shop = await openShop(t);
	await shop.sell({ amount: "10.00", wait: false });
	await shop.walk("menu", "3");
	t.deepEqual((await shop.lines()).slice(0, 2), [
		"! 不能交班, 请先处理:",
		"! 1 笔结果未知 CNY 10.00",
	]);
	await shop.advance(5_000);
	t.is((await shop.lines())[1], "! 1 笔未结算 CNY 10.00");
	await shop.press("ok");
	await shop.advance(60_000);
	t.deepEqual(await shop.walk("menu", "3", "ok"), ["menu", "close-ready", "closed"]);
	const late = await shop.sell({ amount: "20.00" });
	t.is(late.state, "refused");
	await shop.press("ok", "ok", "cancel");
	await shop.openShift("02");
	await shop.sell({ amount: "20.00" });
	const [first] = await shop.records("shiftClose");
	t.like(first, { shift: 1, operator: "01", exceptions: [] });
	t.like(await shop.state(), {
		shift: { shift: 2, operator: "02", transactionCount: 1 },
		batch: { groups: [{ debitMinor: 2_000 }] },
	});
});

test("closed with one unknown: named on paper, first at the next opening, counted once when it is known, as late", async (t) => {
	const shop = await openShop(t);
	await shop.plan("authorise", "loseAnswer");
	await shop.plan("enquire", "timeout", 1_000);
	await shop.sell({ amount: "42.00", wait: false });
	await shop.advance(40_000);
	await shop.press("cancel");
	const before = await endOfPaper(shop);
	await shop.press("menu", "4", "menu");
	await shop.walk({ type: managerPin }, "ok", "3");
	await shop.advance(30_000);
	t.true((await linesFrom(shop, before)).includes("! 交易结果未知 1 项"));
	await shop.advanceTo("08:00");
	await shop.press("ok", "cancel", "cancel");
	await shop.openShift("02");
	const [opening] = (await shop.records("dayOpen")).toReversed();
	t.deepEqual(opening?.carried, [{ blocker: "unknownOutcome", count: 1 }]);
	await shop.call("DELETE", "/v1/acquirer/plans");
	await shop.advance(120_000);
	const settled = await endOfPaper(shop);
	await shop.press("cancel");
	await shop.settle();
	const list = await linesFrom(shop, settled);
	t.true(list.includes("000001 消费 1234 42.00 09:00"));
	t.true(list.includes("合计 1 笔 CNY 42.00"));
	const day = await shop.hostDay();
	t.is(day.lateCount, 1);
});

test("approved while no day is open: on the next day's list, first and marked late of its date, and on no other", async (t) => {
	const shop = await openShop(t, { configuration: { autoSettleStartMinute: -1 } });
	await shop.plan("authorise", "loseAnswer");
	await shop.plan("enquire", "timeout", 1_000);
	await shop.sell({ amount: "42.00", wait: false });
	await shop.advance(40_000);
	await shop.press("cancel", "menu", "4", "menu");
	await shop.walk({ type: managerPin }, "ok", "3");
	await shop.advance(30_000);
	t.is((await shop.state()).day, null);
	await shop.call("DELETE", "/v1/acquirer/plans");
	await shop.advance(120_000);
	t.deepEqual((await shop.state()).open, []);
	await shop.advanceTo("08:00");
	await shop.press("ok", "cancel", "cancel");
	await shop.openShift("02");
	await shop.sell({ amount: "5.00" });
	await shop.press("cancel");
	const before = await endOfPaper(shop);
	await shop.press("menu", "4", "menu");
	await shop.walk({ type: managerPin }, "ok", "1");
	await shop.advance(30_000);
	const paper = await linesFrom(shop, before);
	const list = paper.slice(paper.indexOf("日结清单"));
	const rows = list.slice(
		0,
		list.findIndex((line) => line.startsWith("累计")),
	);
	t.deepEqual(
		rows
			.slice(rows.findIndex((line) => line.startsWith("-- ")))
			.map((line) => line.replace(/ \d\d:\d\d$/, "")),
		[
			...["-- DATE --", "000001 消费 1234 42.00", "迟到, 属营业日 DATE"],
			...["-- DATE --", "000002 消费 1234 5.00"],
		],
	);
	const day = await shop.hostDay();
	t.deepEqual([day.lateCount, day.approvedCount], [1, 2]);
	t.false(day.missing.some(({ type }) => type === "listMissing"));
});

test("after a settlement nothing is voided any more: the sale is refunded, and the refund names it", async (t) => {
	const shop = await openShop(t);
	const { trace, transaction } = await shop.sell({ amount: "42.00" });
	await shop.settle();
	const voided = await shop.sell({ type: "void", amount: "42.00", originalTrace: trace });
	t.like(voided, { state: "refused" });
	t.deepEqual(await shop.lines(), ["原交易已结算, 请改用退货"]);
	const before = await endOfPaper(shop);
	await shop.sell({ type: "refund", amount: "12.00", originalTrace: trace });
	const refund = (await shop.records("intent")).at(-1);
	t.like(refund, { type: "refund", original: transaction });
	const slip = await linesFrom(shop, before);
	t.true(slip.includes("原交易凭证号 000001"));
	const tooMuch = await shop.sell({ type: "refund", amount: "31.00", originalTrace: trace });
	t.is(tooMuch.state, "refused");
	await shop.settle();
	t.like(await shop.hostDay(), { totals: [{ debitMinor: 4_200, creditMinor: 1_200 }] });
});
