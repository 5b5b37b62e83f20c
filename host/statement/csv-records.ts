import { TextDecoder } from "node:util";
import { peek } from "./bytes.ts";
import { Cells, Columns } from "./cells.ts";
import { readCsv } from "./csv.ts";
import { type CsvMapping, requiredColumns } from "./csv-mapping.ts";
import { MappedColumns } from "./csv-names.ts";
import type { CsvTotals } from "./csv-total.ts";
import { type ParseOptions, type StatementSource, statementError } from "./statement.ts";
import { csvOptions } from "./table.ts";
import type { Tally } from "./tally.ts";
import { byteOrderMark, isUtf8Start } from "./text.ts";

/** Records in which the header has to be found. */
const HEADER_RECORDS_MAX = 60;
/** Bytes by which the delimiter is told. */
const DELIMITER_SAMPLE_BYTES = 16_384;

export const delimiters = [",", ";", "\t", "|"] as const;

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
		...(mapping.encoding === undefined ? {} : { fallback: mapping.encoding }),
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

/**
 * The delimiter with which a line of the sample has all required columns; without such a line the one that stands
 * in most lines.
 */
export function tellDelimiter(
	head: Uint8Array,
	required: readonly string[] = [],
	encoding?: CsvMapping["encoding"],
): string {
	const lines = linesOf(head, encoding);
	for (const delimiter of delimiters) {
		const isHeader = (line: string) => hasColumns(line, delimiter, required);
		if (required.length > 0 && lines.some(isHeader)) return delimiter;
	}
	const count = (delimiter: string) => lines.filter((line) => line.includes(delimiter)).length;
	return [...delimiters].sort((a, b) => count(b) - count(a))[0] ?? ",";
}

/** True when a line of the sample is the header of the mapping, or the file begins as the mapping says. */
export function fitsMapping(head: Uint8Array, mapping: CsvMapping): boolean {
	const { headerless, delimiter } = mapping;
	if (headerless !== undefined) return linesOf(head)[0]?.startsWith(headerless.begins) ?? false;
	const lines = linesOf(head, mapping.encoding);
	return hasHeader(
		lines,
		requiredColumns(mapping),
		delimiter === undefined ? delimiters : [delimiter],
	);
}

/** True when a line of the sample has all of the columns. */
export function hasHeader(
	lines: readonly string[],
	required: readonly string[],
	tried: readonly string[] = [","],
): boolean {
	return tried.some((delimiter) => lines.some((line) => hasColumns(line, delimiter, required)));
}

function hasColumns(line: string, delimiter: string, required: readonly string[]): boolean {
	if (!line.includes(delimiter)) return false;
	const cells = line.split(delimiter).map((cell) => cell.replaceAll('"', ""));
	return new MappedColumns(new Columns(cells)).missing(required).length === 0;
}

/** Lines of a sample in the encoding that it has, as `readText` would tell it. */
export function linesOf(head: Uint8Array, fallback: CsvMapping["encoding"] = "gb18030"): string[] {
	const label = byteOrderMark(head)?.label ?? (isUtf8Start(head) ? "utf-8" : fallback);
	const text = new TextDecoder(label).decode(head, { stream: true });
	return text.split(/\r\n|\r|\n/).filter((line) => line !== "");
}
