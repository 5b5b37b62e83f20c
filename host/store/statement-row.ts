import type { Context, Database } from "./database.ts";

export interface StatementRowFilter {
	readonly tenant: string;
	readonly leg?: string;
	readonly statement?: string;
	/** First and last business date, both included; rows without a date are given when neither is set. */
	readonly from?: number;
	readonly to?: number;
}

/** Rows kept at a time while they are read. */
const ROWS_PER_PAGE = 5_000;

/**
 * Rows of finished imports as they were given to `addStatementRows`, by statement and line, each once however many
 * statements have it. Reads in pages.
 */
export async function* statementRows(
	context: Context,
	filter: StatementRowFilter,
): AsyncGenerator<Readonly<Record<string, unknown>>> {
	let after: { readonly statement: string; readonly part: number } | undefined;
	for (;;) {
		const rows = await rowQuery(context.read, filter, after).execute();
		for (const { rowJson } of rows) {
			const row: Readonly<Record<string, unknown>> = JSON.parse(rowJson);
			yield row;
		}
		const last = rows.at(-1);
		if (last === undefined || rows.length < ROWS_PER_PAGE) return;
		after = last;
	}
}

function rowQuery(
	read: Database,
	{ tenant, leg, statement, from, to }: StatementRowFilter,
	after: { readonly statement: string; readonly part: number } | undefined,
) {
	let query = counted(read)
		.innerJoin("statement", "statement.id", "statementRow.statement")
		.select(["statementRow.statement", "statementRow.part", "statementRow.rowJson"])
		.where("statement.tenant", "=", tenant)
		.where("statement.digest", "<>", "")
		.orderBy("statementRow.statement")
		.orderBy("statementRow.part")
		.limit(ROWS_PER_PAGE);
	if (leg !== undefined) query = query.where("statement.leg", "=", leg);
	if (statement !== undefined) query = query.where("statement.id", "=", statement);
	if (from !== undefined) query = query.where("statementRow.businessDate", ">=", from);
	if (to !== undefined) query = query.where("statementRow.businessDate", "<=", to);
	if (after === undefined) return query;
	return query.where((where) =>
		where.or([
			where("statementRow.statement", ">", after.statement),
			where.and([
				where("statementRow.statement", "=", after.statement),
				where("statementRow.part", ">", after.part),
			]),
		]),
	);
}

/** Rows that count: those that no finished import has found to be another's. */
function counted(read: Database) {
	return read
		.selectFrom("statementRow")
		.where(({ not, exists, selectFrom }) =>
			not(
				exists(
					selectFrom("statementTwin")
						.innerJoin("statement as finder", "finder.id", "statementTwin.foundBy")
						.select("statementTwin.part")
						.whereRef("statementTwin.statement", "=", "statementRow.statement")
						.whereRef("statementTwin.part", "=", "statementRow.part")
						.where("finder.digest", "<>", ""),
				),
			),
		);
}

/** Rows that count, by statement and business date (null: without one). */
export async function countStatementRows(
	{ read }: Context,
	statements: readonly string[],
): Promise<
	readonly {
		readonly statement: string;
		readonly businessDate: number | null;
		readonly rows: number;
	}[]
> {
	if (statements.length === 0) return [];
	const found = await counted(read)
		.select(({ fn }) => [
			"statementRow.statement",
			"statementRow.businessDate",
			fn.countAll<number>().as("rows"),
		])
		.where("statementRow.statement", "in", statements)
		.groupBy(["statementRow.statement", "statementRow.businessDate"])
		.orderBy("statementRow.businessDate")
		.orderBy("statementRow.statement")
		.execute();
	return found.map((row) => ({ ...row, rows: Number(row.rows) }));
}

/** A row as it was given, and its place in its statement. */
export interface PlacedRow {
	readonly statement: string;
	readonly part: number;
	readonly amountMinor: number;
	readonly row: Readonly<Record<string, unknown>>;
}

/** Rows that count of these statements on one business date (null: without one), by amount. Reads in pages. */
export async function* rowsByAmount(
	{ read }: Context,
	statements: readonly string[],
	businessDate: number | null,
): AsyncGenerator<PlacedRow> {
	const base = counted(read)
		.select(["statement", "part", "amountMinor", "rowJson"])
		.where("statement", "in", statements)
		.where("businessDate", businessDate === null ? "is" : "=", businessDate)
		.orderBy("amountMinor")
		.orderBy("statement")
		.orderBy("part")
		.limit(ROWS_PER_PAGE);
	let query = base;
	for (;;) {
		const rows = await query.execute();
		for (const { rowJson, ...place } of rows) {
			const row: Readonly<Record<string, unknown>> = JSON.parse(rowJson);
			yield { ...place, row };
		}
		const last = rows.at(-1);
		if (last === undefined || rows.length < ROWS_PER_PAGE) return;
		const { amountMinor, statement, part } = last;
		query = base.where((where) =>
			where.or([
				where("amountMinor", ">", amountMinor),
				where.and([where("amountMinor", "=", amountMinor), where("statement", ">", statement)]),
				where.and([
					where("amountMinor", "=", amountMinor),
					where("statement", "=", statement),
					where("part", ">", part),
				]),
			]),
		);
	}
}
