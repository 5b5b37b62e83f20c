import test from "ava";
import { Kysely, sql } from "kysely";
import { recordHash } from "../../../host/digest.ts";
import { writeDerived } from "../../../host/store/database.ts";
import { sqliteDialect } from "../../../host/store/sqlite.ts";
import type { Tables } from "../../../host/store/tables.ts";
import { sqlitePlace } from "../../_helper/stores.ts";

const FULL = 2;
const NORMAL = 1;

test("records are waited for on the disk, derived rows are not, whatever comes in between", async (t) => {
	const location = await sqlitePlace.make(t);
	const path = "sqlite" in location ? location.sqlite : "";
	const write = new Kysely<Tables>({ dialect: sqliteDialect(path, "write") });
	t.teardown(() => write.destroy());
	const context = { write, read: write, kind: "sqlite", hash: recordHash, nowS: () => 0 } as const;
	async function level(database: Kysely<Tables>): Promise<number | undefined> {
		const { rows } = await sql<{ synchronous: number }>`pragma synchronous`.execute(database);
		return rows[0]?.synchronous;
	}
	t.is(await level(write), FULL);
	t.is(await writeDerived(context, level), NORMAL);
	t.is(await level(write), FULL);
	await t.throwsAsync(writeDerived(context, () => Promise.reject(new TypeError("broken"))));
	t.is(await write.transaction().execute(level), FULL);
});
