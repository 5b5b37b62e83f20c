import { CloseoutError } from "../../protocol/error.ts";
import { parseAmount } from "../../protocol/money.ts";
import { addMinor, checkRow, type MoneyRow, rowKinds, rowStatuses } from "../core/row.ts";
import { readCsv } from "./csv.ts";
import { parseDate, parseMoment } from "./moment.ts";
import {
	atLine,
	FieldError,
	inField,
	type ParseOptions,
	type StatementParser,
	type StatementSource,
	statementError,
} from "./statement.ts";
import { Tally } from "./tally.ts";

/**
 * The clearing file of an acquirer that has no format of its own: CSV after RFC 4180 in UTF-8, one currency a file.
 *
 * - `amount` is decimal text in the currency's own precision, signed as it moves money to the merchant.
 * - `batch`, `trace`, `rrn`, `authorisation`, `card`, `at` and `terminal` may be empty; fees have most of them empty.
 * - A void carries the `rrn` and `trace` of what it takes back.
 * - `card` is the last four digits, alone or behind a mask; a whole card number is refused.
 * - `at` is ISO 8601 with a zone.
 * - The last line is `TOTAL,count,amount`: number of rows and sum of their amounts, whatever their status. A file
 *   without it was cut off on the way.
 */
export const acquirerCsvHeader = [
	"acquirer",
	"merchant",
	"terminal",
	"businessDate",
	"batch",
	"trace",
	"rrn",
	"authorisation",
	"kind",
	"amount",
	"currency",
	"card",
	"at",
	"status",
] as const;
type Column = (typeof acquirerCsvHeader)[number];

export const acquirerCsv: StatementParser = {
	format: "acquirer-csv",
	leg: "acquirer",
	parse: parseAcquirerCsv,
};

async function* parseAcquirerCsv(source: StatementSource, options?: ParseOptions) {
	const tally = new Tally(source, options);
	const book = new Book(source, tally);
	const collects = options?.onBadRow === "collect";
	const onBad = collects ? { onBad: tally.refuse.bind(tally) } : {};
	for await (const { record, line } of readCsv(source, onBad)) {
		const row = book.take(record, line);
		if (row !== undefined) yield row;
	}
	book.end();
	return tally.summary("acquirer-csv");
}

/** The state of reading one file, line by line. */
class Book {
	readonly #source: StatementSource;
	readonly #tally: Tally;
	#header = false;
	#ended = false;
	#line = 0;
	#rows = 0;
	#sumMinor = 0;
	#currency: string | undefined;

	constructor(source: StatementSource, tally: Tally) {
		this.#source = source;
		this.#tally = tally;
	}

	take(record: readonly string[], line: number): MoneyRow | undefined {
		this.#line = line;
		if (!this.#header) {
			this.#takeHeader(record);
			return undefined;
		}
		if (this.#ended) throw this.#wrong("STATEMENT_FORMAT", "there is a line after the TOTAL line");
		if (record[0] === "TOTAL") {
			this.#takeTotal(record);
			return undefined;
		}
		return this.#tally.row(line, () => this.#rowOf(record));
	}

	end(): void {
		if (!this.#header) throw this.#wrong("STATEMENT_FORMAT", "the file is empty");
		if (this.#ended) return;
		throw this.#wrong(
			"STATEMENT_FORMAT",
			"the TOTAL line is missing, so the file may have been cut off; get it again",
		);
	}

	#takeHeader(record: readonly string[]): void {
		if (record.join() !== acquirerCsvHeader.join()) {
			throw this.#wrong("STATEMENT_FORMAT", `the header is not "${acquirerCsvHeader.join()}"`);
		}
		this.#header = true;
	}

	#takeTotal([, count = "", amount = "", ...more]: readonly string[]): void {
		// Lines that were kept aside count, and leave a sum that nothing can be said against.
		const counted = String(this.#rows + this.#tally.badRowCount);
		if (count !== counted || more.length > 0) {
			throw this.#wrong(
				"STATEMENT_FORMAT",
				`TOTAL says ${count} rows, the file has ${counted}; get it again`,
			);
		}
		const currency = this.#currency;
		// A file without rows has no currency; whatever it is, the total is nothing.
		const sum = atLine(this.#source, this.#line, () => parseAmount(amount, currency ?? "XXX"));
		if (sum !== this.#sumMinor && this.#tally.badRowCount === 0) {
			throw this.#wrong(
				"STATEMENT_FORMAT",
				`TOTAL says ${amount}, which is not the sum of the rows; get the file again`,
			);
		}
		this.#ended = true;
	}

	#rowOf(record: readonly string[]): MoneyRow {
		if (record.length !== acquirerCsvHeader.length) {
			throw new CloseoutError(
				"SCHEMA",
				`${record.length} fields instead of ${acquirerCsvHeader.length}`,
			);
		}
		const field = (column: Column) => record[acquirerCsvHeader.indexOf(column)] ?? "";
		const currency = field("currency");
		if (currency !== (this.#currency ?? currency)) {
			throw new CloseoutError("SCHEMA", `${currency} in a file of ${this.#currency}`);
		}
		const row = checkRow(makeRow(field, { file: this.#source.name, line: this.#line }));
		this.#currency = currency;
		this.#tally.accounts.add(`${field("acquirer")} ${field("merchant")}`);
		this.#rows += 1;
		this.#sumMinor = addMinor(this.#sumMinor, row.amountMinor);
		return row;
	}

	#wrong(code: "STATEMENT_FORMAT" | "STATEMENT_ROW", what: string): CloseoutError {
		return statementError(code, this.#source, this.#line, what);
	}
}

function makeRow(field: (column: Column) => string, source: MoneyRow["source"]): MoneyRow {
	const at = field("at");
	const card = inField("card", () => lastFour(field("card")));
	const currency = field("currency");
	return {
		leg: "acquirer",
		...(field("terminal") === "" ? {} : { terminalId: field("terminal") }),
		reference: field("rrn"),
		...(field("trace") === "" ? {} : { trace: wholeNumber("trace", field("trace")) }),
		...(field("authorisation") === "" ? {} : { authorisation: field("authorisation") }),
		...(field("batch") === "" ? {} : { batch: wholeNumber("batch", field("batch")) }),
		kind: oneOf("kind", rowKinds, field("kind")),
		amountMinor: inField("amount", () => parseAmount(field("amount"), currency)),
		currency,
		...(at === "" ? {} : { at: inField("at", () => instant(at)) }),
		businessDate: inField("businessDate", () => parseDate(field("businessDate"))),
		...(card === "" ? {} : { lastFour: card }),
		source,
		status: oneOf("status", rowStatuses, field("status")),
	};
}

function wholeNumber(name: string, text: string): number {
	if (/^\d{1,6}$/.test(text)) return Number(text);
	throw new FieldError(name, `"${text}" is not a number of up to 6 digits`);
}

function instant(text: string): number {
	const { at } = parseMoment(text);
	if (at !== undefined) return at;
	throw new CloseoutError("SCHEMA", `"${text}" has no zone such as +08:00 or Z`);
}

/** The message of a refusal must not repeat what was refused. */
function lastFour(text: string): string {
	const digits = /^(?:\d{0,6}[*xX]+)?(\d{4})$/.exec(text)?.[1];
	if (text === "" || digits !== undefined) return digits ?? "";
	throw new CloseoutError("SCHEMA", "holds more or less than the last four digits");
}

function oneOf<T extends string>(name: string, values: readonly T[], text: string): T {
	const value = values.find((known) => known === text);
	if (value !== undefined) return value;
	throw new FieldError(name, `"${text}" is none of ${values.join(", ")}`);
}
