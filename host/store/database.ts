import type { Kysely, Transaction } from "kysely";
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
