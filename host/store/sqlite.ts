import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import {
	CompiledQuery,
	type DatabaseConnection,
	type Driver,
	SqliteAdapter,
	type SqliteDatabase,
	SqliteDialect,
	SqliteDriver,
	type SqliteStatement,
} from "kysely";
import { CloseoutError } from "../../protocol/error.ts";

/** Prepared statements kept for use again; the product's queries are a few dozen texts. */
const STATEMENTS_MAX = 256;
const BUSY_TIMEOUT_MS = 10_000;

/** Write transactions take the lock when they begin, so that what they read first cannot change under them. */
class ImmediateDriver extends SqliteDriver implements Driver {
	override async beginTransaction(connection: DatabaseConnection): Promise<void> {
		await connection.executeQuery(CompiledQuery.raw("begin immediate"));
	}
}

/** A migration is one transaction: SQLite can take back what it did to tables. */
class TransactionalAdapter extends SqliteAdapter {
	override get supportsTransactionalDdl(): boolean {
		return true;
	}
}

class ImmediateDialect extends SqliteDialect {
	readonly #open: () => Promise<SqliteDatabase>;
	constructor(open: () => Promise<SqliteDatabase>) {
		super({ database: open });
		this.#open = open;
	}
	override createAdapter(): SqliteAdapter {
		return new TransactionalAdapter();
	}
	override createDriver(): Driver {
		return new ImmediateDriver({ database: this.#open });
	}
}

function checkInput(value: unknown): SQLInputValue {
	if (value === null || typeof value === "number" || typeof value === "string") return value;
	if (typeof value === "bigint" || value instanceof Uint8Array) return value;
	throw new CloseoutError("ASSERTION", `a ${typeof value} cannot be a database value`);
}

function asStatement(statement: StatementSync): SqliteStatement {
	return {
		reader: statement.columns().length > 0,
		all: (parameters) => statement.all(...parameters.map(checkInput)),
		run: (parameters) => statement.run(...parameters.map(checkInput)),
		iterate: (parameters) => statement.iterate(...parameters.map(checkInput)),
	};
}

/**
 * A Kysely dialect over the SQLite of Node. The file is opened by the first query, which rejects with `STORE`
 * when it cannot be. A commit is on the disk when it returns: write-ahead log with `synchronous = FULL`.
 */
export function sqliteDialect(path: string, mode: "write" | "read"): SqliteDialect {
	return new ImmediateDialect(async () => withStatementsKept(openDatabase(path, mode)));
}

function withStatementsKept(database: DatabaseSync): SqliteDatabase {
	const statements = new Map<string, SqliteStatement>();
	return {
		close: () => {
			statements.clear();
			database.close();
		},
		prepare: (text) => {
			const known = statements.get(text);
			if (known !== undefined) return known;
			const made = asStatement(database.prepare(text));
			const oldest = statements.size < STATEMENTS_MAX ? undefined : statements.keys().next().value;
			if (oldest !== undefined) statements.delete(oldest);
			statements.set(text, made);
			return made;
		},
	};
}

function openDatabase(path: string, mode: "write" | "read"): DatabaseSync {
	try {
		const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
		database.exec("pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on");
		if (mode === "read") database.exec("pragma query_only = on");
		return database;
	} catch (cause) {
		throw new CloseoutError(
			"STORE",
			`${path}: this database cannot be opened; check the path, its permissions and the space left`,
			{ cause },
		);
	}
}
