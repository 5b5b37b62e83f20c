import { CloseoutError, type ErrorCode } from "../../protocol/error.ts";
import type { Leg, MoneyRow } from "../core/row.ts";

/** A statement file as it comes in: a name for messages and its bytes in pieces of any size. */
export interface StatementSource {
	readonly name: string;
	readonly bytes: AsyncIterable<Uint8Array>;
	/** The text of a line that was read lately; undefined when it is no longer known. */
	readonly lineText?: (line: number) => string | undefined;
}

/**
 * Something a person should look at that does not make the rows wrong: a total or a running balance that does not
 * add up, a count that differs, details that do not fit their entry, a word whose meaning is not known, or lines
 * that move no money.
 */
export interface StatementFinding {
	readonly code: "control-total" | "count" | "details" | "unknown-word" | "no-money";
	readonly line: number;
	readonly message: string;
}

/** A line that could not be read and was kept aside. */
export interface BadRow {
	readonly file: string;
	/** Line of the file, counted from 1. */
	readonly line: number;
	/** Column, tag or element that is wrong; undefined when the line as a whole is. */
	readonly field: string | undefined;
	/** Names file, line and field, like the error that `onBadRow: "stop"` throws. */
	readonly message: string;
	/** The line as it stands in the file, card numbers masked; undefined where the source does not know it. */
	readonly text: string | undefined;
}

export interface ParseOptions {
	/**
	 * `stop` (what happens unless told otherwise) throws at the first bad row; `collect` keeps bad rows aside in
	 * `badRows` of the summary and goes on. A file that is not of the format or not whole is refused either way.
	 */
	readonly onBadRow?: "stop" | "collect";
}

/** Bad rows that are kept aside; a file with more of them is refused. */
export const BAD_ROWS_MAX = 1_000;

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
	/** Lines that could not be read; always empty unless `onBadRow` is `collect`. */
	readonly badRows: readonly BadRow[];
}

/**
 * Reads one format. Rows come one at a time and in the order of the file; memory does not grow with the file.
 * The summary is the return value: rows count only when it was reached, so an importer keeps them in one
 * transaction and gives that up when the parser throws. Throws `STATEMENT_FORMAT` when the file is not of the
 * format or not whole, `STATEMENT_ROW` when a line of it is wrong; both name file and line.
 */
export interface StatementParser {
	readonly format: string;
	/** The book that a file of the format is. */
	readonly leg: Leg;
	readonly parse: (
		source: StatementSource,
		options?: ParseOptions,
	) => AsyncGenerator<MoneyRow, StatementSummary>;
}

/** Hands every row to `onRow` and gives the summary. */
export async function readStatement(
	parser: StatementParser,
	source: StatementSource,
	onRow: (row: MoneyRow) => void | Promise<void>,
	options?: ParseOptions,
): Promise<StatementSummary> {
	const rows = parser.parse(source, options);
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

/** Bad data in a named column, tag or element. `atLine` adds file and line. */
export class FieldError extends CloseoutError {
	readonly field: string;
	constructor(field: string, what: string, options?: { cause?: unknown }) {
		super("SCHEMA", `${field}: ${what}`, options);
		this.field = field;
	}
}

/** What `read` gives; an error of bad data in it names `field`. */
export function inField<T>(field: string, read: () => T): T {
	try {
		return read();
	} catch (error) {
		if (error instanceof FieldError || !isBadData(error)) throw error;
		throw new FieldError(field, error.message, { cause: error });
	}
}

function isBadData(error: unknown): error is CloseoutError {
	const codes: readonly ErrorCode[] = ["SCHEMA", "LIMIT"];
	return error instanceof CloseoutError && codes.includes(error.code);
}

/** What `read` gives; an error of bad data in it becomes `STATEMENT_ROW` with file and line. */
export function atLine<T>(source: StatementSource, line: number, read: () => T): T {
	try {
		return read();
	} catch (error) {
		if (!isBadData(error)) throw error;
		throw new CloseoutError("STATEMENT_ROW", `${source.name}:${line}: ${error.message}`, {
			cause: error,
		});
	}
}
