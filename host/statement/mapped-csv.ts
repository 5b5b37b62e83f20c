import { CloseoutError } from "../../protocol/error.ts";
import { type MoneyRow, moneyText, type RowKind, type RowStatus } from "../core/row.ts";
import { RunningBalance } from "./balance.ts";
import { type Cells, lastFourOf, optionalNumber, readCurrency } from "./cells.ts";
import type { CsvAmount, CsvMapping, CsvRule } from "./csv-mapping.ts";
import type { MappedColumns } from "./csv-names.ts";
import { readMappedTable } from "./csv-records.ts";
import { CsvTotals } from "./csv-total.ts";
import {
	dateNear,
	type Moment,
	parseClock,
	parseLocalDate,
	parseLocalMoment,
	wallInstant,
} from "./moment.ts";
import { makeRow } from "./row-draft.ts";
import {
	FieldError,
	type ParseOptions,
	type StatementParser,
	type StatementSource,
} from "./statement.ts";
import { Tally } from "./tally.ts";

/**
 * A parser of any CSV that a mapping describes. Amount less fee against the net, the running balance and the totals
 * that the mapping names are checked as findings. A record that no rule fits is a bad row.
 */
export function mappedCsv(mapping: CsvMapping): StatementParser {
	return {
		format: mapping.format,
		leg: mapping.leg,
		parse: (source, options) => parseMapped(mapping, source, options),
	};
}

async function* parseMapped(mapping: CsvMapping, source: StatementSource, options?: ParseOptions) {
	const tally = new Tally(source, options);
	const totals = new CsvTotals(mapping, tally);
	const balance = new RunningBalance(tally);
	for await (const { cells, names, line } of readMappedTable(mapping, tally, totals, options)) {
		const reader = new MappedRecord(mapping, tally, cells, names, line);
		const rule = tally.attempt(line, () => reader.rule());
		if (rule === undefined) continue;
		if (rule.skip !== undefined) {
			tally.noMoney(rule.skip);
			continue;
		}
		const row = tally.row(line, () => {
			const made = reader.row(rule);
			totals.add(made, reader.netMinor, cells, names);
			return made;
		});
		if (row === undefined) continue;
		const account = names.text(cells, mapping.account);
		if (account !== "") tally.accounts.add(account);
		reader.step(balance, row);
		yield row;
	}
	balance.end();
	totals.end();
	return tally.summary(mapping.format);
}

/** One record under the rules of a mapping. */
export class MappedRecord {
	readonly #mapping: CsvMapping;
	readonly #tally: Tally;
	readonly #cells: Cells;
	readonly #names: MappedColumns;
	readonly #line: number;
	/** Net of the row that was made last. */
	netMinor = 0;

	constructor(mapping: CsvMapping, tally: Tally, cells: Cells, names: MappedColumns, line: number) {
		this.#mapping = mapping;
		this.#tally = tally;
		this.#cells = cells;
		this.#names = names;
		this.#line = line;
	}

	/** The first rule that fits. Throws `SCHEMA` with the words that no rule knows. */
	rule(): CsvRule {
		const rule = this.#mapping.rules.find((one) => this.#fits(one));
		if (rule !== undefined) return rule;
		const columns = new Set(this.#mapping.rules.flatMap(({ when }) => Object.keys(when ?? {})));
		const words = [...columns].map((name) => `${name} "${this.#text(name)}"`).join(", ");
		throw new FieldError(
			[...columns][0] ?? "rules",
			`no rule of the mapping says what ${words} is`,
		);
	}

	row(rule: CsvRule): MoneyRow {
		const mapping = this.#mapping;
		const currency = this.#currency(rule);
		const amountMinor = this.#amount(rule.amount ?? {}, currency, true);
		const feeMinor = rule.fee === undefined ? 0 : this.#amount(rule.fee, currency, false);
		this.netMinor = amountMinor - feeMinor;
		this.#checkNet(rule, currency, amountMinor, feeMinor);
		const kind =
			rule.kind === undefined || rule.kind === "by-sign" ? this.#bySign(amountMinor) : rule.kind;
		const references = rule.references ?? mapping.references;
		return makeRow({
			leg: mapping.leg,
			file: this.#tally.source.name,
			line: this.#line,
			kind,
			status: rule.status ?? this.#status(),
			amountMinor,
			currency,
			references: references.map((name) => this.#text(name)),
			moment: this.#moment(rule.date ?? mapping.date),
			terminalId: this.#text(mapping.terminal),
			trace: this.#number(mapping.trace),
			authorisation: this.#text(mapping.authorisation),
			batch: this.#number(mapping.batch),
			feeMinor,
			lastFour: lastFourOf(this.#text(mapping.card)),
			texts: (mapping.texts ?? []).map((name) => this.#text(name)),
		});
	}

	step(balance: RunningBalance, row: MoneyRow): void {
		const name = this.#mapping.balance;
		if (name === undefined || row.status !== "approved" || this.#text(name) === "") return;
		this.#tally.attempt(this.#line, () => {
			const after = this.#cells.amount(row.currency, this.#names.resolve(name), this.#mapping);
			balance.step(row.currency, this.netMinor, after, this.#line);
		});
	}

	#text(name: string | undefined): string {
		return this.#names.text(this.#cells, name);
	}

	#fits({ when = {} }: CsvRule): boolean {
		return Object.entries(when).every(([name, words]) => {
			const text = this.#text(name).toLowerCase();
			return words.some((word) => fitsWord(text, word.toLowerCase()));
		});
	}

	#status(): RowStatus {
		const { status } = this.#mapping;
		if (status === undefined) return "approved";
		const text = this.#text(status.column).toLowerCase();
		for (const [word, meaning] of Object.entries(status.words)) {
			if (fitsWord(text, word.toLowerCase())) return meaning;
		}
		throw new FieldError(status.column, `"${text}" is none of the words of the mapping`);
	}

	#bySign(amountMinor: number): RowKind {
		if (this.#mapping.leg === "bank") return amountMinor < 0 ? "debit" : "credit";
		return amountMinor < 0 ? "refund" : "sale";
	}

	#currency(rule: CsvRule): string {
		const currency = rule.currency ?? this.#mapping.currency;
		if ("constant" in currency) return currency.constant;
		if ("column" in currency) {
			return this.#cells.currency(...this.#names.resolve(currency.column));
		}
		const star = this.#names.starOf(currency.header);
		if (star !== undefined) return readCurrency(star);
		throw new FieldError(currency.header, "no column of this name says the currency");
	}

	#amount(
		{ add = [], subtract = [], sign }: CsvAmount,
		currency: string,
		isNeeded: boolean,
	): number {
		const all = [...add, ...subtract];
		if (isNeeded && all.every((name) => this.#text(name) === "")) {
			throw new FieldError(all[0] ?? "amount", "is empty");
		}
		const sum = (names: readonly string[]) =>
			names.reduce(
				(minor, name) =>
					minor + this.#cells.amount(currency, this.#names.resolve(name), this.#mapping),
				0,
			);
		const minor = sum(add) - sum(subtract);
		if (sign === "positive") return Math.abs(minor);
		if (sign === "negative") return 0 - Math.abs(minor);
		return sign === "opposite" ? 0 - minor : minor;
	}

	#checkNet(rule: CsvRule, currency: string, amountMinor: number, feeMinor: number): void {
		if (rule.net === undefined) return;
		const netMinor = this.#amount(rule.net, currency, false);
		if (netMinor === amountMinor - feeMinor) return;
		const [amount, fee, net] = [amountMinor, feeMinor, netMinor].map((minor) =>
			moneyText(minor, currency),
		);
		const what = `${amount} less the fee ${fee} is not the net ${net}`;
		this.#tally.find("control-total", this.#line, what);
	}

	#moment(date: CsvMapping["date"]): Moment {
		const names = this.#names.resolve(date.column);
		const zone = this.#text(date.zoneColumn) || date.zone;
		if (date.time === undefined) {
			return this.#cells.read(names, (text) => parseLocalMoment(text, zone, date.order));
		}
		const day = this.#cells.read(names, (text) => parseLocalDate(text, date.order));
		const times = this.#names.resolve(date.time);
		if (this.#cells.text(...times) === "") return { date: day, at: undefined };
		const { monthDay, clockS } = this.#cells.read(times, readTime);
		const own = monthDay === undefined ? day : dateNear(day, monthDay);
		return { date: own, at: zone === undefined ? undefined : wallInstant(own, clockS, zone) };
	}

	#number(name: string | undefined): number | undefined {
		if (name === undefined) return undefined;
		const text = this.#text(name);
		try {
			return optionalNumber(text);
		} catch (error) {
			if (!(error instanceof CloseoutError)) throw error;
			throw new FieldError(name, error.message, { cause: error });
		}
	}
}

/** A time of day, or month, day and time in ten digits. */
function readTime(text: string): { monthDay: number | undefined; clockS: number } {
	const isLong = /^\d{10}$/.test(text);
	const monthDay = isLong ? Number(text.slice(0, 4)) : undefined;
	return { monthDay, clockS: parseClock(isLong ? text.slice(4) : text) };
}

function fitsWord(text: string, word: string): boolean {
	return word.endsWith("*") ? text.startsWith(word.slice(0, -1)) : text === word;
}
