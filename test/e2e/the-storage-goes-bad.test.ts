import test from "ava";
import { refusals } from "../../firmware/core/day/refusal.ts";
import { imageOf, readImage, segmentBases } from "../../protocol/media.ts";
import { plantFalseFrames } from "../_helper/busy-media.ts";
import { sha256 } from "../_helper/digest.ts";
import { MemoryStorage } from "../_helper/memory-storage.ts";
import { openShop, type Shop } from "./_shop.ts";

/** Sells until the first segment is full and another one is begun. */
async function sellASegment(shop: Shop): Promise<void> {
	for (let round = 0; round < 8; round++) {
		await shop.till("POST", "busy-morning", { count: 12, seed: `round ${round}` });
		const { newest } = readImage(imageOf(await shop.image()), sha256).root;
		if (newest.number > 1) return;
	}
	throw new Error("no segment was filled");
}

/** Turns one bit in the first segment, in as many copies as asked for. */
function rot(image: Uint8Array, offset: number, copies: 1 | 2): void {
	const { layout } = readImage(imageOf(image), sha256).root;
	for (const base of segmentBases(layout, 1).slice(0, copies)) {
		image[base + offset] = (image[base + offset] ?? 0) ^ 0x08;
	}
}

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

test("rot in one copy is repaired in a quiet moment; in both it is told which records are gone", async (t) => {
	const shop = await openShop(t);
	await sellASegment(shop);
	await shop.delivered();
	await shop.tamper((image) => rot(image, 2_000, 1));
	await shop.advance(25 * 3_600_000);
	t.like(await shop.state(), { check: { findings: 1, repaired: 1 }, lost: [] });
	await readOn(shop, "notice-check");
	t.regex(await shop.screenText(), /发现损坏 1 处, 已修复 1 处/);

	await shop.tamper((image) => rot(image, 3_000, 2));
	await shop.advance(25 * 3_600_000);
	const [gap] = await shop.records("gap");
	t.deepEqual((await shop.state()).lost, [{ from: gap?.from ?? 0, to: gap?.to ?? 0 }]);
	await readOn(shop, "notice-check");
	t.true((await shop.screenText()).includes(`记录 ${gap?.from} 至 ${gap?.to} 已损毁`));
	await shop.press("language");
	t.true((await shop.screenText()).includes(`Records ${gap?.from} to ${gap?.to} are destroyed`));
	t.regex(await shop.screenText(), /Call service/);
	await shop.press("menu", "7");
	t.regex(await shop.screenText(), /Checked .* 1 findings/);
});

test("media that no start can repair: safe mode in both languages, also after restarts, and nothing is written", async (t) => {
	const shop = await openShop(t);
	await shop.sell();
	await shop.tamper((image) => {
		const storage = MemoryStorage.fromImage(image, { sectorBytes: 4_096, writeAlign: 4 });
		plantFalseFrames(storage);
		image.set(storage.image());
	});
	const image = await shop.image();
	for (let start = 1; start <= 2; start++) {
		t.is((await shop.screen()).name, "safe-mode", `start ${start}`);
		t.regex(await shop.screenText(), /启动时无法修复/);
		t.regex(await shop.screenText(), /请保持原状并联系技术员/);
		await shop.press("language");
		t.regex(await shop.screenText(), /damaged beyond what a start can repair/);
		t.regex(await shop.screenText(), /call a technician/);
		const status = (await shop.till("GET", "status")) as Record<string, unknown>;
		t.like(status, { safeMode: true, reason: "steps", first: 1 });
		t.is(typeof status.head, "number", "as far as the root knows");
		t.like(await shop.sell({ wait: false }), { state: "refused", reason: refusals.safeMode });
		await shop.advance(3_600_000);
		await shop.power(false);
		await shop.power(true);
	}
	t.deepEqual(await shop.image(), image);
});
