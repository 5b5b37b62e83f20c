import { CloseoutError } from "../../../protocol/error.ts";
import { missingForXs } from "../../emulator/engine/build-worker.ts";
import { inFolder } from "../folder.ts";
import { openShop } from "../long-day.ts";
import { BLOCK_SALES, type DayCost, heapOf, measureDay } from "../sale-day.ts";
import type { Row, Section } from "../section.ts";

const SALES = 5_000;
const HEAP_BYTES_MAX = 65_536;
const HEAP_GROWTH_PERCENT_MAX = 2;
const SALE_PERCENT_MAX = 1;
const ROW_COMPUTRONS_MAX = 3_000;

export const section: Section = {
	name: "day",
	about: `a day of ${SALES} sales, settled, printed and closed on XS, with bars`,
	async *run(say) {
		const missing = missingForXs();
		if (missing !== undefined) throw new CloseoutError("ENGINE", `no XS here: ${missing}`);
		const cost = await inFolder(async (dataDir) => {
			const shop = await openShop({ engine: "xs", dataDir });
			try {
				return await measureDay(shop, { sales: SALES, loaded: await heapOf(shop), say });
			} finally {
				await shop.close();
			}
		});
		yield* rowsOf(cost);
	},
};

function rowsOf({
	heapEarly,
	heapLate,
	heapMost,
	heapLoaded,
	sales,
	row,
}: DayCost): readonly Row[] {
	const mean = sales.reduce((sum, cost) => sum + cost, 0) / sales.length;
	const furthest = Math.max(...sales.map((cost) => Math.abs(cost / mean - 1))) * 100;
	return [
		{
			what: "the most heap above the loaded program",
			unit: "bytes",
			ours: heapMost,
			peerName: "bar",
			peer: HEAP_BYTES_MAX,
			bar: 1,
			note: `16 bytes a slot, garbage collected; looked at after every ${BLOCK_SALES} sales, after the list and after the close; the loaded program holds ${heapLoaded}`,
		},
		{
			what: `heap above the loaded program at sale ${SALES} over that at sale ${BLOCK_SALES}`,
			unit: "percent more",
			ours: (heapLate / heapEarly - 1) * 100,
			peerName: "bar",
			peer: HEAP_GROWTH_PERCENT_MAX,
			bar: 1,
			note: `${heapEarly} and ${heapLate} bytes`,
		},
		{
			what: "a sale, furthest from the mean of the day",
			unit: "percent",
			ours: furthest,
			peerName: "bar",
			peer: SALE_PERCENT_MAX,
			bar: 1,
			note: `computrons a sale in ${BLOCK_SALES} sales each: ${sales.map(Math.round).join(", ")}`,
		},
		{
			what: "a row of the list, settlement slip, pages and totals included",
			unit: "computrons",
			ours: row,
			peerName: "bar",
			peer: ROW_COMPUTRONS_MAX,
			bar: 1,
		},
	];
}
