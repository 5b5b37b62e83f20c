import test from "ava";
import { openShop } from "./_shop.ts";

test("当天没有打账清单: the list of the day comes out by itself after settlement, with every sale on it", async (t) => {
	const shop = await openShop(t);
	for (let index = 0; index < 5; index++) await shop.sell({ amount: `${index + 1}.00` });
	await shop.settle();
	const paper = await shop.paper();
	t.regex(paper, /日结清单/);
	for (const trace of ["000001", "000002", "000003", "000004", "000005"]) {
		t.regex(paper, new RegExp(`${trace} 消费 1234 +`));
	}
	t.regex(paper, /合计 5 笔 +CNY 15\.00/);
	t.like(await shop.state(), { debts: [] });
});

test("忘记打票: paper out in the middle stops the list, and with new paper it goes on at the next row", async (t) => {
	const shop = await openShop(t);
	for (let index = 0; index < 12; index++) await shop.sell({ amount: "3.00" });
	await shop.press("menu", "2");
	await shop.till("PUT", "printer", { paper: "out", afterLines: 34 });
	await shop.advance(60_000);
	t.is((await shop.screen()).name, "notice-printer");
	const debts = (await shop.state()).debts;
	t.like(debts, [{ document: "dailyList", state: "sent" }]);

	await shop.till("PUT", "printer", { paper: "in" });
	await shop.advance(60_000);
	const paper = await shop.paper();
	t.regex(paper, /续打/);
	for (let trace = 1; trace <= 12; trace++) {
		t.regex(paper, new RegExp(`${String(trace).padStart(6, "0")} 消费 1234 +3\\.00`));
	}
	t.like(await shop.state(), { debts: [] });
});

test("a power cut in the middle of the list: it goes on by itself after the start", async (t) => {
	const shop = await openShop(t);
	for (let index = 0; index < 8; index++) await shop.sell({ amount: "3.00" });
	await shop.press("menu", "2");
	await shop.till("PUT", "printer", { paper: "out", afterLines: 32 });
	await shop.advance(30_000);
	await shop.power(false);
	await shop.till("PUT", "printer", { paper: "in" });
	await shop.power(true);
	await shop.advance(60_000);
	t.like(await shop.state(), { debts: [] });
	t.regex(await shop.paper(), /合计 8 笔/);
	t.true((await shop.hostDay()).missing.every(({ type }) => type === "notClosed"));
});
