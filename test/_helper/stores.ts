import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecutionContext } from "ava";
import pg from "pg";
import { openStore, type Store, type StoreLocation } from "../../host/store/store.ts";

const postgresUrl = process.env.CLOSEOUT_TEST_PG ?? "postgres://postgres@127.0.0.1:5432/test";
const mustHaveServers = process.env.CI === "true" || process.env.CLOSEOUT_REQUIRE_SERVERS === "1";

/** True when the database server of the tests answers. Fails where servers are required. */
export async function isPostgresThere(): Promise<boolean> {
	const client = new pg.Client({ connectionString: postgresUrl, connectionTimeoutMillis: 2000 });
	try {
		await client.connect();
		await client.end();
		return true;
	} catch (error) {
		if (mustHaveServers) throw error;
		return false;
	}
}

export interface Place {
	readonly name: "sqlite" | "postgres";
	/** A fresh database that is removed after the test. */
	make(t: ExecutionContext): Promise<StoreLocation>;
}

export const sqlitePlace: Place = {
	name: "sqlite",
	make: async (t) => {
		const folder = await mkdtemp(join(tmpdir(), "closeout-store-"));
		t.teardown(() => rm(folder, { recursive: true, force: true }));
		return { sqlite: join(folder, "host.db") };
	},
};

/**
 * A database of its own for each test, not a schema only: migrations look at all schemas of a database, and would
 * trip over one that another test is just dropping.
 */
export const postgresPlace: Place = {
	name: "postgres",
	make: async (t) => {
		const { location, remove } = await freshPostgres();
		t.teardown(remove);
		return location;
	},
};

/** A new database on the server of the tests, and how to remove it again. */
export async function freshPostgres(): Promise<{
	readonly location: { readonly postgres: string; readonly schema: string };
	readonly remove: () => Promise<void>;
}> {
	const name = `closeout_test_${randomBytes(8).toString("hex")}`;
	await administer(`create database "${name}"`);
	const url = new URL(postgresUrl);
	url.pathname = `/${name}`;
	return {
		location: { postgres: url.href, schema: "closeout" },
		remove: () => administer(`drop database if exists "${name}" with (force)`),
	};
}

async function administer(statement: string): Promise<void> {
	const client = new pg.Client({ connectionString: postgresUrl });
	await client.connect();
	try {
		await client.query(statement);
	} finally {
		await client.end();
	}
}

/** Places that can be had here; says so when one cannot. */
export async function storePlaces(): Promise<readonly Place[]> {
	if (await isPostgresThere()) return [sqlitePlace, postgresPlace];
	console.warn(
		`no PostgreSQL at ${postgresUrl}: its tests are left out; set CLOSEOUT_TEST_PG to run them`,
	);
	return [sqlitePlace];
}

/** A clock that tests turn themselves, in seconds. */
export interface TestClock {
	nowS: number;
}

/** A store that is closed before its database is removed: AVA runs teardowns last first. */
export async function openTestStore(
	t: ExecutionContext,
	location: StoreLocation,
	clock: TestClock = { nowS: 1_795_305_600 },
): Promise<Store> {
	const store = await openStore({ location, nowS: () => clock.nowS });
	t.teardown(() => store.close());
	return store;
}
