import { Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { type StatementSource, statementError } from "./statement.ts";

/** Longest record taken, in characters. */
const RECORD_LENGTH_MAX = 16_384;

export interface CsvRecord {
	readonly record: readonly string[];
	/** Line of the file on which the record ends. */
	readonly line: number;
}

/**
 * Records of a CSV file (RFC 4180, UTF-8 with or without byte order mark), whatever number of fields they have;
 * empty lines are left out. What is no CSV throws `STATEMENT_ROW` with file and line.
 */
export async function* readCsv(source: StatementSource): AsyncGenerator<CsvRecord> {
	const parser = parse({
		bom: true,
		info: true,
		relax_column_count: true,
		skip_empty_lines: true,
		max_record_size: RECORD_LENGTH_MAX,
	});
	const input = Readable.from(source.bytes, { objectMode: false });
	input.on("error", (error) => parser.destroy(error));
	input.pipe(parser);
	try {
		for await (const { record, info } of parser) yield { record, line: info.lines };
	} catch (error) {
		if (!(error instanceof CsvError)) throw error;
		throw statementError("STATEMENT_ROW", source, parser.info.lines, error.message);
	} finally {
		input.destroy();
		parser.destroy();
	}
}
