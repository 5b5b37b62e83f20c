import test from "ava";
import { endOfPaper, linesFrom } from "./_paper.ts";
import { managerPin, openShop } from "./_shop.ts";

const quiet = { configuration: { slipPerSale: false } };

test("预授权: each open one is decided before the close: completed, cancelled, ended elsewhere, or left by name", async (t) => {
	const shop = await openShop(t, quiet);
	const hold = { type: "preAuthorisation", holdDays: 7 } as const;
	await shop.sell({ ...hold, amount: "500.00" });
	await shop.sell({ ...hold, amount: "300.00" });
	await shop.sell({ ...hold, amount: "200.00" });
	const last = await shop.sell({ ...hold, amount: "100.00" });
	await shop.press("cancel");
	t.true((await shop.lines()).includes("预授权未完成 4 笔"));
	t.true((await shop.lines()).includes("无未结算交易"));
	await shop.press("menu", "4");
	t.deepEqual(await shop.lines(), [
		"! 不能日结, 请先处理:",
		"! 预授权 000001 未完成 CNY 500.00",
		"! 预授权 000002 未完成 CNY 300.00",
		"! 预授权 000003 未完成 CNY 200.00",
		"! 预授权 000004 未完成 CNY 100.00",
		"按确认处理该预授权",
	]);

	t.is((await shop.press("ok")).name, "hold");
	const [what, expiry, ...ways] = await shop.lines();
	t.is(what, "凭证号 000001  CNY 500.00");
	t.regex(expiry ?? "", /^有效期至 \d{4}-\d\d-\d\d \d\d:\d\d$/);
	t.deepEqual(ways, ["1 全额完成", "2 撤销", "3 保留, 列为例外", "4 已失效或已在别处了结"]);
	t.is((await shop.press("1")).name, "hold-asked");
	await shop.advance(20_000);
	t.like(await shop.state(), { batch: { groups: [{ debitCount: 1, debitMinor: 50_000 }] } });

	t.deepEqual(await shop.walk("ok", "menu", "4"), ["home", "menu", "close-refused"]);
	await shop.press("cancel");
	await shop.settle();
	await shop.press("cancel", "menu", "4", "ok", "2");
	await shop.advance(20_000);
	t.like((await shop.records("intent")).at(-1), { type: "cancellation", amountMinor: 30_000 });
	t.like(await shop.state(), { batch: { groups: [] } });

	t.deepEqual(await shop.walk("ok", "menu", "4", "ok", "4", { type: managerPin }, "ok", "2"), [
		"home",
		"menu",
		"close-refused",
		"hold",
		"manager-pin",
		"manager-pin",
		"hold-reason",
		"home",
	]);
	t.deepEqual(await shop.walk("menu", "4", "ok", "3"), [
		"menu",
		"close-refused",
		"hold",
		"close-ready",
	]);
	t.deepEqual(await shop.lines(), ["1 项保留为例外, 按确认日结"]);
	const before = await endOfPaper(shop);
	await shop.press("ok");
	await shop.advance(30_000);
	const paper = await linesFrom(shop, before);
	t.deepEqual(paper.slice(paper.indexOf("! 预授权未完成 1 项")), [
		"! 预授权未完成 1 项",
		"强制记录",
		`预授权未完成 #${last.transaction}`,
		"01 (收银员)",
		"DATE TIME",
		"原因: 保留",
		"下次开班时从这些事项开始处理",
		"店长签名:",
	]);

	await shop.press("ok");
	await shop.openShift("02");
	t.like((await shop.records("dayOpen")).at(-1), {
		carried: [{ blocker: "openPreAuthorisation", count: 1 }],
	});
	t.like(await shop.state(), { holds: [{ amountMinor: 10_000 }] });
	const bookings = (await shop.call("GET", "/v1/acquirer/bookings")) as { type: string }[];
	t.deepEqual(
		bookings.map(({ type }) => type),
		[...Array(4).fill("preAuthorisation"), "completion", "cancellation"],
	);
	t.deepEqual(
		(await shop.hostDay()).missing.map(({ type }) => type),
		["notClosed"],
	);
});

test("小费: a sale that may get a tip is not settled before somebody has decided on it", async (t) => {
	const shop = await openShop(t, quiet);
	await shop.sell({ amount: "88.00", expectTip: true });
	const { transaction } = await shop.sell({ amount: "66.00", expectTip: true });
	await shop.sell({ amount: "44.00" });
	await shop.press("cancel");
	t.true((await shop.lines()).includes("! 小费未定 2 笔"));
	t.is((await shop.press("menu", "2")).name, "tips");
	t.deepEqual(await shop.lines(), [
		"2 笔未定, 本笔:",
		"凭证号 000001  CNY 88.00",
		"1 无小费",
		"2 下一笔",
		"3 不再等待, 直接结算",
		"有小费请在收款应用中补记",
	]);
	await shop.press("cancel", "cancel");
	await shop.sell({ type: "tip", originalTrace: 1, amount: "12.00" });
	await shop.press("cancel", "menu", "4");
	t.deepEqual((await shop.lines()).slice(1), [
		"! 1 笔消费小费未定",
		"! 4 笔未结算 CNY 210.00",
		"按确认逐笔处理",
	]);
	t.deepEqual(await shop.walk("ok", "1"), ["tips", "close-refused"]);
	const before = await endOfPaper(shop);
	await shop.press("ok");
	await shop.advance(60_000);
	t.like(await shop.state(), { tips: [], settlements: [{ agreed: true }] });
	t.true((await linesFrom(shop, before)).includes("小费 1 12.00"));
	t.deepEqual(await shop.records("tipNone"), [{ transaction, by: "01" }]);
});

test("离线交易: it is in no total, delivered before the settlement, and a block while it is not", async (t) => {
	const shop = await openShop(t);
	const slips = await endOfPaper(shop);
	await shop.plan("authorise", "offline", 3);
	await shop.plan("enquire", "timeout", 200);
	await shop.sell({ amount: "40.00" });
	await shop.sell({ amount: "30.00" });
	await shop.sell({ amount: "20.00" });
	await shop.advance(5_000);
	await shop.press("cancel");
	t.true((await linesFrom(shop, slips)).includes("交易结果 离线批准, 待上送"));
	t.true((await shop.lines()).includes("! 离线未上送 3 笔"));
	await shop.power(false);
	await shop.power(true);
	await shop.advance(120_000);
	await shop.press("menu", "4");
	t.deepEqual((await shop.lines()).slice(1), [
		"! 1 笔离线交易未上送 CNY 40.00",
		"! 1 笔离线交易未上送 CNY 30.00",
		"! 1 笔离线交易未上送 CNY 20.00",
		"按确认立即上送",
		"或检查网络",
	]);
	await shop.call("DELETE", "/v1/acquirer/plans");
	await shop.plan("enquire", "normal", 1);
	await shop.plan("enquire", "decline", 1);
	await shop.press("cancel", "menu", "2");
	t.is((await shop.screen()).name, "notice-settlement");
	t.deepEqual(await shop.lines(), ["正在上送离线交易..."]);
	await shop.advance(60_000);
	t.like(await shop.state(), {
		settlements: [{ agreed: true }],
		open: [{ phase: "unpaid", amountMinor: 3_000 }],
	});
	t.like((await shop.records("settleBegin"))[0], {
		groups: [{ debitCount: 2, debitMinor: 6_000 }],
	});
	t.is((await shop.screen()).name, "notice-transaction");
	t.deepEqual(await shop.lines(), ["CNY 30.00", "! 离线交易被拒, 未收到款"]);
	await shop.press("ok", "menu", "4");
	t.deepEqual(await shop.lines(), [
		"! 不能日结, 请先处理:",
		"! 1 笔离线交易被拒, 未收到款 CNY 30.00",
		"按确认由店长核销",
	]);
	t.deepEqual(await shop.walk("ok", { type: managerPin }, "ok", "1"), [
		"manager-pin",
		"manager-pin",
		"write-off-reason",
		"home",
	]);
	t.like(await shop.records("givenUp"), [{ by: "manager", reason: "顾客将另行付款" }]);
	t.deepEqual(await shop.walk("menu", "4", "ok"), ["menu", "close-ready", "closed"]);
});
