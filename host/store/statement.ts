import { sql } from "kysely";
import { CloseoutError } from "../../protocol/error.ts";
import { addBadRows, type Correction, markCorrected, type NewBadRow } from "./bad-row.ts";
import { toJson } from "./book-rows.ts";
import type { Context, Writing } from "./database.ts";
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

/** A row of a statement that is in another one as well, in which it counts. */
export interface StatementTwin {
	readonly statement: string;
	readonly part: number;
	readonly sameAs: string;
}

/** Keeps what an import has found to be in two statements; takes effect when the import is finished. */
export async function addStatementTwins(
	{ write }: Context,
	foundBy: string,
	twins: readonly StatementTwin[],
): Promise<void> {
	await write.transaction().execute(async (writing) => {
		for (const part of slices(twins)) {
			const values = part.map((twin) => ({ ...twin, foundBy }));
			await writing.insertInto("statementTwin").values(values).execute();
		}
	});
}

/** Forgets what `addStatementTwins` kept, to compare again. */
export async function clearStatementTwins({ write }: Context, foundBy: string): Promise<void> {
	await write.deleteFrom("statementTwin").where("foundBy", "=", foundBy).execute();
}

export interface FinishedStatement {
	readonly id: string;
	readonly digest: string;
	readonly summary: object;
	readonly badRows: readonly NewBadRow[];
	/** Lines kept aside before that rows of this statement stand for. */
	readonly corrections: readonly Correction[];
}

/**
 * Makes imports count, all of them or none. `compared` is the number of finished imports that they were compared
 * with; false, and nothing done, when others have been finished since. Throws `REFUSED` when the tenant has imported
 * the very same file before, or corrected the same line.
 */
export async function finishStatements(
	{ write, kind }: Context,
	{
		tenant,
		compared,
		statements,
	}: {
		readonly tenant: string;
		readonly compared: number;
		readonly statements: readonly FinishedStatement[];
	},
): Promise<boolean> {
	return write.transaction().execute(async (writing) => {
		// SQLite has one writer at a time anyway.
		if (kind === "postgres") {
			await sql`select pg_advisory_xact_lock(hashtext(${`statement ${tenant}`}))`.execute(writing);
		}
		const finished = await writing
			.selectFrom("statement")
			.select(["file", "digest"])
			.where("tenant", "=", tenant)
			.where("digest", "<>", "")
			.execute();
		const digests = new Map(finished.map(({ file, digest }) => [digest, file]));
		for (const { digest } of statements) refuseTwin(digests.get(digest));
		if (finished.length !== compared) return false;
		for (const statement of statements) await finish(writing, tenant, statement);
		return true;
	});
}

/** Throws `REFUSED` for a file of which another import had the same content. */
export function refuseTwin(twin: string | undefined): void {
	if (twin === undefined) return;
	const message = `this file was imported before, as ${twin}`;
	throw new CloseoutError("REFUSED", message);
}

async function finish(
	writing: Writing,
	tenant: string,
	{ id, digest, summary, badRows, corrections }: FinishedStatement,
): Promise<void> {
	await writing
		.updateTable("statement")
		.set({ digest, summaryJson: toJson(summary) })
		.where("id", "=", id)
		.execute();
	await addBadRows(writing, id, badRows);
	for (const correction of corrections) {
		if (await markCorrected(writing, tenant, correction, id)) continue;
		const message = `line ${correction.number} kept aside of statement ${correction.statement} is not there or was corrected before; take its line out of the file`;
		throw new CloseoutError("REFUSED", message);
	}
}

/** Takes an import back with all its rows. */
export async function dropStatement({ write }: Context, id: string): Promise<void> {
	await write.transaction().execute(async (writing) => {
		await writing.deleteFrom("statementTwin").where("foundBy", "=", id).execute();
		await writing.deleteFrom("statementRow").where("statement", "=", id).execute();
		await writing.deleteFrom("statement").where("id", "=", id).execute();
	});
}

/** Takes back imports that were begun more than `ageS` ago and never finished, because their process was killed. */
export async function sweepStatements(context: Context, ageS: number): Promise<void> {
	const left = await context.read
		.selectFrom("statement")
		.select("id")
		.where("digest", "=", "")
		.where("importedS", "<", context.nowS() - ageS)
		.execute();
	for (const { id } of left) await dropStatement(context, id);
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
