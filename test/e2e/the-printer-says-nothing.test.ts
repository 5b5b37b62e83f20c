import test from "ava";
import { endOfPaper, linesFrom } from "./_paper.ts";
import { openShop } from "./_shop.ts";

test("a printer that reports nothing: the operator is asked whether the paper came out, and nothing is lost by a no", async (t) => {
	const shop = await openShop(t);
	await shop.till("PUT", "printer", { canSay: false });
	const before = await endOfPaper(shop);
	await shop.sell({ amount: "42.00" });
	t.is((await shop.screen()).name, "notice-printer");
	t.deepEqual(await shop.lines(), ["票据是否已打印?"]);
	const keys = (await shop.screen()).softKeys.map(({ key, label }) => `${key} ${label}`);
	t.deepEqual(keys, ["ok 有", "cancel 没有"]);
	t.like((await shop.state()).debts, [{ document: "slip", state: "unknown" }]);

	await shop.press("menu", "3");
	t.true((await shop.lines()).includes("! 1 份待打印"), "it stands in the way of the close");
	await shop.press("cancel");

	await shop.press("cancel");
	await shop.advance(5_000);
	const slips = (await linesFrom(shop, before)).filter((line) => /签购单|续打/.test(line));
	t.deepEqual(slips, ["签购单", "续打 前次打印未完成", "签购单"]);
	t.is((await shop.screen()).name, "notice-printer", "asked again");
	await shop.press("ok");
	t.deepEqual((await shop.state()).debts, []);
	const answers = (await shop.records("printProgress")).map(({ state, by }) => `${state} ${by}`);
	t.deepEqual(answers, ["sent null", "unknown null", "sent 01", "unknown null", "confirmed 01"]);
});

test("its daily list is asked about too, in English, and the day closes behind a yes", async (t) => {
	const shop = await openShop(t);
	await shop.sell({ amount: "42.00" });
	await shop.press("cancel", "language");
	await shop.till("PUT", "printer", { canSay: false });
	await shop.settle();
	t.deepEqual(await shop.lines(), ["Is the paper printed?"]);
	await shop.press("ok");
	t.is((await shop.screen()).name, "notice-printer", "settlement slip, then list");
	await shop.press("ok");
	t.deepEqual((await shop.state()).debts, []);
	t.deepEqual(await shop.walk("cancel", "menu", "4", "ok"), [
		...["home", "menu", "close-ready", "closed"],
	]);
	t.deepEqual((await shop.hostDay()).missing, []);
});
