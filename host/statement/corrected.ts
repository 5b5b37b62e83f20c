import { formatDate } from "../../protocol/time.ts";
import { type Leg, type MoneyRow, rowKinds, rowStatuses } from "../core/row.ts";
import { csvLine } from "../report/csv.ts";
import { type Cells, lastFourOf, optionalNumber } from "./cells.ts";
import { parseLocalDate } from "./moment.ts";
import { makeRow } from "./row-draft.ts";
import {
	FieldError,
	inField,
	type ParseOptions,
	type StatementParser,
	type StatementSource,
} from "./statement.ts";
import { readTable } from "./table.ts";
import { Tally } from "./tally.ts";

/**
 * Lines that could not be read, for a person to correct: what was wrong and the line as it stood in its file on the
 * left, the row that it should have been on the right. Imported again, each counts as a row of the original file.
 */
export const correctedColumns = [
	"format",
	"statement",
	"number",
	"file",
	"line",
	"field",
	"problem",
	"record",
	"date",
	"kind",
	"amount",
	"currency",
	"fee",
	"reference",
	"terminal",
	"trace",
	"authorisation",
	"batch",
	"card",
	"text",
	"status",
] as const;
type Column = (typeof correctedColumns)[number];

/** A line that was kept aside, with what is known of the statement that it is from. */
export interface LineToCorrect {
	readonly leg: Leg;
	readonly statement: string;
	readonly number: number;
	readonly file: string;
	readonly line: number;
	readonly field: string | null;
	readonly message: string;
	readonly text: string | null;
	/** Of all rows of the statement; undefined where they have several. */
	readonly currency: string | undefined;
	/** `yyyymmdd` of all rows of the statement; undefined where they have several. */
	readonly date: number | undefined;
}

const formatOf = (leg: Leg) => `corrected-${leg}`;
/** Makes spreadsheets read the file as UTF-8. */
const BYTE_ORDER_MARK = "\uFEFF";

/** The lines as a CSV in which the right half is to be filled in. */
export function* writeCorrections(lines: readonly LineToCorrect[]): Generator<string> {
	yield BYTE_ORDER_MARK + csvLine(correctedColumns);
	for (const line of lines) {
		const cells: Partial<Record<Column, string | number | null>> = {
			format: formatOf(line.leg),
			statement: line.statement,
			number: line.number,
			file: line.file,
			line: line.line,
			field: line.field,
			problem: line.message,
			record: line.text,
			date: line.date === undefined ? null : formatDate(line.date),
			currency: line.currency ?? null,
			status: "approved",
		};
		yield csvLine(correctedColumns.map((column) => cells[column] ?? null));
	}
}

/** Reads such a file back; a line that nobody has filled in is a bad row. */
export function correctedRows(leg: "acquirer" | "bank"): StatementParser {
	return {
		format: formatOf(leg),
		leg,
		parse: (source, options) => parseCorrected(leg, source, options),
	};
}

async function* parseCorrected(leg: Leg, source: StatementSource, options?: ParseOptions) {
	const tally = new Tally(source, options);
	const table = readTable(tally, options, { required: correctedColumns });
	for await (const { cells, line } of table) {
		const row = tally.row(line, () => rowOf(leg, cells));
		if (row !== undefined) yield row;
	}
	return tally.summary(formatOf(leg));
}

function rowOf(leg: Leg, cells: Cells): MoneyRow {
	const format = cells.need("format");
	if (format !== formatOf(leg)) {
		throw new FieldError("format", `"${format}" belongs in a file of its own`);
	}
	const currency = cells.currency("currency");
	cells.need("amount");
	const row = makeRow({
		leg,
		file: cells.need("file"),
		line: cells.read(["line"], number),
		kind: oneOf(cells, "kind", rowKinds),
		status: oneOf(cells, "status", rowStatuses),
		amountMinor: cells.amount(currency, ["amount"]),
		currency,
		references: [cells.text("reference")],
		moment: { date: cells.read(["date"], (text) => parseLocalDate(text)), at: undefined },
		terminalId: cells.text("terminal"),
		trace: optional(cells, "trace"),
		authorisation: cells.text("authorisation"),
		batch: optional(cells, "batch"),
		feeMinor: cells.amount(currency, ["fee"]),
		lastFour: lastFourOf(cells.text("card")),
		texts: [cells.text("text")],
	});
	const corrects = { statement: cells.need("statement"), number: cells.read(["number"], number) };
	return { ...row, source: { ...row.source, corrects } };
}

function optional(cells: Cells, name: Column): number | undefined {
	return inField(name, () => optionalNumber(cells.text(name)));
}

function number(text: string): number {
	const value = optionalNumber(text, 15);
	if (value !== undefined && value > 0) return value;
	throw new FieldError("number", `"${text}" is not a number from 1`);
}

function oneOf<T extends string>(cells: Cells, name: Column, values: readonly T[]): T {
	const text = cells.need(name);
	const value = values.find((known) => known === text);
	if (value !== undefined) return value;
	throw new FieldError(name, `"${text}" is none of ${values.join(", ")}`);
}
