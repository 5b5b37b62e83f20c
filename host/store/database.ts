import { type Kysely, sql, type Transaction } from "kysely";
import type { RecordHash } from "../core/stream.ts";
import type { Tables } from "./tables.ts";

export type Database = Kysely<Tables>;
export type Writing = Transaction<Tables>;

/** What the parts of the store share. `read` never waits for a writer; `write` serialises where it must. */
export interface Context {
	readonly read: Database;
	readonly write: Database;
	readonly kind: "sqlite" | "postgres";
	readonly hash: RecordHash;
	/** Seconds since 1970. */
	readonly nowS: () => number;
}

/**
 * A transaction over derived rows: whole or not at all, but not waited for on the disk. After a power cut it may
 * be missing, and is then made again from the records, which were waited for.
 */
export async function writeDerived<Result>(
	{ write, kind }: Context,
	run: (writing: Writing) => Promise<Result>,
): Promise<Result> {
	if (kind === "postgres") {
		return write.transaction().execute(async (writing) => {
			await sql`set local synchronous_commit = off`.execute(writing);
			return run(writing);
		});
	}
	return write.connection().execute(async (connection) => {
		await sql`pragma synchronous = normal`.execute(connection);
		try {
			return await connection.transaction().execute(run);
		} finally {
			await sql`pragma synchronous = full`.execute(connection);
		}
	});
}
