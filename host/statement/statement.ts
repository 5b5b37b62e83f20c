import { CloseoutError, type ErrorCode } from "../../protocol/error.ts";
import type { MoneyRow } from "../core/row.ts";

/** A statement file as it comes in: a name for messages and its bytes in pieces of any size. */
export interface StatementSource {
	readonly name: string;
	readonly bytes: AsyncIterable<Uint8Array>;
}

/** Something a person should look at that does not make the rows wrong, such as a total that does not add up. */
export interface StatementFinding {
	readonly code: "control-total" | "count" | "details";
	readonly line: number;
	readonly message: string;
}

/** What a statement says about itself, known at its end. */
export interface StatementSummary {
	readonly format: string;
	readonly file: string;
	readonly rows: number;
	/** Sum of `amountMinor` of all rows that are final, by currency. */
	readonly sums: Readonly<Record<string, number>>;
	/** Acquirer, or the bank's accounts. */
	readonly accounts: readonly string[];
	/** First and last `yyyymmdd` of the rows; undefined when no row has a date. */
	readonly period: { readonly first: number; readonly last: number } | undefined;
	readonly findings: readonly StatementFinding[];
}

/**
 * Reads one format. Rows come one at a time and in the order of the file; memory does not grow with the file.
 * The summary is the return value: rows count only when it was reached, so an importer keeps them in one
 * transaction and gives that up when the parser throws. Throws `STATEMENT_FORMAT` when the file is not of the
 * format or not whole, `STATEMENT_ROW` when a line of it is wrong; both name file and line.
 */
export interface StatementParser {
	readonly format: string;
	readonly parse: (source: StatementSource) => AsyncGenerator<MoneyRow, StatementSummary>;
}

/** Hands every row to `onRow` and gives the summary. */
export async function readStatement(
	parser: StatementParser,
	source: StatementSource,
	onRow: (row: MoneyRow) => void | Promise<void>,
): Promise<StatementSummary> {
	const rows = parser.parse(source);
	for (;;) {
		const next = await rows.next();
		if (next.done === true) return next.value;
		await onRow(next.value);
	}
}

/** An error at a line of a statement. */
export function statementError(
	code: "STATEMENT_FORMAT" | "STATEMENT_ROW",
	source: StatementSource,
	line: number,
	what: string,
): CloseoutError {
	return new CloseoutError(code, `${source.name}:${line}: ${what}`);
}

/** What `read` gives; an error of bad data in it becomes `STATEMENT_ROW` with file and line. */
export function atLine<T>(source: StatementSource, line: number, read: () => T): T {
	try {
		return read();
	} catch (error) {
		const wrong: readonly ErrorCode[] = ["SCHEMA", "LIMIT"];
		if (!(error instanceof CloseoutError) || !wrong.includes(error.code)) throw error;
		throw new CloseoutError("STATEMENT_ROW", `${source.name}:${line}: ${error.message}`, {
			cause: error,
		});
	}
}
