import test from "ava";
import { endOfPaper, linesFrom } from "./_paper.ts";
import { openShop, type Shop } from "./_shop.ts";

interface Settled {
	readonly batch: number;
	readonly uploaded: number;
}

async function settlements(shop: Shop): Promise<readonly Settled[]> {
	return (await shop.call("GET", "/v1/acquirer/settlements")) as Settled[];
}

async function bookings(shop: Shop) {
	const all = (await shop.call("GET", "/v1/acquirer/bookings")) as {
		trace: number;
		batch: number | null;
		status: string;
	}[];
	return all.map(({ trace, batch, status }) => `${trace} ${status} ${batch}`);
}

test("the answer to a settlement is lost: it is asked for, not sent again, and counts once", async (t) => {
	const shop = await openShop(t);
	await shop.sell({ amount: "12.00" });
	await shop.sell({ amount: "8.00" });
	await shop.plan("settle", "loseAnswer");
	await shop.press("menu", "2");
	await shop.advance(10_000);
	t.is((await shop.screen()).name, "notice-settlement");
	t.deepEqual(await shop.lines(), ["正在结算..."]);
	await shop.advance(20_500);
	t.deepEqual(await shop.lines(), ["未收到应答, 正在查询..."]);
	await shop.advance(60_000);
	const sent = (await shop.records("settleSent")).map(({ attempt, enquiry }) => ({
		attempt,
		enquiry,
	}));
	t.deepEqual(sent, [
		{ attempt: 1, enquiry: false },
		{ attempt: 2, enquiry: true },
	]);
	t.deepEqual(await settlements(shop).then((all) => all.length), 1);
	t.like(await shop.state(), { settlement: null, settlements: [{ agreed: true }] });
	t.deepEqual(await bookings(shop), ["1 approved 1", "2 approved 1"]);
});

test("totals that do not agree: details go up, a power cut between them repeats none, and the paper says it", async (t) => {
	const shop = await openShop(t);
	for (const amount of ["1.00", "2.00", "3.00", "4.00"]) await shop.sell({ amount });
	const before = await endOfPaper(shop);
	await shop.plan("settle", "disagree");
	await shop.press("menu", "2");
	for (let step = 0; (await shop.records("uploadSent")).length < 2 && step < 100; step++)
		await shop.advance(200);
	const sent = await shop.records("uploadSent");
	t.is(sent.length, 2);
	t.regex((await shop.lines()).join(), /^批上送 [23]\/4$/);
	await shop.power(false);
	await shop.power(true);
	await shop.advance(60_000);
	const uploads = (await shop.records("uploadSent")).map(({ transaction }) => transaction);
	t.is(new Set(uploads).size, 4, "each detail has one record");
	t.is(uploads.length, 4);
	t.deepEqual(await bookings(shop), [
		"1 approved 1",
		"2 approved 1",
		"3 approved 1",
		"4 approved 1",
	]);
	t.deepEqual((await linesFrom(shop, before)).slice(1, 14), [
		"结算单",
		"终端号 till-0001",
		"批次号 000001",
		"日志范围 1-26",
		"结算时间 DATE TIME",
		"结算方式 手工",
		"境内卡",
		"借记 4 10.00",
		"贷记 0 0.00",
		"撤销 0 0.00",
		"对账结果 对账平",
		"净额 CNY 10.00",
		"批上送笔数 4",
	]);
	const verdicts = (await shop.records("settleVerdict")).map((record) => record.verdicts);
	t.deepEqual(verdicts, [[{ group: "domestic", verdict: "notAgreed" }]]);
});

test("the power goes after a settlement, before its papers: slip and list come when there is paper", async (t) => {
	const shop = await openShop(t);
	await shop.sell({ amount: "12.00" });
	const before = await endOfPaper(shop);
	await shop.till("PUT", "printer", { paper: "out" });
	await shop.press("menu", "2");
	await shop.advance(5_000);
	t.like(await shop.state(), { settlements: [{ agreed: true }] });
	t.deepEqual(
		(await shop.state()).debts.map(({ document }) => document),
		["settlementSlip", "dailyList"],
	);
	await shop.power(false);
	await shop.power(true);
	await shop.till("PUT", "printer", { paper: "in" });
	await shop.advance(60_000);
	t.deepEqual((await shop.state()).debts, []);
	const paper = await linesFrom(shop, before);
	t.deepEqual(
		paper.filter((line) => line === "结算单" || line === "日结清单"),
		["结算单", "日结清单"],
	);
	t.is((await settlements(shop)).length, 1);
});
