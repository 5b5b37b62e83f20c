import { addMinor, type MoneyRow } from "../core/row.ts";
import type { StatementFinding, StatementSource, StatementSummary } from "./statement.ts";

/** Counts and sums rows while they pass, for the summary. */
export class Tally {
	readonly findings: StatementFinding[] = [];
	readonly accounts = new Set<string>();
	#rows = 0;
	#first: number | undefined;
	#last: number | undefined;
	readonly #sums = new Map<string, number>();

	add(row: MoneyRow): void {
		this.#rows += 1;
		const date = row.businessDate;
		if (date !== undefined) {
			this.#first = Math.min(this.#first ?? date, date);
			this.#last = Math.max(this.#last ?? date, date);
		}
		if (row.status !== "approved") return;
		this.#sums.set(row.currency, addMinor(this.#sums.get(row.currency) ?? 0, row.amountMinor));
	}

	summary(format: string, source: StatementSource): StatementSummary {
		const [first, last] = [this.#first, this.#last];
		return {
			format,
			file: source.name,
			rows: this.#rows,
			sums: Object.fromEntries(this.#sums),
			accounts: [...this.accounts],
			period: first === undefined || last === undefined ? undefined : { first, last },
			findings: this.findings,
		};
	}
}
