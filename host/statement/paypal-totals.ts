import { addMinor, moneyText } from "../core/row.ts";
import { parseCount, parseHundredths } from "./decimal.ts";
import { inField } from "./statement.ts";
import type { Tally } from "./tally.ts";

/** Sums of one currency in the order in which a footer states them. */
class Sums {
	count = 0;
	readonly minor = [0, 0, 0, 0];

	add(amountMinor: number, credit: number): void {
		const place = amountMinor < 0 ? credit + 1 : credit;
		this.minor[place] = addMinor(this.minor[place] ?? 0, Math.abs(amountMinor));
	}
}

const names = ["gross credits", "gross debits", "fee credits", "fee debits"];

/** Rows of one section, file or report until its footer. */
class Scope {
	rows = 0;
	readonly sums = new Map<string, Sums>();

	of(currency: string): Sums {
		let sums = this.sums.get(currency);
		if (sums === undefined) {
			sums = new Sums();
			this.sums.set(currency, sums);
		}
		return sums;
	}
}

/**
 * Checks the footers of PayPal's reports: SF and RF state, by currency, gross credits and debits, fee credits and
 * debits, balances and the number of rows; SC, RC and FF state the number of rows alone.
 */
export class PaypalTotals {
	readonly #tally: Tally;
	#section = new Scope();
	readonly #report = new Scope();

	constructor(tally: Tally) {
		this.#tally = tally;
	}

	add(currency: string, grossMinor: number, feeCurrency: string, feeMinor: number): void {
		for (const scope of [this.#section, this.#report]) {
			scope.rows += 1;
			const sums = scope.of(currency);
			sums.count += 1;
			sums.add(grossMinor, 0);
			scope.of(feeCurrency).add(feeMinor, 2);
		}
	}

	/** A row that was kept aside still counts. */
	skip(): void {
		this.#section.rows += 1;
		this.#report.rows += 1;
	}

	take(record: readonly string[], line: number): void {
		const [code = ""] = record;
		if (code === "SH") this.#section = new Scope();
		else if (code === "SF") this.#checkSums(this.#section, record, line);
		else if (code === "RF") this.#checkSums(this.#report, record, line);
		else if (code === "SC") this.#checkCount(this.#section, code, record[1], line);
		else if (code === "RC" || code === "FF") this.#checkCount(this.#report, code, record[1], line);
	}

	#checkCount(scope: Scope, code: string, text: string | undefined, line: number): void {
		const stated = this.#tally.attempt(line, () => inField(code, () => parseCount(text ?? "")));
		if (stated === undefined || stated === scope.rows) return;
		this.#tally.find("count", line, `${code} says ${stated} rows and the file has ${scope.rows}`);
	}

	#checkSums(scope: Scope, [code = "", unit = "", ...rest]: readonly string[], line: number): void {
		const currency = unit.toUpperCase();
		const sums = scope.sums.get(currency) ?? new Sums();
		for (const [place, name] of names.entries()) {
			const stated = this.#tally.attempt(line, () =>
				inField(`${code} ${name}`, () => parseHundredths(rest[place] || "0", currency)),
			);
			const has = sums.minor[place] ?? 0;
			if (stated === undefined || stated === has) continue;
			const what = `${code} says ${name} of ${moneyText(stated, currency)} and the rows have ${moneyText(has, currency)}`;
			this.#tally.find("control-total", line, what);
		}
		// The number is that of the currency in some versions and that of the report in others.
		const text = rest.length >= 16 ? rest.at(-1) : undefined;
		if (text === undefined || text === "") return;
		const count = this.#tally.attempt(line, () =>
			inField(`${code} number`, () => parseCount(text)),
		);
		if (count === undefined || count === sums.count || count === scope.rows) return;
		const what = `${code} says ${count} rows of ${currency} and the file has ${sums.count}`;
		this.#tally.find("count", line, what);
	}
}
