import type { CaseDesk } from "../case/desk.ts";
import type { ManualDecision } from "../core/manual.ts";
import type { CheckedList } from "../import/paper-check.ts";
import type { Change } from "../ingest/changes.ts";
import type { Explanation } from "../match/explain.ts";
import type {
	BadRowView,
	DayItem,
	DayView,
	DifferenceView,
	ImportView,
	ReconcileView,
	RecordView,
	StatementView,
	TerminalView,
	TransactionView,
} from "./view.ts";

export interface DifferenceFilter {
	/** `yyyymmdd` */
	readonly businessDate?: number;
	readonly terminal?: string;
}

/** What a person decides about rows. */
export type Decision = Omit<ManualDecision, "number" | "atS">;

export interface StatementUpload {
	/** Name for messages; a path is cut down to its last part. */
	readonly name: string;
	readonly bytes: AsyncIterable<Uint8Array>;
	/** Name of the format; told from the content when left out. */
	readonly format?: string;
	/** Reads and checks everything and keeps nothing. */
	readonly dryRun: boolean;
	/** Keeps lines that cannot be read aside and imports the rest. */
	readonly skipBadRows?: boolean;
	/** Imports although a total of the file does not fit its rows. */
	readonly acceptTotals?: boolean;
	/** What to do with rows of which nobody can tell whether they came before. */
	readonly overlap?: "merge" | "add";
}

/**
 * What pages and commands ask the host. Reading methods change nothing; an import or a comparison is one
 * transaction. All reject with a `CloseoutError`.
 */
export interface Source {
	terminals(): Promise<readonly TerminalView[]>;
	/** Business dates of a terminal, newest first. Throws `TERMINAL_UNKNOWN`. */
	days(terminal: string): Promise<readonly DayItem[]>;
	/** One business date, or the newest. Throws `TERMINAL_UNKNOWN`, or `NOT_FOUND` for a date without a day. */
	day(terminal: string, businessDate: number | undefined): Promise<DayView>;
	/** Throws `NOT_FOUND` when the sequence is not a transaction's. */
	transaction(terminal: string, epoch: number, sequence: number): Promise<TransactionView>;
	/** Records `from` to `to`, as far as the host holds them. */
	records(
		terminal: string,
		epoch: number,
		from: number,
		to: number,
	): Promise<readonly RecordView[]>;
	/** A paper list, by the text of its QR code. Throws `SCHEMA`, or `TERMINAL_UNKNOWN` for one of somebody else. */
	checkList(text: string): Promise<CheckedList>;
	/** What the last comparison found. */
	differences(filter: DifferenceFilter): Promise<readonly DifferenceView[]>;
	statements(): Promise<readonly StatementView[]>;
	/** Lines of one statement, or of all, that were kept aside. */
	badRows(statement?: string): Promise<readonly BadRowView[]>;
	/** Those that nobody has corrected yet, as a CSV to fill in and import. Throws `USAGE` for lines of two books. */
	corrections(statement?: string): Promise<{ readonly csv: string; readonly count: number }>;
	/**
	 * Throws `STATEMENT_FORMAT`, `STATEMENT_ROW` or `STATEMENT_TOTAL` with file and line, `REFUSED` for a file that is
	 * here already.
	 */
	importStatement(upload: StatementUpload): Promise<ImportView>;
	/** Compares the three legs, keeps what differs and gives it. */
	reconcile(filter: DifferenceFilter): Promise<ReconcileView>;
	/** Differences under work. */
	readonly cases: CaseDesk;
	/** The evidence of a case as one file. Throws `NOT_FOUND`, and `REFUSED` where there is no key to sign it with. */
	evidence(id: string): Promise<Uint8Array>;
	/** Why rows are matched, different or open. Throws `NOT_FOUND`. */
	explain(id: string): Promise<Explanation>;
	/** Keeps a decision about rows, for every later comparison. Throws `NOT_FOUND` and `USAGE`. */
	decide(decision: Decision): Promise<ManualDecision>;
	/** Returns the function that ends the listening. */
	onChange(listener: (change: Change) => void): () => void;
}
