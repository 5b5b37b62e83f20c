import { Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { type StatementSource, statementError } from "./statement.ts";
import { readText, type TextOptions } from "./text.ts";

/** Longest record taken, in characters. */
const RECORD_LENGTH_MAX = 16_384;

export interface CsvRecord {
	readonly record: readonly string[];
	/** Line of the file on which the record ends. */
	readonly line: number;
}

export interface CsvOptions extends TextOptions {
	/** `,` unless told otherwise. */
	readonly delimiter?: string;
	/** Takes a quotation mark inside a field that is not quoted as it stands. */
	readonly relaxQuotes?: boolean;
	/** Called instead of throwing for a record whose quotation marks are wrong. */
	readonly onBad?: (line: number, what: string) => void;
}

/**
 * Records of a CSV file (RFC 4180; any line ends; encoding as `readText` tells it), whatever number of fields they
 * have; empty lines are left out. What is no CSV throws `STATEMENT_ROW` with file and line.
 */
export async function* readCsv(
	source: StatementSource,
	{ delimiter = ",", relaxQuotes = false, onBad, ...text }: CsvOptions = {},
): AsyncGenerator<CsvRecord> {
	const parser = parse({
		delimiter,
		record_delimiter: "\n",
		info: true,
		relax_column_count: true,
		relax_quotes: relaxQuotes,
		skip_empty_lines: true,
		// Blanks around quotation marks are common where people have edited a file.
		trim: true,
		max_record_size: RECORD_LENGTH_MAX,
		skip_records_with_error: onBad !== undefined,
	});
	let badLine = 0;
	let unclosed: CsvError | undefined;
	parser.on("skip", (error: CsvError) => {
		const line = parser.info.lines;
		// A quotation that never ends takes the rest of the file with it, which is no single bad row.
		const isEndless = ["CSV_QUOTE_NOT_CLOSED", "CSV_MAX_RECORD_SIZE"].includes(error.code);
		if (isEndless) unclosed ??= error;
		else if (line !== badLine) onBad?.(line, error.message);
		badLine = line;
	});
	const input = Readable.from(readText(source, text), { objectMode: false });
	input.on("error", (error) => parser.destroy(error));
	input.pipe(parser);
	try {
		for await (const { record, info } of parser) yield { record, line: info.lines };
		if (unclosed !== undefined) throw unclosed;
	} catch (error) {
		if (!(error instanceof CsvError)) throw error;
		throw statementError("STATEMENT_ROW", source, parser.info.lines, error.message);
	} finally {
		input.destroy();
		parser.destroy();
	}
}
