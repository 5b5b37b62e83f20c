import type { CreateTableBuilder, Kysely } from "kysely";
import type { Step } from "./types.ts";

/** What is derived from the records; all of it can be dropped and folded again. */
export const day: Step = {
	name: "0002-day",
	up: async (database) => {
		await createTransactions(database);
		await createSettlements(database);
		await createPeriods(database);
		await createPrintDebts(database);
		await inStream(database, "note")
			.addColumn("kind", "text", (column) => column.notNull())
			.addColumn("wall_s", "bigint", (column) => column.notNull())
			.addColumn("body_json", "text", (column) => column.notNull())
			.execute();
	},
};

function inStream(database: Kysely<unknown>, name: string): CreateTableBuilder<string, string> {
	const table: CreateTableBuilder<string, string> = database.schema.createTable(name);
	return table
		.addColumn("terminal", "text", (column) => column.notNull())
		.addColumn("epoch", "bigint", (column) => column.notNull())
		.addColumn("seq", "bigint", (column) => column.notNull())
		.addPrimaryKeyConstraint(`${name}_pk`, ["terminal", "epoch", "seq"]);
}

async function createTransactions(database: Kysely<unknown>): Promise<void> {
	await inStream(database, "transaction")
		.addColumn("type", "text", (column) => column.notNull())
		.addColumn("method", "text", (column) => column.notNull())
		.addColumn("amount_minor", "bigint", (column) => column.notNull())
		.addColumn("currency", "text", (column) => column.notNull())
		.addColumn("trace", "bigint")
		.addColumn("original", "bigint")
		.addColumn("order_id", "text")
		.addColumn("operator", "text", (column) => column.notNull())
		.addColumn("wall_s", "bigint", (column) => column.notNull())
		.addColumn("zone_minutes", "integer", (column) => column.notNull())
		.addColumn("outcome", "text", (column) => column.notNull())
		.addColumn("place_seq", "bigint", (column) => column.notNull())
		.addColumn("outcome_seq", "bigint")
		.addColumn("outcome_wall_s", "bigint")
		.addColumn("source", "text")
		.addColumn("scheme_group", "text")
		.addColumn("scheme", "text")
		.addColumn("reference", "text")
		.addColumn("authorisation", "text")
		.addColumn("response", "text")
		.addColumn("last_four", "text")
		.addColumn("reversal", "text")
		.addColumn("reversal_seq", "bigint")
		.addColumn("contradicted", "text")
		.addColumn("reopened_seq", "bigint")
		.addColumn("uploaded_seq", "bigint")
		.addColumn("upload_accepted", "integer")
		.execute();
	await database.schema
		.createIndex("transaction_place")
		.on("transaction")
		.columns(["terminal", "epoch", "place_seq"])
		.execute();
}

async function createSettlements(database: Kysely<unknown>): Promise<void> {
	await inStream(database, "settlement")
		.addColumn("batch", "bigint", (column) => column.notNull())
		.addColumn("first_seq", "bigint", (column) => column.notNull())
		.addColumn("last_seq", "bigint", (column) => column.notNull())
		.addColumn("trigger", "text", (column) => column.notNull())
		.addColumn("currency", "text", (column) => column.notNull())
		.addColumn("groups_json", "text", (column) => column.notNull())
		.addColumn("wall_s", "bigint", (column) => column.notNull())
		.addColumn("zone_minutes", "integer", (column) => column.notNull())
		.addColumn("sent_count", "integer", (column) => column.notNull())
		.addColumn("verdicts_json", "text", (column) => column.notNull())
		.addColumn("end_seq", "bigint")
		.addColumn("uploaded_count", "bigint", (column) => column.notNull())
		.execute();
}

async function createPeriods(database: Kysely<unknown>): Promise<void> {
	await inStream(database, "period")
		.addColumn("kind", "text", (column) => column.notNull())
		.addColumn("number", "bigint", (column) => column.notNull())
		.addColumn("business_date", "bigint")
		.addColumn("operator", "text")
		.addColumn("first_seq", "bigint", (column) => column.notNull())
		.addColumn("last_seq", "bigint")
		.addColumn("open_s", "bigint", (column) => column.notNull())
		.addColumn("close_s", "bigint")
		.addColumn("carried_json", "text", (column) => column.notNull())
		.addColumn("exceptions_json", "text", (column) => column.notNull())
		.execute();
	await database.schema
		.createIndex("period_date")
		.on("period")
		.columns(["business_date", "terminal"])
		.execute();
}

async function createPrintDebts(database: Kysely<unknown>): Promise<void> {
	await inStream(database, "print_debt")
		.addColumn("document", "text", (column) => column.notNull())
		.addColumn("subject", "bigint", (column) => column.notNull())
		.addColumn("copy", "integer", (column) => column.notNull())
		.addColumn("by", "text", (column) => column.notNull())
		.addColumn("reason", "text")
		.addColumn("wall_s", "bigint", (column) => column.notNull())
		.addColumn("state", "text", (column) => column.notNull())
		.addColumn("row", "bigint", (column) => column.notNull())
		.addColumn("state_by", "text")
		.addColumn("state_reason", "text")
		.addColumn("state_seq", "bigint", (column) => column.notNull())
		.execute();
}
