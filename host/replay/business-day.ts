import { CloseoutError } from "../../protocol/error.ts";
import { formatDate } from "../../protocol/time.ts";
import type { Dataset, DatasetSale } from "./dataset.ts";

/** One business date of a data set, as far as a terminal with cards and QR codes can live it. */
export interface BusinessDay {
	readonly date: number;
	/** In the order of their times. */
	readonly sales: readonly DatasetSale[];
	/** Sales of the date without the cash ones, also those beyond the limit. */
	readonly total: number;
	readonly cash: number;
}

/**
 * Chooses a date, the busiest when none is given, and the first sales of it. Throws `NOT_FOUND` for a date
 * without sales.
 */
export function chooseDay(dataset: Dataset, date: number | undefined, limit: number): BusinessDay {
	const dates = Map.groupBy(dataset.sales, ({ businessDate }) => businessDate);
	const chosen = date ?? busiest(dates);
	const sales = chosen === undefined ? undefined : dates.get(chosen);
	if (chosen === undefined || sales === undefined) {
		const known = [...dates.keys()].sort((a, b) => a - b);
		const span = known.length === 0 ? "none" : `${named(known[0])} to ${named(known.at(-1))}`;
		throw new CloseoutError("NOT_FOUND", `no sales on ${named(date)}; the file has ${span}`);
	}
	const payable = sales.filter(({ method }) => method !== "cash").sort((a, b) => a.at - b.at);
	return {
		date: chosen,
		sales: payable.slice(0, limit),
		total: payable.length,
		cash: sales.length - payable.length,
	};
}

function named(date: number | undefined): string {
	return date === undefined ? "any date" : formatDate(date);
}

/** The date with the most sales that are not cash; the first of several. */
function busiest(dates: ReadonlyMap<number, readonly DatasetSale[]>): number | undefined {
	let best: number | undefined;
	let most = 0;
	for (const [date, sales] of dates) {
		const count = sales.filter(({ method }) => method !== "cash").length;
		if (count > most) {
			best = date;
			most = count;
		}
	}
	return best;
}
