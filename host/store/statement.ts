import { CloseoutError } from "../../protocol/error.ts";
import { toJson } from "./book-rows.ts";
import type { Context, Database } from "./database.ts";
import { slices } from "./slices.ts";

/**
 * The part of a row of money that is looked up; the row is kept whole as it is given, whatever else it holds.
 * `leg` is not looked up here: it is the statement's.
 */
export interface StatementRowKeys {
	readonly terminalId?: string;
	readonly reference: string;
	readonly kind: string;
	readonly amountMinor: number;
	readonly currency: string;
	readonly businessDate?: number;
	readonly source: { readonly line: number };
	readonly status: string;
}

export interface Statement {
	readonly id: string;
	readonly tenant: string;
	readonly leg: string;
	readonly format: string;
	readonly file: string;
	/** SHA-256 of the file, hexadecimal. */
	readonly digest: string;
	readonly rows: number;
	readonly summary: Readonly<Record<string, unknown>>;
	readonly importedS: number;
}

/**
 * Begins an import under a fresh id. Its rows count for nothing before `finishStatement`, so that a file which
 * turns out to be broken leaves everything as it was; and commits of terminals go on meanwhile.
 */
export async function beginStatement(
	{ write, nowS }: Context,
	begun: Pick<Statement, "id" | "tenant" | "leg" | "format" | "file">,
): Promise<void> {
	const open = { digest: "", rows: 0, summaryJson: "{}", importedS: nowS() };
	await write
		.insertInto("statement")
		.values({ ...begun, ...open })
		.execute();
}

/** Adds rows in the order of the file. */
export async function addStatementRows(
	{ write }: Context,
	statement: string,
	rows: readonly StatementRowKeys[],
): Promise<void> {
	await write.transaction().execute(async (writing) => {
		const counted = await writing
			.updateTable("statement")
			.set((update) => ({ rows: update("rows", "+", rows.length) }))
			.where("id", "=", statement)
			.where("digest", "=", "")
			.returning("rows")
			.executeTakeFirst();
		if (counted === undefined)
			throw new CloseoutError("NOT_FOUND", `statement ${statement} is not being imported`);
		const before = counted.rows - rows.length;
		const values = rows.map((row, index) => ({
			statement,
			line: row.source.line,
			part: before + index,
			terminal: row.terminalId ?? null,
			businessDate: row.businessDate ?? null,
			reference: row.reference,
			amountMinor: row.amountMinor,
			currency: row.currency,
			kind: row.kind,
			status: row.status,
			rowJson: toJson(row),
		}));
		for (const part of slices(values)) {
			await writing.insertInto("statementRow").values(part).execute();
		}
	});
}

/**
 * Makes an import count. Throws `REFUSED` when the tenant has imported the very same file before; the import is
 * then dropped.
 */
export async function finishStatement(
	context: Context,
	finished: { readonly id: string; readonly digest: string; readonly summary: object },
): Promise<void> {
	const { id, digest, summary } = finished;
	const twin = await context.write.transaction().execute(async (writing) => {
		const before = await writing
			.selectFrom("statement as own")
			.innerJoin("statement as other", "other.tenant", "own.tenant")
			.select(["other.file", "other.importedS"])
			.where("own.id", "=", id)
			.where("other.digest", "=", digest)
			.executeTakeFirst();
		if (before !== undefined) return before;
		await writing
			.updateTable("statement")
			.set({ digest, summaryJson: toJson(summary) })
			.where("id", "=", id)
			.execute();
		return undefined;
	});
	if (twin === undefined) return;
	await dropStatement(context, id);
	throw new CloseoutError("REFUSED", `this file was imported before, as ${twin.file}`);
}

/** Takes an import back with all its rows. */
export async function dropStatement({ write }: Context, id: string): Promise<void> {
	await write.transaction().execute(async (writing) => {
		await writing.deleteFrom("statementRow").where("statement", "=", id).execute();
		await writing.deleteFrom("statement").where("id", "=", id).execute();
	});
}

/** Finished imports, newest first. */
export async function listStatements(
	{ read }: Context,
	tenant?: string,
): Promise<readonly Statement[]> {
	const query = read
		.selectFrom("statement")
		.selectAll()
		.where("digest", "<>", "")
		.orderBy("importedS", "desc")
		.orderBy("id");
	const rows = await (tenant === undefined ? query : query.where("tenant", "=", tenant)).execute();
	return rows.map(({ summaryJson, ...row }) => {
		const summary: Statement["summary"] = JSON.parse(summaryJson);
		return { ...row, summary };
	});
}

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

/** Rows of finished imports as they were given to `addStatementRows`, by statement and line. Reads in pages. */
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
	let query = read
		.selectFrom("statementRow")
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
