import { assert } from "../../protocol/error.ts";
import { decodeRecord } from "../../protocol/record.ts";
import type { Entry } from "../day/ledger.ts";
import { drawPlan } from "../day/plan.ts";
import { drawSale } from "../day/sales.ts";
import { Shop, type ShopOptions } from "../day/shop.ts";
import { SeededEntropy } from "../emulator/random.ts";

const SEED = 1;
const JOURNAL_BYTES = 16_777_216;
const SECONDS_PER_SALE = 15;

/** A shop that is open, with room for many sales; the language is Chinese, the paper comes out at once. */
export async function openShop(options: Omit<ShopOptions, "plan" | "journalBytes">): Promise<Shop> {
	const plan = { ...drawPlan(SEED), language: "zh-CN", operator: "01" } as const;
	const shop = await Shop.open({ ...options, plan, journalBytes: JOURNAL_BYTES });
	await shop.enrol();
	await shop.press("menu", "1", "0", "1", "ok");
	return shop;
}

/** Many ordinary sales, one after another. `onSale` is called after each with its number from 1. */
export async function sellMany(
	shop: Shop,
	count: number,
	onSale: (number: number, entry: Entry) => Promise<void> | void = () => {},
): Promise<void> {
	const dice = new SeededEntropy("closeout bench");
	for (let number = 1; number <= count; number++) {
		const entry = await shop.pay(drawSale(dice, number));
		assert(entry.status.state === "approved", `sale ${number} is ${entry.status.state}`);
		await onSale(number, entry);
		await shop.world.advance(SECONDS_PER_SALE * 1_000);
	}
}

export interface PlainRecord {
	readonly sequence: number;
	readonly kind: number;
	readonly flags: number;
	readonly payload: Uint8Array;
}

/** Records as the host has them, with their meaning. */
export async function recordsOf(shop: Shop, from: number, to: number) {
	await shop.host.idle();
	const { epoch } = await shop.host.store.getTerminal(shop.terminal);
	const stored = await shop.host.store.readRecords({ terminal: shop.terminal, epoch, from, to });
	return stored.map(({ sequence, kind, flags, payload }) => {
		const plain: PlainRecord = { sequence, kind, flags, payload };
		return { ...plain, meaning: decodeRecord(plain) };
	});
}
