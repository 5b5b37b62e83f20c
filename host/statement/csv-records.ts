import { peek } from "./bytes.ts";
import { Cells, Columns } from "./cells.ts";
import { readCsv } from "./csv.ts";
import { type CsvMapping, requiredColumns } from "./csv-mapping.ts";
import { MappedColumns } from "./csv-names.ts";
import { DELIMITER_SAMPLE_BYTES, tellDelimiter } from "./csv-sample.ts";
import type { CsvTotals } from "./csv-total.ts";
import { type ParseOptions, type StatementSource, statementError } from "./statement.ts";
import { csvOptions } from "./table.ts";
import type { Tally } from "./tally.ts";

/** Records in which the header has to be found. */
const HEADER_RECORDS_MAX = 60;
export interface MappedTableRecord {
	readonly cells: Cells;
	readonly names: MappedColumns;
	readonly line: number;
}

/** Records below the header that a mapping knows; records of totals go to `totals`. */
export async function* readMappedTable(
	mapping: CsvMapping,
	tally: Tally,
	totals: CsvTotals,
	options: ParseOptions | undefined,
): AsyncGenerator<MappedTableRecord> {
	const { head, bytes } = await peek(tally.source.bytes, DELIMITER_SAMPLE_BYTES);
	const source: StatementSource = { name: tally.source.name, bytes };
	const required = requiredColumns(mapping);
	let names = mapping.headerless && new MappedColumns(new Columns(mapping.headerless.names));
	let nearest = required;
	let records = 0;
	const csv = {
		delimiter: mapping.delimiter ?? tellDelimiter(head, required, mapping.encoding),
		relaxQuotes: true,
		fallback: mapping.encoding ?? ("guess" as const),
	};
	for await (const { record, line } of readCsv(source, csvOptions(tally, options, csv))) {
		if (record.every((cell) => cell.trim() === "") || totals.take(record, line)) continue;
		if (names !== undefined) {
			records += 1;
			if (mapping.headerless === undefined && !hasCount(names, record)) {
				const what = `${record.length} fields instead of ${names.columns.count}`;
				tally.refuse(line, what);
			} else yield { cells: new Cells(names.columns, record), names, line };
			continue;
		}
		const found = new MappedColumns(new Columns(record));
		const missing = found.missing(required);
		if (missing.length === 0) names = found;
		if (missing.length < nearest.length) nearest = missing;
		records += 1;
		if (records >= HEADER_RECORDS_MAX) break;
	}
	if (names !== undefined && (mapping.headerless === undefined || records > 0)) return;
	const what =
		records === 0 ? "the file is empty" : `no header has the columns ${nearest.join(", ")}`;
	throw statementError("STATEMENT_FORMAT", source, 1, `${what} of the mapping ${mapping.format}`);
}

function hasCount(names: MappedColumns, record: readonly string[]): boolean {
	const { count } = names.columns;
	return record.length >= count && record.slice(count).every((cell) => cell.trim() === "");
}
