import { assert, CloseoutError } from "../../../protocol/error.ts";
import type { Shop } from "../../day/shop.ts";
import { missingForXs } from "../../emulator/engine/build-worker.ts";
import { inFolder } from "../folder.ts";
import { openShop, recordsOf, sellMany } from "../long-day.ts";
import type { Row, Section } from "../section.ts";
import { measureCodecs } from "../xs/codec.ts";

const SALES = 1_100;
const HEAP_FROM_SALE = 100;
const PEER_NAME = "cbor-x encoding the same records on XS";

export const section: Section = {
	name: "xs",
	about: "what a sale costs on the terminal's engine, beside cbor-x encoding its records",
	async *run(say) {
		const missing = missingForXs();
		if (missing !== undefined) throw new CloseoutError("ENGINE", `no XS here: ${missing}`);
		yield* await inFolder(async (dataDir) => {
			const shop = await openShop({ engine: "xs", dataDir });
			try {
				return await measure(shop, say);
			} finally {
				await shop.close();
			}
		});
	},
};

async function measure(shop: Shop, say: (remark: string) => void): Promise<readonly Row[]> {
	const { machine } = shop;
	const costs: number[] = [];
	const heap: number[] = [];
	let firstRecord = 0;
	let spent = 0;
	await sellMany(shop, SALES, async (number) => {
		const { computrons } = machine.meter.report().step;
		costs.push(computrons - spent);
		if (number === 1) firstRecord = await head(shop);
		if (number === HEAP_FROM_SALE || number === SALES) heap.push(await deviceBytes(shop));
		if (number % 100 === 0) say(`${number} sales`);
		spent = machine.meter.report().step.computrons;
	});
	const lastRecord = await head(shop);
	const records = await recordsOf(shop, firstRecord + 1, lastRecord);
	const perSale = records.length / (SALES - 1);
	const codec = await measureCodecs(records.slice(0, Math.round(perSale * 20)));
	const [heapBefore = 0, heapAfter = 0] = heap;
	const sales = 20;
	return [
		{
			what: "a sale with slip and delivery, median",
			unit: "computrons",
			ours: middle(costs),
			peerName: PEER_NAME,
			peer: codec.peer.computrons / sales,
			note: `${perSale} records a sale; idle time between sales included; from ${Math.min(...costs)} to ${Math.max(...costs)}`,
		},
		{
			what: "encoding the records of a sale",
			unit: "computrons",
			ours: codec.ours.computrons / sales,
			peerName: PEER_NAME,
			peer: codec.peer.computrons / sales,
			note: "ours checks every field and looks for card numbers",
		},
		{
			what: "payload of the records of a sale",
			unit: "bytes",
			ours: codec.ours.bytes / sales,
			peerName: PEER_NAME,
			peer: codec.peer.bytes / sales,
		},
		{
			what: `heap growth a sale, sale ${HEAP_FROM_SALE} to ${SALES}`,
			unit: "bytes",
			ours: (heapAfter - heapBefore) / (SALES - HEAP_FROM_SALE),
			peerName: PEER_NAME,
			peer: codec.peer.heapBytesPerRound / sales,
			note: "alive after garbage collection, at the sizes of a 32-bit terminal, an upper bound",
		},
		await measureList(shop, codec.peer.computrons / sales),
	];
}

/** The list of all sales in one go: with the paper out until the settlement has ended, then to its last row. */
async function measureList(shop: Shop, peer: number): Promise<Row> {
	const { machine } = shop;
	const { printer } = machine.parts;
	printer.paperOut();
	await shop.press("menu", "2");
	await shop.until("the settlement", async () => (await shop.state("settlement")) === null);
	const before = machine.meter.report().step.computrons;
	printer.paperIn();
	await shop.until("the list", () => shop.isAtRest());
	const cost = machine.meter.report().step.computrons - before;
	return {
		what: "a row of the list, settlement slip and totals included",
		unit: "computrons",
		ours: cost / SALES,
		peerName: PEER_NAME,
		peer,
		note: `a list of ${SALES} rows`,
	};
}

async function head(shop: Shop): Promise<number> {
	const sequence = await shop.state("sequence");
	assert(typeof sequence === "number", "the terminal says how far its journal reaches");
	return sequence;
}

async function deviceBytes({ machine }: Shop): Promise<number> {
	const heap = await machine.measureHeap();
	return heap?.deviceBytesMax ?? 0;
}

function middle(values: readonly number[]): number {
	return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
