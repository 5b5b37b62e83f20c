import test from "ava";
import { openShop, type Sale, type Shop } from "./_shop.ts";

const coffee: Sale = { amount: "28.00", lastFour: "0042", presentCard: true };

/** Charges as an application does that reads the card before it asks; the question may be open behind it. */
async function chargeAgain(shop: Shop): Promise<void> {
	await shop.sell({ ...coffee, wait: false });
	await shop.advance(1_000);
}

async function standing(shop: Shop): Promise<readonly string[]> {
	const payments = (await shop.till("GET", "payments")) as { state: string }[];
	return payments.map(({ state }) => state);
}

test("the same card and amount again: asked once, and not charged unless somebody says so", async (t) => {
	const shop = await openShop(t);
	const { transaction } = await shop.sell(coffee);
	await shop.advance(115_000);
	await chargeAgain(shop);
	const asked = await shop.screen();
	t.is(asked.name, "notice-duplicate");
	t.deepEqual(await shop.lines(), [
		"CNY 28.00",
		"! 尾号 0042 同金额, 2 分钟内已收过",
		"是否再收一次?",
	]);
	t.deepEqual(
		asked.softKeys.map(({ key, label }) => `${key} ${label}`),
		["ok 再收一次", "cancel 不收"],
	);
	t.deepEqual(await standing(shop), ["approved", "asking"]);

	t.is((await shop.press("cancel")).name, "notice-refused");
	t.deepEqual(await shop.lines(), ["操作员选择不重复收款"]);
	await shop.advance(20_000);
	t.deepEqual(await standing(shop), ["approved", "refused"]);

	await chargeAgain(shop);
	await shop.press("ok");
	await shop.advance(5_000);
	t.deepEqual(await standing(shop), ["approved", "refused", "approved"]);
	const answers = await shop.records("duplicateAnswer");
	t.deepEqual(
		answers.map(({ earlier, lastFour, operator, answer }) => ({
			earlier,
			lastFour,
			operator,
			answer,
		})),
		[
			{ earlier: transaction ?? 0, lastFour: "0042", operator: "01", answer: "refuse" },
			{ earlier: transaction ?? 0, lastFour: "0042", operator: "01", answer: "charge" },
		],
	);
	t.is((await shop.records("intent")).length, 2);
	t.like(await shop.state(), { batch: { groups: [{ debitCount: 2, debitMinor: 5_600 }] } });
});

test("a question that nobody answers charges nothing, and another customer is not kept from paying for long", async (t) => {
	const shop = await openShop(t);
	await shop.press("language");
	await shop.sell(coffee);
	await chargeAgain(shop);
	t.deepEqual((await shop.lines())[2], "Charge it once more?");
	await shop.sell({ amount: "5.00" });
	t.deepEqual(await standing(shop), ["approved", "asking", "refused"]);
	await shop.advance(60_000);
	t.deepEqual(await standing(shop), ["approved", "refused", "refused"]);
	t.like(await shop.records("duplicateAnswer"), [{ answer: "none", operator: "" }]);
	await shop.sell({ amount: "5.00" });
	t.like(await shop.state(), { batch: { groups: [{ debitCount: 2, debitMinor: 3_300 }] } });
});

test("nobody is asked about another card, another amount, five minutes later or after a void; a power cut forgets nothing", async (t) => {
	const shop = await openShop(t);
	const { trace } = await shop.sell(coffee);
	await shop.sell({ ...coffee, lastFour: "0043" });
	await shop.sell({ ...coffee, amount: "28.50" });
	await shop.advance(10_000);
	await shop.power(false);
	await shop.power(true);
	await shop.advance(10_000);
	await chargeAgain(shop);
	t.is((await shop.screen()).name, "notice-duplicate");
	await shop.press("cancel");
	await shop.sell({ type: "void", amount: "28.00", originalTrace: trace });
	await shop.sell(coffee);
	await shop.advance(301_000);
	await shop.sell(coffee);
	t.deepEqual(
		(await shop.records("duplicateAnswer")).map(({ answer }) => answer),
		["refuse"],
	);
	t.like(await shop.state(), { batch: { groups: [{ debitCount: 5, voidCount: 1 }] } });
});
