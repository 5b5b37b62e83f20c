import type { Kysely } from "kysely";

/** Names of column types, where the databases differ. */
export interface ColumnTypes {
	readonly bytes: "blob" | "bytea";
}

/** One step of the schema. A released step is never changed; the next change is a new step. */
export interface Step {
	readonly name: string;
	up(database: Kysely<unknown>, types: ColumnTypes): Promise<void>;
}
