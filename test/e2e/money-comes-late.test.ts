import test from "ava";
import { endOfPaper, linesFrom } from "./_paper.ts";
import { managerPin, openShop, type Shop } from "./_shop.ts";

/** A payment that nobody hears of is taken back by the cashier; a minute later the money is taken after all. */
async function chargedAfterReversal(shop: Shop): Promise<void> {
	await shop.plan("authorise", "landLater", 1, 60_000);
	await shop.plan("enquire", "timeout", 100);
	await shop.sell({ amount: "42.00", wait: false });
	await shop.advance(40_000);
	await shop.press("cancel");
	await shop.press("menu", "3");
}

test("漏单: a payment that lands after it was revoked is a task until the money is given back", async (t) => {
	const shop = await openShop(t);
	await chargedAfterReversal(shop);
	t.deepEqual(await shop.lines(), [
		"! 不能交班, 请先处理:",
		"! 1 笔结果未知 CNY 42.00",
		"按确认查询交易结果",
		"按 2 冲正, 不再等结果",
	]);
	await shop.press("2");
	await shop.advance(2_000);
	t.is((await shop.screen()).name, "close-ready");
	t.deepEqual((await shop.state()).open, []);

	await shop.advance(60_000);
	t.deepEqual(await shop.lines(), [
		"! 不能交班, 请先处理:",
		"! 1 笔冲正后又扣款, 须退还 CNY 42.00",
		"按确认重发冲正",
		"或退货, 原凭证号 000001",
	]);
	await shop.press("cancel");
	t.is((await shop.screen()).name, "notice-transaction");
	t.deepEqual(await shop.lines(), ["CNY 42.00", "! 冲正后又扣款, 须退还"]);
	await shop.press("ok");
	t.true((await shop.lines()).includes("! 须退还 1 笔"));
	t.deepEqual(
		(await shop.hostDay()).missing.map(({ type }) => type),
		["notClosed", "refundOwed"],
	);

	await shop.plan("reverse", "decline", 5);
	await shop.press("menu", "3", "ok");
	await shop.advance(2_000);
	t.like(await shop.state(), { open: [{ phase: "late" }], batch: { groups: [] } });
	await shop.press("cancel");

	await shop.sell({ type: "refund", amount: "42.00", originalTrace: 1 });
	t.deepEqual((await shop.state()).open, []);
	t.like(await shop.state(), { batch: { groups: [{ debitCount: 1, creditCount: 1 }] } });
	await shop.settle();
	t.like(await shop.state(), { settlements: [{ agreed: true }] });
	await shop.advance(30_000);
	t.is((await shop.press("menu", "3")).name, "close-ready");
	t.deepEqual(
		(await shop.hostDay()).missing.map(({ type }) => type),
		["notClosed"],
	);
	const sources = (await shop.records("outcome")).map(
		({ outcome, source }) => `${outcome} ${source}`,
	);
	t.deepEqual(sources, ["unknown app", "approved contradicting", "approved late", "approved app"]);
	t.is((await shop.records("reopened")).length, 1);
});

test("the task is carried over the close by name, and a second reversal can end it", async (t) => {
	const shop = await openShop(t);
	await chargedAfterReversal(shop);
	await shop.press("2");
	await shop.advance(62_000);
	const before = await endOfPaper(shop);
	t.deepEqual(await shop.walk("menu", { type: managerPin }, "ok", "1"), [
		"manager-pin",
		"manager-pin",
		"override-reason",
		"closed",
	]);
	await shop.advance(30_000);
	t.true((await linesFrom(shop, before)).includes("! 冲正后又扣款, 须退还 1 项"));
	await shop.press("ok", "ok");
	await shop.openShift("02");
	await shop.press("menu", "3");
	t.is((await shop.lines())[1], "! 1 笔冲正后又扣款, 须退还 CNY 42.00");
	await shop.press("ok");
	await shop.advance(2_000);
	t.is((await shop.screen()).name, "close-ready");
	const [booking] = (await shop.call("GET", "/v1/acquirer/bookings")) as { status: string }[];
	t.is(booking?.status, "reversed");
});

test("a sale of which the payment application never said a word again is found, printed and settled", async (t) => {
	const shop = await openShop(t);
	const before = await endOfPaper(shop);
	await shop.plan("authorise", "loseAnswer");
	await shop.sell({ amount: "42.00", wait: false });
	await shop.advance(500);
	await shop.power(false);
	await shop.power(true);
	await shop.advance(20_000);
	const sources = (await shop.records("outcome")).map(
		({ outcome, source }) => `${outcome} ${source}`,
	);
	t.deepEqual(sources, ["unknown restart", "approved enquiry"]);
	const slip = await linesFrom(shop, before);
	t.true(slip.includes("金额 CNY 42.00"));
	t.true(slip.includes("交易结果 成功"));
	await shop.settle();
	t.like(await shop.state(), { settlements: [{ agreed: true }], open: [] });
	t.deepEqual(
		(await shop.hostDay()).totals.map(({ debitMinor }) => debitMinor),
		[4_200],
	);
});
