import test from "ava";
import { openShop } from "./_shop.ts";

test("漏单: an unknown outcome blocks the close until the acquirer has answered", async (t) => {
	const shop = await openShop(t);
	await shop.plan("authorise", "loseAnswer");
	await shop.plan("enquire", "timeout", 100);
	await shop.sell({ amount: "42.00", wait: false });
	await shop.advance(40_000);
	const refused = await shop.press("menu", "3");
	t.is(refused.name, "close-refused");
	t.true(refused.lines.some(({ text }) => text.includes("1 笔结果未知 CNY 42.00")));

	await shop.call("DELETE", "/v1/acquirer/plans");
	await shop.press("ok");
	await shop.advance(5_000);
	t.like(await shop.state(), {
		open: [],
		batch: { groups: [{ debitCount: 1, debitMinor: 4_200 }] },
	});
});

test("a power cut in the middle of a write loses nothing that was shown as approved", async (t) => {
	const shop = await openShop(t);
	const shown: number[] = [];
	for (const afterBytes of [1, 37, 60, 144, 311, 402, 977]) {
		const { transaction } = await shop.sell({ amount: "7.00" });
		if (transaction !== null) shown.push(transaction);
		await shop.cutPowerAfter(afterBytes);
		await shop.sell({ amount: "9.99", wait: false }).catch(() => undefined);
		await shop.advance(5_000);
		await shop.power(false);
		await shop.power(true);
		await shop.advance(180_000);
	}
	const records = (await shop.till("GET", "records")) as {
		kind: string;
		body: { outcome?: string; transaction?: number };
	}[];
	const approved = records
		.filter(({ kind, body }) => kind === "outcome" && body.outcome === "approved")
		.map(({ body }) => body.transaction);
	for (const transaction of shown)
		t.true(approved.includes(transaction), `transaction ${transaction}`);
	const stream = await shop.stream();
	const { head, chain } = await shop.status();
	t.is(stream?.watermark, head);
	t.is(Buffer.from(stream?.chain ?? []).toString("hex"), chain);
});

test("a shop sells on while the network is gone, and the host has it all afterwards", async (t) => {
	const shop = await openShop(t);
	await shop.network("down");
	await shop.advance(5_000);
	for (let index = 0; index < 4; index++) await shop.sell({ amount: "2.00" });
	const home = (await shop.press("cancel")).lines.map(({ text }) => text).join("\n");
	t.regex(home, /主机未连接, 待上送 \d+ 条/);
	await shop.network("up");
	await shop.advance(120_000);
	t.is((await shop.stream())?.watermark, (await shop.status()).head);
});
