import { assert } from "../../protocol/error.ts";
import type { Shop } from "../day/shop.ts";
import { fieldOf } from "../emulator/json.ts";
import { sellMany } from "./long-day.ts";

/** Sales between two looks at what they have cost. */
export const BLOCK_SALES = 500;

export interface DayCost {
	/** Heap above what the loaded program held when it first had nothing to do, in bytes of a terminal. */
	readonly heapEarly: number;
	readonly heapLate: number;
	/** The most of all times it was looked at: after each block of sales, after the list, after the close. */
	readonly heapMost: number;
	/** What the loaded program held. */
	readonly heapLoaded: number;
	/** Mean computrons a sale, of one block of sales after another. */
	readonly sales: readonly number[];
	/** Computrons from the first row to the end of the list, for each row. */
	readonly row: number;
}

/**
 * One day of so many sales: settled, its list printed, closed. The first block is left out of the cost of a sale, as
 * the ring of the journal and the caches fill in it. `loaded` is the heap when the terminal first had nothing to do.
 */
export async function measureDay(
	shop: Shop,
	{ sales, loaded, say }: { sales: number; loaded: number; say: (remark: string) => void },
): Promise<DayCost> {
	const heaps: number[] = [];
	const look = async () => heaps.push((await heapOf(shop)) - loaded);
	const blocks: number[] = [];
	let spent = computronsOf(shop);
	await sellMany(shop, sales, async (number) => {
		if (number % BLOCK_SALES !== 0) return;
		blocks.push((computronsOf(shop) - spent) / BLOCK_SALES);
		spent = computronsOf(shop);
		await look();
		say(`${number} sales`);
	});
	const [heapEarly = 0] = heaps;
	const heapLate = heaps.at(-1) ?? 0;
	const row = await printList(shop, sales);
	await look();
	say("the list");
	await closeDay(shop);
	await look();
	const heapMost = Math.max(...heaps);
	return { heapEarly, heapLate, heapMost, heapLoaded: loaded, sales: blocks.slice(1), row };
}

/** Settles and prints: the settlement slip first. */
async function printList(shop: Shop, rows: number): Promise<number> {
	const { printer } = shop.machine.parts;
	printer.paperOut();
	await shop.press("menu", "2");
	await shop.until("the settlement", async () => (await shop.state("settlement")) === null);
	const before = computronsOf(shop);
	printer.paperIn();
	await shop.until("the list", () => shop.isAtRest());
	return (computronsOf(shop) - before) / rows;
}

async function closeDay(shop: Shop): Promise<void> {
	await shop.press("menu", "3", "ok", "ok");
	await shop.press("menu", "4", "ok", "ok");
	await shop.until("the close", async () => (await shop.state("day")) === null);
	const days = await shop.state("days");
	assert(Array.isArray(days) && fieldOf(days.at(-1), "clean") === true, "the day closed clean");
}

export async function heapOf({ machine }: Shop): Promise<number> {
	return (await machine.measureHeap())?.deviceBytesMax ?? 0;
}

function computronsOf({ machine }: Shop): number {
	return machine.meter.report().step.computrons;
}
