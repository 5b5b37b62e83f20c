import { peek } from "./bytes.ts";
import { Cells, Columns } from "./cells.ts";
import { type CsvOptions, readCsv } from "./csv.ts";
import { DELIMITER_SAMPLE_BYTES, tellDelimiter } from "./csv-sample.ts";
import { type ParseOptions, type StatementSource, statementError } from "./statement.ts";
import type { Tally } from "./tally.ts";

/** Records in which the header has to be found. */
const HEADER_RECORDS_MAX = 60;

export interface TableShape {
	/** Columns that make a record the header; those before it are passed over. */
	readonly required: readonly string[];
	readonly csv?: Omit<CsvOptions, "onBad">;
	/** Called for records before the header. */
	readonly onPreamble?: (record: readonly string[], line: number) => void;
	/** True for a record that is no row, such as a line of totals; what it says is the caller's. */
	readonly isOther?: (record: readonly string[], line: number) => boolean;
}

export interface TableRecord {
	readonly cells: Cells;
	readonly columns: Columns;
	readonly line: number;
}

/**
 * Records below a header, read by column name. A record with too few or too many fields is bad, because a cut line
 * or a delimiter inside a text puts amounts under the wrong names. Throws `STATEMENT_FORMAT` without a header.
 */
export async function* readTable(
	tally: Tally,
	options: ParseOptions | undefined,
	shape: TableShape,
): AsyncGenerator<TableRecord> {
	let columns: Columns | undefined;
	let nearest: string[] = [...shape.required];
	let records = 0;
	const { head, bytes } = await peek(tally.source.bytes, DELIMITER_SAMPLE_BYTES);
	const source: StatementSource = { name: tally.source.name, bytes };
	const delimiter = tellDelimiter(head, shape.required);
	const csv = { delimiter, fallback: "guess" as const, ...shape.csv };
	for await (const { record, line } of readCsv(source, csvOptions(tally, options, csv))) {
		if (shape.isOther?.(record, line)) continue;
		if (columns === undefined) {
			const header = new Columns(record);
			const missing = header.missing(shape.required);
			if (missing.length === 0) columns = header;
			else shape.onPreamble?.(record, line);
			if (missing.length < nearest.length) nearest = missing;
			records += 1;
			if (records >= HEADER_RECORDS_MAX) break;
			continue;
		}
		const fault = countFault(columns, record);
		if (fault === undefined) yield { cells: new Cells(columns, record), columns, line };
		else tally.refuse(line, fault);
	}
	if (columns !== undefined) return;
	const what =
		records === 0 ? "the file is empty" : `no header has the columns ${nearest.join(", ")}`;
	throw statementError("STATEMENT_FORMAT", tally.source, 1, what);
}

export function csvOptions(
	tally: Tally,
	options: ParseOptions | undefined,
	csv: CsvOptions = {},
): CsvOptions {
	if (options?.onBadRow !== "collect") return csv;
	return { ...csv, onBad: (line, what) => tally.refuse(line, what) };
}

function countFault(columns: Columns, record: readonly string[]): string | undefined {
	const extra = record.slice(columns.count).filter((cell) => cell.trim() !== "");
	if (record.length >= columns.count && extra.length === 0) return undefined;
	return `${record.length} fields instead of ${columns.count}`;
}
