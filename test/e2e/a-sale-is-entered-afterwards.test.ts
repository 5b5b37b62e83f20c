import test from "ava";
import { formatDate } from "../../protocol/time.ts";
import { endOfPaper, linesFrom } from "./_paper.ts";
import { managerPin, openShop, type Shop } from "./_shop.ts";

interface DayAnswer {
	readonly totals: readonly {
		readonly debitCount: number;
		readonly net: { readonly text: string };
	}[];
	readonly transactions: readonly object[];
	readonly supplements: readonly object[];
}

async function dayOfHost(
	shop: Shop,
): Promise<{ readonly day: DayAnswer; readonly csv: string; readonly list: string }> {
	const { period } = await shop.hostDay();
	const path = `/api/terminals/till-0001/days/${formatDate(period.businessDate ?? 0)}`;
	const csv = await shop.askHost(`${path}/transactions.csv`);
	const list = await shop.askHost(`${path}/list.svg`);
	return { day: JSON.parse(await shop.askHost(path)), csv, list };
}

test("补录: a sale of the backup terminal is entered, approved, marked everywhere and in no card total", async (t) => {
	const shop = await openShop(t);
	await shop.sell({ amount: "12.00" });
	// The notice of the sale is gone.
	await shop.advance(15_000);
	const before = await endOfPaper(shop);

	const asked = await shop.walk("menu", "9", "1", "1", { type: "5000" }, "ok", { type: "4321" });
	t.deepEqual(asked, [
		"menu",
		"supplement",
		"supplement-method",
		"supplement-amount",
		"supplement-amount",
		"supplement-lastfour",
		"supplement-lastfour",
	]);
	t.deepEqual(await shop.walk("ok", { type: "417" }, "ok", "ok"), [
		"supplement-trace",
		"supplement-trace",
		"supplement-solddate",
		"supplement-confirm",
	]);
	const [origin, amount, card] = await shop.lines();
	t.deepEqual([origin, amount, card], ["备用终端", "CNY 50.00", "银行卡 **** 4321"]);
	t.deepEqual(await shop.walk("ok", { type: managerPin }, "ok", "1", "ok"), [
		"manager-pin",
		"manager-pin",
		"supplement-reason",
		"supplemented",
		"home",
	]);
	t.true((await shop.lines()).includes("未结算 1 笔 CNY 12.00"));
	t.true((await shop.lines()).includes("另有补录 1 笔 CNY 50.00"));

	await shop.advance(10_000);
	t.deepEqual(await linesFrom(shop, before), [
		"示范商店",
		"签购单",
		"补录",
		"终端号 till-0001",
		"操作员 01",
		"补录来源 备用终端",
		"支付方式 银行卡",
		"凭证号 000417",
		"卡号 **** 4321",
		"交易日期 DATE",
		"补录时间 DATE TIME",
		"批准人 manager (店长)",
		"原因 终端故障",
		"金额 CNY 50.00",
		"本终端未授权此交易",
	]);

	const settled = await endOfPaper(shop);
	await shop.settle();
	const list = await linesFrom(shop, settled);
	const section = list.indexOf("补录 (不计入卡合计)");
	t.deepEqual(list.slice(section, section + 5), [
		"补录 (不计入卡合计)",
		"备用终端 CNY 50.00",
		"000417 4321 DATE",
		"补录人 01 批准 manager",
		"补录合计 1 笔 CNY 50.00",
	]);
	t.true(list.includes("合计 1 笔 CNY 12.00"));
	t.true(list.includes("对账结果 对账平"));

	const [entry] = await shop.records("supplement");
	t.like(entry, { amountMinor: 5_000, by: "manager", role: "manager", reason: "终端故障" });
	const { day, csv, list: listOfHost } = await dayOfHost(shop);
	t.true(listOfHost.includes("补录合计 1 笔"));
	t.like(day, {
		totals: [{ debitCount: 1, net: { text: "12.00" } }],
		supplements: [{ origin: "backupTerminal", approvedBy: "manager", withdrawn: false }],
	});
	t.is(day.transactions.length, 1);
	const rows = csv.trim().split("\r\n");
	t.is(rows.length, 3);
	t.regex(rows[2] ?? "", /,sale,card,50\.00,CNY,supplement,417,.*,4321,,01,no$/);
});

test("a wrong entry is withdrawn: it counts no more, and stays readable", async (t) => {
	const shop = await openShop(t);
	await shop.press("language");
	const before = await endOfPaper(shop);
	await shop.walk("menu", "9", "2", "3", { type: "990" }, "ok", "ok", "ok");
	t.deepEqual((await shop.lines()).slice(0, 3), ["By hand", "CNY 9.90", "Cash"]);
	await shop.walk("ok", { type: managerPin }, "ok", "3", "ok");
	t.true((await shop.lines()).includes("Entered by hand: 1, CNY 9.90"));
	t.deepEqual(await shop.walk("menu", "9", "3", { type: managerPin }, "ok", "1"), [
		"menu",
		"supplement",
		"manager-pin",
		"manager-pin",
		"supplement-reason",
		"supplemented",
	]);
	t.deepEqual(await shop.lines(), ["Withdrawn CNY 9.90"]);
	await shop.advance(15_000);
	t.deepEqual(await shop.walk("ok", "menu", "4", "ok"), ["home", "menu", "close-ready", "closed"]);
	await shop.advance(30_000);
	const paper = await linesFrom(shop, before);
	t.true(paper.includes("SUPPLEMENTARY ENTRY"));
	const section = paper.indexOf("Entered by hand, not in totals");
	t.deepEqual(paper.slice(section + 1, section + 6), [
		"By hand CNY 9.90",
		"------ ---- DATE",
		"By 01, approved manager",
		"WITHDRAWN",
		"Entries: 0 CNY 0.00",
	]);
	const { day, csv } = await dayOfHost(shop);
	t.like(day, { totals: [], supplements: [{ withdrawn: true }] });
	t.regex(csv, /,9\.90,CNY,withdrawn,/);
});

test("nobody enters a sale without a manager, for tomorrow, or unwarned a second time", async (t) => {
	const shop = await openShop(t);
	await shop.sell({ amount: "50.00", lastFour: "4321" });
	await shop.walk(
		"menu",
		"9",
		"1",
		"1",
		{ type: "5000" },
		"ok",
		{ type: "4321" },
		"ok",
		"ok",
		"ok",
	);
	t.true((await shop.lines()).includes("! 已有同金额同尾号记录, 请核对"));
	t.deepEqual(await shop.walk("ok", { type: "1111" }, "ok"), [
		"manager-pin",
		"manager-pin",
		"manager-pin",
	]);
	await shop.walk("cancel", "cancel", { type: "29991231" }, "ok", "ok", { type: managerPin }, "ok");
	t.is((await shop.press("4")).name, "refused");
	t.deepEqual(await shop.lines(), ["! 交易日期在未来或过早, 请核对"]);
	t.deepEqual(await shop.records("supplement"), []);
});
