import type { Step } from "./types.ts";

/** Rows of statements that came more than once, and lines that could not be read. */
export const statementTwin: Step = {
	name: "0008-statement-twin",
	up: async (database) => {
		await database.schema
			.createTable("statement_twin")
			.addColumn("statement", "text", (column) => column.notNull())
			.addColumn("part", "bigint", (column) => column.notNull())
			.addColumn("found_by", "text", (column) => column.notNull())
			.addColumn("same_as", "text", (column) => column.notNull())
			.addPrimaryKeyConstraint("statement_twin_pk", ["statement", "part", "found_by"])
			.execute();
		await database.schema
			.createIndex("statement_twin_finder")
			.on("statement_twin")
			.columns(["found_by"])
			.execute();
		await database.schema
			.createIndex("statement_row_money")
			.on("statement_row")
			.columns(["business_date", "amount_minor", "statement", "part"])
			.execute();
		await database.schema
			.createTable("statement_bad_row")
			.addColumn("statement", "text", (column) => column.notNull())
			.addColumn("number", "bigint", (column) => column.notNull())
			.addColumn("file", "text", (column) => column.notNull())
			.addColumn("line", "bigint", (column) => column.notNull())
			.addColumn("field", "text")
			.addColumn("message", "text", (column) => column.notNull())
			.addColumn("text", "text")
			.addColumn("corrected_by", "text")
			.addPrimaryKeyConstraint("statement_bad_row_pk", ["statement", "number"])
			.execute();
	},
};
