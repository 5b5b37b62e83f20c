import test from "ava";
import { endOfPaper, linesFrom } from "./_paper.ts";
import { managerPin, openShop, type Shop } from "./_shop.ts";

/** Searches by the field with this number of the form. */
async function search(shop: Shop, field: "1" | "2" | "3" | "4" | "5", digits: string) {
	const names = await shop.walk("cancel", "cancel", "cancel", "menu", "5", "5");
	const rest = await shop.walk(field, { type: digits }, "ok", "ok");
	await shop.advance(1_000);
	return [...names.slice(-3), ...rest];
}

/** Hits without the date, which is today's. */
async function hits(shop: Shop): Promise<readonly string[]> {
	return (await shop.lines()).map((line) => line.replace(/\d\d-\d\d \d\d:\d\d/, "TIME"));
}

test("小票补打: a slip of today or an earlier day is found by what the customer knows of it", async (t) => {
	const shop = await openShop(t);
	await shop.sell({ amount: "12.00", lastFour: "1111" });
	await shop.sell({ amount: "30.00", method: "qr", scheme: "WECHAT", order: "ORDER-A/17" });
	await shop.settle();
	await shop.press("menu", "4", "ok");
	await shop.advanceTo("08:00");
	await shop.press("cancel", "cancel");
	await shop.openShift("02");
	await shop.plan("authorise", "decline");
	await shop.sell({ amount: "12.00", lastFour: "2222" });
	await shop.sell({ amount: "12.00", lastFour: "2222" });
	await shop.till("POST", "busy-morning", { count: 30, seed: "search" });
	await shop.advance(20_000);

	t.deepEqual(await search(shop, "5", "1111"), [
		"menu",
		"reprint",
		"search",
		"search-field",
		"search-field",
		"search",
		"search-found",
	]);
	t.deepEqual(await hits(shop), ["1 TIME 000001 **1111 12.00"]);
	await search(shop, "4", "17");
	t.true((await hits(shop)).includes("1 TIME 000002 **1234 30.00"));
	await search(shop, "2", "1200");
	t.deepEqual(await hits(shop), [
		"1 TIME 000004 **2222 12.00",
		"2 TIME 000003 **2222 12.00 失败",
		"3 TIME 000001 **1111 12.00",
	]);
	await search(shop, "3", "7");
	t.is((await hits(shop)).length, 1);
	await search(shop, "5", "9");
	t.is((await shop.screen()).name, "search-field");
	t.true((await shop.lines()).includes("! 输入有误"));

	const [yesterday] = (await shop.state()).days;
	await shop.press("cancel");
	await search(shop, "1", String(yesterday?.businessDate));
	t.deepEqual(await hits(shop), ["1 TIME 000002 **1234 30.00", "2 TIME 000001 **1111 12.00"]);
	const before = await endOfPaper(shop);
	const asked = await shop.walk("2", "1", "1", { type: managerPin }, "ok", "ok");
	t.deepEqual(asked, [
		"reprint-reason",
		"reprint-approval",
		"manager-pin",
		"manager-pin",
		"reprinted",
		"home",
	]);
	await shop.advance(10_000);
	const copy = await linesFrom(shop, before);
	t.is(copy[0], "重打印/DUPLICATE 1");
	t.true(copy.includes("卡号 **** 1111"));
});

test("what fits is shown a page at a time, the newest first, and older ones on request", async (t) => {
	const shop = await openShop(t);
	await shop.press("language");
	for (let count = 1; count <= 6; count++) await shop.sell({ amount: `${count}.00` });
	await shop.advance(20_000);
	t.deepEqual(await shop.walk("menu", "5", "5", "ok"), [
		"menu",
		"reprint",
		"search",
		"search-found",
	]);
	await shop.advance(1_000);
	const numbers = async () =>
		(await shop.lines()).map((line) => line.split(" ").slice(3).join(" "));
	t.deepEqual(await numbers(), [
		"000006 **1234 6.00",
		"000005 **1234 5.00",
		"000004 **1234 4.00",
		"000003 **1234 3.00",
	]);
	t.deepEqual(
		(await shop.screen()).softKeys.map(({ key, label }) => `${key} ${label}`),
		["cancel Back", "down Older"],
	);
	await shop.press("down");
	await shop.advance(1_000);
	t.deepEqual(await numbers(), ["000002 **1234 2.00", "000001 **1234 1.00"]);
	await shop.walk("cancel", "5", { type: "4321" }, "ok", "ok");
	await shop.advance(1_000);
	t.deepEqual(await shop.lines(), ["! Nothing fits"]);
});
