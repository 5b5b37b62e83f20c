import { addMinor, type MoneyRow, moneyText } from "../core/row.ts";
import type { Cells } from "./cells.ts";
import type { CsvMapping, CsvTotal } from "./csv-mapping.ts";
import { type MappedColumns, starPattern } from "./csv-names.ts";
import { parseCount, parseDecimal } from "./decimal.ts";
import { inField } from "./statement.ts";
import type { Tally } from "./tally.ts";

/** Values of totals that are held until the end. */
const STATED_MAX = 100;

interface Stated {
	readonly total: number;
	readonly text: string;
	readonly line: number;
}

interface Counted {
	readonly total: CsvTotal;
	readonly label: RegExp;
	count: number;
	sumMinor: number;
}

/** Finds the totals that a mapping names in the records of a file and checks them against the rows. */
export class CsvTotals {
	readonly #mapping: CsvMapping;
	readonly #tally: Tally;
	readonly #totals: readonly Counted[];
	readonly #stated: Stated[] = [];
	/** Places in the next record that hold values. */
	#below: { readonly place: number; readonly total: number }[] = [];
	#currency: string | undefined;

	constructor(mapping: CsvMapping, tally: Tally) {
		this.#mapping = mapping;
		this.#tally = tally;
		this.#totals = (mapping.totals ?? []).map((total) => ({
			total,
			label: starPattern(total.label),
			count: 0,
			sumMinor: 0,
		}));
	}

	/** True for a record of labels or values of totals, which is no row. */
	take(record: readonly string[], line: number): boolean {
		if (this.#totals.length === 0) return false;
		const isValues = this.#below.length > 0;
		for (const { place, total } of this.#below) this.#state(total, record[place], line);
		this.#below = [];
		let isLabels = false;
		for (const [place, cell] of record.entries()) {
			for (const [index, { total, label }] of this.#totals.entries()) {
				if (cell === "" || !label.test(cell)) continue;
				isLabels = true;
				if (total.place === "below") this.#below.push({ place, total: index });
				else this.#state(index, record[place + (total.offset ?? 1)], line);
			}
		}
		return isValues || isLabels;
	}

	#state(total: number, text: string | undefined, line: number): void {
		const value = text?.trim() ?? "";
		if (value !== "" && this.#stated.length < STATED_MAX)
			this.#stated.push({ total, text: value, line });
	}

	/** Throws `SCHEMA` for a bad amount in a column that is summed, and then adds nothing. */
	add(row: MoneyRow, netMinor: number, cells: Cells, names: MappedColumns): void {
		this.#currency ??= row.currency;
		if (row.status !== "approved") return;
		const meant = this.#totals.filter(({ total: { kinds } }) =>
			kinds === undefined ? row.kind !== "payout" : kinds.includes(row.kind),
		);
		const feeMinor = row.feeMinor ?? 0;
		const own = { count: 0, amount: row.amountMinor, fee: feeMinor, net: netMinor };
		const amounts = meant.map(({ total: { of } }) =>
			typeof of === "object"
				? cells.amount(row.currency, names.resolve(of.column), this.#mapping)
				: own[of],
		);
		for (const [place, counted] of meant.entries()) {
			counted.count += 1;
			counted.sumMinor = addMinor(counted.sumMinor, amounts[place] ?? 0);
		}
	}

	end(): void {
		for (const { total: index, text, line } of this.#stated) {
			const counted = this.#totals[index];
			if (counted === undefined) continue;
			const { label, of } = counted.total;
			if (of === "count") this.#checkCount(counted, label, text, line);
			else this.#checkSum(counted, label, text, line);
		}
	}

	#checkCount(counted: Counted, label: string, text: string, line: number): void {
		const stated = this.#tally.attempt(line, () => inField(label, () => parseCount(text)));
		if (stated === undefined || stated === counted.count) return;
		this.#tally.find("count", line, `${label} says ${stated} and the file has ${counted.count}`);
	}

	#checkSum(counted: Counted, label: string, text: string, line: number): void {
		// A file without rows has no currency; whatever it is, the total is nothing.
		const currency = this.#currency ?? "XXX";
		const stated = this.#tally.attempt(line, () =>
			inField(label, () => parseDecimal(text, currency, this.#mapping)),
		);
		if (stated === undefined || Math.abs(stated) === Math.abs(counted.sumMinor)) return;
		const [says, has] = [stated, counted.sumMinor].map((minor) => moneyText(minor, currency));
		this.#tally.find("control-total", line, `${label} says ${says} and the rows have ${has}`);
	}
}
