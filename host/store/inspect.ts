import { stat } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import pg from "pg";
import { stepNames } from "./migration/run.ts";
import type { StoreLocation } from "./store.ts";

export type { StoreLocation } from "./store.ts";

/** What can be said of a database without opening it for work, and so without changing it. */
export type Inspection =
	| { readonly state: "missing" | "broken"; readonly said: string }
	| {
			readonly state: "there";
			readonly said: string;
			/** Steps that this version would do. */
			readonly missing: readonly string[];
			/** Steps that this version does not know. */
			readonly unknown: readonly string[];
			/** Seconds since 1970 of the newest thing that was stored. */
			readonly newestS: number | undefined;
	  };

const CONNECT_TIMEOUT_MS = 5_000;
const SCHEMA_DEFAULT = "public";
const stepsQuery = "select name from kysely_migration";
const newestQuery =
	"select max(s) as newest from (select max(seen_s) as s from terminal union all select max(imported_s) as s from statement) as times";

/** Looks at a database and leaves it as it is. */
export async function inspectStore(location: StoreLocation): Promise<Inspection> {
	return "sqlite" in location
		? inspectSqlite(location.sqlite)
		: inspectPostgres(location.postgres, location.schema ?? SCHEMA_DEFAULT);
}

async function inspectSqlite(path: string): Promise<Inspection> {
	const found = await stat(path).catch(() => undefined);
	if (found === undefined) return { state: "missing", said: `${path} is not there yet` };
	try {
		const database = new DatabaseSync(path, { readOnly: true });
		try {
			const query = async (text: string) => database.prepare(text).all();
			return await read(`SQLite ${path}, ${megabytes(found.size)}`, query);
		} finally {
			database.close();
		}
	} catch (error) {
		return { state: "broken", said: `${path}: ${messageOf(error)}` };
	}
}

async function inspectPostgres(url: string, schema: string): Promise<Inspection> {
	const client = new pg.Client({
		connectionString: url,
		connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
		options: `-c search_path=${schema} -c default_transaction_read_only=on`,
	});
	// A password in the address must not be told.
	const { host, pathname } = new URL(url);
	try {
		await client.connect();
		const query = async (text: string) => (await client.query(text)).rows;
		return await read(`PostgreSQL ${host}${pathname}`, query);
	} catch (error) {
		return { state: "broken", said: `PostgreSQL ${host}${pathname}: ${messageOf(error)}` };
	} finally {
		await client.end().catch(() => undefined);
	}
}

async function read(
	said: string,
	query: (text: string) => Promise<readonly Readonly<Record<string, unknown>>[]>,
): Promise<Inspection> {
	const rows = await query(stepsQuery).catch((error: unknown) => {
		// A database in which nothing was made yet.
		if (/no such table|does not exist/.test(messageOf(error))) return [];
		throw error;
	});
	const done = rows.map(({ name }) => String(name));
	const missing = stepNames.filter((name) => !done.includes(name));
	const unknown = done.filter((name) => !stepNames.includes(name));
	const [newest] = missing.length > 0 ? [] : await query(newestQuery);
	const newestS = Number(newest?.newest ?? Number.NaN);
	return {
		state: "there",
		said,
		missing,
		unknown,
		newestS: Number.isFinite(newestS) ? newestS : undefined,
	};
}

function megabytes(bytes: number): string {
	return `${(bytes / 1_048_576).toFixed(1)} MiB`;
}

function messageOf(error: unknown): string {
	const message = error instanceof Error ? error.message : String(error);
	return message === "" ? "no answer" : message;
}
