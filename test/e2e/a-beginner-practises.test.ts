import test from "ava";
import type { Key } from "../../firmware/core/port.ts";
import { endOfPaper, linesFrom } from "./_paper.ts";
import { managerPin, openShop, type Shop } from "./_shop.ts";

const banner = "! 培训模式 TRAINING 非真实交易";

async function enter(shop: Shop): Promise<readonly string[]> {
	return shop.walk("menu", "00", "ok", { type: managerPin }, "ok");
}

test("training: sells, settles and closes with a mark on every screen and paper; the journal knows only that it was", async (t) => {
	const shop = await openShop(t);
	t.deepEqual(await enter(shop), ["menu", "training", "manager-pin", "manager-pin", "home"]);
	const real = await shop.state();
	t.deepEqual((await shop.records("training")).at(-1), { action: "entered", by: "manager" });
	t.deepEqual((await shop.screenText()).split("\n").slice(0, 2), ["培训 示范商店", banner]);

	const before = await endOfPaper(shop);
	const shown: string[] = [];
	const walk = async (...steps: readonly Key[]) => {
		for (const key of steps) {
			const { name, title, lines } = await shop.press(key);
			shown.push(name);
			t.true(title.startsWith("培训 "), name);
			t.is(lines[0]?.text, banner, name);
		}
	};
	await walk("menu", "1", "9", "ok");
	await walk("menu", "00", "1", "4", "2", "00", "ok");
	await shop.advance(20_000);
	await walk("menu", "00", "1", "1", "0", "5", "ok");
	await shop.advance(20_000);
	await walk("menu", "3");
	t.true((await shop.lines()).includes("! 1 笔未结算 CNY 42.00"));
	await walk("ok");
	await shop.advance(60_000);
	await walk("cancel", "menu", "4", "ok");
	t.is(shown.at(-1), "closed");
	await walk("ok");

	const paper = await linesFrom(shop, before);
	const titles = paper.filter((line) => /^(签购单|结算单|日结清单)$/.test(line));
	t.deepEqual(titles, ["签购单", "结算单", "日结清单"]);
	t.is(paper.filter((line) => line === "培训 TRAINING 非真实交易").length, 7);
	t.false(paper.some((line) => line.startsWith("[QR")));

	t.deepEqual(await shop.state(), real, "nothing of it is in the journal");
	const charged = await shop.sell({ amount: "1.00" });
	t.like(charged, {
		state: "refused",
		reason: "This terminal is in training; leave it, then sell",
	});
	t.deepEqual(await shop.walk("menu", "00", "2"), ["menu", "practice", "home"]);
	t.not((await shop.lines())[0], banner);
	t.deepEqual((await shop.records("training")).at(-1), { action: "left", by: "01" });
	t.deepEqual(await shop.records("intent"), []);
	await shop.sell({ amount: "5.00" });
	t.like((await shop.state()).batch, { groups: [{ debitCount: 1, debitMinor: 500 }] });
	const { totals } = await shop.hostDay();
	t.like(totals, [{ debitCount: 1, debitMinor: 500 }]);
});

test("training is refused while money is open or without the PIN, and ends with the power", async (t) => {
	const shop = await openShop(t);
	await shop.sell({ amount: "5.00" });
	await shop.press("cancel");
	t.is((await enter(shop)).at(-1), "refused");
	t.deepEqual(await shop.lines(), ["! 有未处理事项, 请先完成、结算并打印再培训"]);
	await shop.press("ok");
	await shop.settle();
	await shop.press("cancel");
	t.is((await shop.walk("menu", "00", "ok", { type: "1111" }, "ok")).at(-1), "manager-pin");
	t.deepEqual(await shop.records("training"), []);
	await shop.press("cancel", "cancel", "cancel");
	t.is((await enter(shop)).at(-1), "home");
	t.is((await shop.lines())[0], banner);
	await shop.power(false);
	await shop.power(true);
	await shop.advance(5_000);
	t.false((await shop.screenText()).includes("培训"));
	t.like(await shop.sell({ amount: "7.00" }), { state: "approved" });
});
