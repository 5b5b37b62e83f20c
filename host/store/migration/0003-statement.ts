import type { Kysely } from "kysely";
import type { Step } from "./types.ts";

/** Statements of acquirers and banks, and the cases that comparing them with the journals has opened. */
export const statement: Step = {
	name: "0003-statement",
	up: async (database) => {
		await createStatements(database);
		await createDifferences(database);
	},
};

async function createStatements(database: Kysely<unknown>): Promise<void> {
	await database.schema
		.createTable("statement")
		.addColumn("id", "text", (column) => column.primaryKey())
		.addColumn("tenant", "text", (column) => column.notNull())
		.addColumn("leg", "text", (column) => column.notNull())
		.addColumn("format", "text", (column) => column.notNull())
		.addColumn("file", "text", (column) => column.notNull())
		.addColumn("digest", "text", (column) => column.notNull())
		.addColumn("rows", "bigint", (column) => column.notNull())
		.addColumn("summary_json", "text", (column) => column.notNull())
		.addColumn("imported_s", "bigint", (column) => column.notNull())
		.execute();
	await database.schema
		.createTable("statement_row")
		.addColumn("statement", "text", (column) => column.notNull())
		.addColumn("line", "bigint", (column) => column.notNull())
		.addColumn("part", "bigint", (column) => column.notNull())
		.addColumn("terminal", "text")
		.addColumn("business_date", "bigint")
		.addColumn("reference", "text", (column) => column.notNull())
		.addColumn("amount_minor", "bigint", (column) => column.notNull())
		.addColumn("currency", "text", (column) => column.notNull())
		.addColumn("kind", "text", (column) => column.notNull())
		.addColumn("status", "text", (column) => column.notNull())
		.addColumn("row_json", "text", (column) => column.notNull())
		.addPrimaryKeyConstraint("statement_row_pk", ["statement", "line", "part"])
		.execute();
	await database.schema
		.createIndex("statement_row_date")
		.on("statement_row")
		.columns(["business_date", "terminal"])
		.execute();
}

async function createDifferences(database: Kysely<unknown>): Promise<void> {
	await database.schema
		.createTable("difference")
		.addColumn("tenant", "text", (column) => column.notNull())
		.addColumn("id", "text", (column) => column.notNull())
		.addColumn("reason", "text", (column) => column.notNull())
		.addColumn("leg", "text", (column) => column.notNull())
		.addColumn("terminal", "text")
		.addColumn("business_date", "bigint")
		.addColumn("at_stake_minor", "bigint", (column) => column.notNull())
		.addColumn("currency", "text", (column) => column.notNull())
		.addColumn("state", "text", (column) => column.notNull())
		.addColumn("found_s", "bigint", (column) => column.notNull())
		.addColumn("changed_s", "bigint", (column) => column.notNull())
		.addColumn("difference_json", "text", (column) => column.notNull())
		.addPrimaryKeyConstraint("difference_pk", ["tenant", "id"])
		.execute();
	await database.schema
		.createTable("difference_step")
		.addColumn("tenant", "text", (column) => column.notNull())
		.addColumn("id", "text", (column) => column.notNull())
		.addColumn("number", "bigint", (column) => column.notNull())
		.addColumn("state", "text", (column) => column.notNull())
		.addColumn("at_s", "bigint", (column) => column.notNull())
		.addColumn("by", "text", (column) => column.notNull())
		.addColumn("text", "text", (column) => column.notNull())
		.addPrimaryKeyConstraint("difference_step_pk", ["tenant", "id", "number"])
		.execute();
}
