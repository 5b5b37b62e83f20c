import test from "ava";
import { openShop, type Shop } from "./_shop.ts";

async function tradeAndClose(shop: Shop, amount: string): Promise<string> {
	await shop.sell({ amount });
	await shop.settle();
	await shop.press("menu", "4");
	const { name } = await shop.press("ok");
	await shop.advance(30_000);
	return name;
}

test("three days without the host: each day is settled and closed here, told of on the third, and all of it arrives in order", async (t) => {
	const shop = await openShop(t, {
		configuration: { autoSettleStartMinute: -1, shiftEndMinute: -1 },
	});
	await shop.network("down");
	for (const amount of ["1.00", "2.00"]) {
		t.is(await tradeAndClose(shop, amount), "closed");
		await shop.advanceTo("09:00");
		await shop.press("cancel", "cancel");
		await shop.openShift();
	}
	await shop.sell({ amount: "3.00" });
	await shop.settle();
	await shop.advanceTo("22:00");
	await shop.press("cancel", "menu", "4");
	t.deepEqual((await shop.lines()).slice(0, 2), ["! 不能日结, 请先处理:", "! 长时间未连接主机"]);
	await shop.network("up");
	await shop.advance(120_000);
	await shop.delivered();
	t.is((await shop.screen()).name, "close-ready");
	t.is((await shop.press("ok")).name, "closed");
	await shop.delivered();
	const days = await shop.host.store.listDays({ terminal: "till-0001" });
	t.is(days.length, 3);
	for (const { businessDate } of days) {
		const [judged] = await shop.host.store.judgeDays({
			businessDate: businessDate ?? 0,
			terminal: "till-0001",
		});
		t.deepEqual(judged?.missing, []);
	}
	t.is((await shop.stream())?.watermark, (await shop.status()).head);
});

test("a network that loses and repeats messages: the host has every record once, in order", async (t) => {
	const shop = await openShop(t);
	await shop.till("PUT", "link", { network: "lossy", every: 3, seed: "lossy" });
	for (let count = 1; count <= 8; count++) await shop.sell({ amount: `${count}.00` });
	await shop.advance(120_000);
	await shop.network("up");
	await shop.advance(120_000);
	const stream = await shop.stream();
	const { head, chain } = await shop.status();
	t.is(stream?.watermark, head);
	t.is(Buffer.from(stream?.chain ?? []).toString("hex"), chain);
	const [totals] = (await shop.hostDay()).totals;
	t.like(totals, { debitCount: 8, debitMinor: 3_600 });
});
