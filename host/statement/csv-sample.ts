import { TextDecoder } from "node:util";
import { Columns } from "./cells.ts";
import { type CsvMapping, requiredColumns } from "./csv-mapping.ts";
import { MappedColumns } from "./csv-names.ts";
import { guessEncoding, isUtf8Start, unicodeEncoding } from "./encoding.ts";

/** Bytes by which the delimiter is told. */
export const DELIMITER_SAMPLE_BYTES = 16_384;

export const delimiters = [",", ";", "\t", "|"] as const;

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
	tried: readonly string[] = delimiters,
): boolean {
	return tried.some((delimiter) => lines.some((line) => hasColumns(line, delimiter, required)));
}

function hasColumns(line: string, delimiter: string, required: readonly string[]): boolean {
	if (!line.includes(delimiter)) return false;
	const cells = line.split(delimiter).map((cell) => cell.replaceAll('"', ""));
	return new MappedColumns(new Columns(cells)).missing(required).length === 0;
}

/** Lines of a sample in the encoding that it has, as `readText` would tell it. */
export function linesOf(head: Uint8Array, fallback?: CsvMapping["encoding"]): string[] {
	const other = () => fallback ?? guessEncoding(head);
	const label = unicodeEncoding(head) ?? (isUtf8Start(head) ? "utf-8" : other());
	const text = new TextDecoder(label).decode(head, { stream: true });
	return text.split(/\r\n|\r|\n/).filter((line) => line !== "");
}
