import test from "ava";
import { openShop, type Shop } from "./_shop.ts";

/** Room for a few hundred sales. */
const JOURNAL_BYTES = 589_824;

async function told(shop: Shop, action: "shown" | "obeyed"): Promise<readonly number[]> {
	return (await shop.records("reminder"))
		.filter((body) => body.reminder === "journalFilling" && body.action === action)
		.map(({ step }) => step);
}

test("a shop without a network is warned at 70 and 90 percent, is refused, closes, connects and sells again", async (t) => {
	const shop = await openShop(t, { journalBytes: JOURNAL_BYTES });
	await shop.network("down");
	let sales = 0;
	for (let refused = 0; refused === 0; ) {
		const seed = `morning ${sales}`;
		const tally = await shop.till("POST", "busy-morning", { count: 20, seed });
		refused = (tally as { refused: number }).refused;
		sales += 20 - refused;
	}
	t.log(`${sales} sales`);
	t.deepEqual(await told(shop, "shown"), [70, 90]);
	const refused = await shop.sell({ amount: "1.00", wait: false });
	t.like(refused, { state: "refused" });
	t.is((await shop.screen()).name, "notice-refused");
	t.regex(await shop.screenText(), /请先结算、打印并日结/);
	await shop.press("language");
	t.regex(await shop.screenText(), /settle, print and close the day/);

	await shop.press("cancel");
	await shop.settle();
	await shop.advance(600_000);
	t.like(await shop.state(), { settlement: null, debts: [], batch: { groups: [] } });
	t.like((await shop.state()).settlements.at(-1), { agreed: true });
	await shop.press("cancel", "cancel", "menu", "4", "ok");
	t.is((await shop.state()).day, null, "the day is closed within the reserve");

	await shop.network("up");
	await shop.advance(180_000);
	await shop.delivered();
	await shop.advance(60_000);
	t.deepEqual(await told(shop, "obeyed"), [90]);
	await shop.press("cancel", "cancel");
	await shop.openShift();
	t.like(await shop.sell({ amount: "3.00" }), { state: "approved" });
	const { head } = await shop.status();
	t.is((await shop.stream())?.watermark, head);
});
