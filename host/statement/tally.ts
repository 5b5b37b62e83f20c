import { CloseoutError } from "../../protocol/error.ts";
import { addMinor, checkRow, type MoneyRow } from "../core/row.ts";
import { maskCardNumbers } from "./mask.ts";
import {
	atLine,
	BAD_ROWS_MAX,
	type BadRow,
	FieldError,
	type ParseOptions,
	type StatementFinding,
	type StatementSource,
	type StatementSummary,
	statementError,
} from "./statement.ts";

/** Findings that are told one by one; further ones are only counted. */
const FINDINGS_MAX = 200;

/** Counts and sums rows while they pass, and keeps findings and bad rows for the summary. */
export class Tally {
	readonly source: StatementSource;
	readonly accounts = new Set<string>();
	readonly #collects: boolean;
	readonly #findings: StatementFinding[] = [];
	readonly #words = new Set<string>();
	readonly #noMoney = new Map<string, number>();
	#untold = 0;
	readonly #badRows: BadRow[] = [];
	#rows = 0;
	#first: number | undefined;
	#last: number | undefined;
	readonly #sums = new Map<string, number>();

	constructor(source: StatementSource, options: ParseOptions = {}) {
		this.source = source;
		this.#collects = options.onBadRow === "collect";
	}

	get badRowCount(): number {
		return this.#badRows.length;
	}

	/** The checked and counted row that `read` gives; undefined when it is bad and kept aside. */
	row(line: number, read: () => MoneyRow): MoneyRow | undefined {
		const row = this.attempt(line, () => checkRow(read()));
		if (row !== undefined) this.add(row);
		return row;
	}

	/** What `read` gives; undefined when it throws because of bad data and bad rows are kept aside. */
	attempt<T>(line: number, read: () => T): T | undefined {
		try {
			return atLine(this.source, line, read);
		} catch (error) {
			if (!(error instanceof CloseoutError) || error.code !== "STATEMENT_ROW") throw error;
			if (!this.#collects) throw error;
			this.#keep(line, error);
			return undefined;
		}
	}

	/** Keeps a bad line aside, or throws, as the options say. */
	refuse(line: number, what: string, field?: string): void {
		this.attempt(line, () => {
			throw field === undefined ? new CloseoutError("SCHEMA", what) : new FieldError(field, what);
		});
	}

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

	find(code: StatementFinding["code"], line: number, what: string): void {
		if (this.#findings.length >= FINDINGS_MAX) this.#untold += 1;
		else this.#findings.push({ code, line, message: `${this.source.name}:${line}: ${what}` });
	}

	/** A finding about a word, made once for each word. */
	unknownWord(line: number, field: string, word: string, taken: string): void {
		const key = `${field}\n${word}`;
		if (this.#words.has(key) || this.#words.size >= FINDINGS_MAX) return;
		this.#words.add(key);
		this.find("unknown-word", line, `${field} "${word}" is not known and was taken as ${taken}`);
	}

	/** Counts a line that is in order and moves no money, so that the summary can say so. */
	noMoney(why: string): void {
		if (this.#noMoney.has(why) || this.#noMoney.size < FINDINGS_MAX) {
			this.#noMoney.set(why, (this.#noMoney.get(why) ?? 0) + 1);
		}
	}

	summary(format: string): StatementSummary {
		const [first, last] = [this.#first, this.#last];
		for (const [why, count] of this.#noMoney) {
			this.find("no-money", 1, `${count} line${count === 1 ? "" : "s"} left out: ${why}`);
		}
		if (this.#untold > 0) {
			const { name } = this.source;
			const message = `${name}:1: ${this.#untold} further findings are not shown`;
			this.#findings.push({ code: "details", line: 1, message });
		}
		return {
			format,
			file: this.source.name,
			rows: this.#rows,
			sums: Object.fromEntries(this.#sums),
			accounts: [...this.accounts],
			period: first === undefined || last === undefined ? undefined : { first, last },
			findings: this.#findings,
			badRows: this.#badRows,
		};
	}

	#keep(line: number, error: CloseoutError): void {
		if (this.#badRows.length >= BAD_ROWS_MAX) {
			const what = `more than ${BAD_ROWS_MAX} bad rows, so this is most likely another format`;
			throw statementError("STATEMENT_FORMAT", this.source, line, what);
		}
		const field = error.cause instanceof FieldError ? error.cause.field : undefined;
		const { name: file, lineText } = this.source;
		const text = lineText?.(line);
		this.#badRows.push({
			file,
			line,
			field,
			message: maskCardNumbers(error.message),
			text: text === undefined ? undefined : maskCardNumbers(text),
		});
	}
}
