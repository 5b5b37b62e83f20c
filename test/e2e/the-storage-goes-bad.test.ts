import test from "ava";
import { openShop, type Shop } from "./_shop.ts";

/** Puts off what is shown until a notice comes. */
async function readOn(shop: Shop, name: string): Promise<void> {
	for (let press = 0; press < 5 && (await shop.screen()).name !== name; press++)
		await shop.press("cancel");
}

test("a write that says yes and keeps nothing is noticed, told, and the sale is settled all the same", async (t) => {
	const shop = await openShop(t);
	await shop.till("POST", "storage/lie", { manner: "altered", afterWrites: 2, times: 1 });
	const { request } = await shop.sell({ amount: "42.00", wait: false });
	await shop.advance(20_000);
	t.deepEqual(await shop.records("storageFault"), [
		{ fault: "write", last: (await shop.records("storageFault"))[0]?.last ?? 0 },
	]);
	await shop.advance(180_000);
	const { open, batch } = await shop.state();
	t.deepEqual(open, []);
	const payment = (await shop.till("GET", `payments/${request}`)) as { state: string };
	const counted = batch.groups.reduce((sum, { debitMinor }) => sum + debitMinor, 0);
	t.is(counted, payment.state === "approved" ? 4_200 : 0, "shown and recorded are the same");
	await readOn(shop, "notice-storageFault");
	t.regex(await shop.screenText(), /存储故障/);
	await shop.press("language");
	t.regex(await shop.screenText(), /What was being written was not kept/);
	await shop.press("ok");
	await shop.settle();
	t.true((await shop.state()).settlements.every(({ agreed }) => agreed));
	const { head } = await shop.status();
	t.is((await shop.stream())?.watermark, head);
});
