import { type Kysely, sql } from "kysely";
import type { Step } from "./types.ts";

/** Cases get a deadline, somebody who works on them, comments and attachments. */
export const caseFile: Step = {
	name: "0011-case",
	up: async (database, { bytes }) => {
		await extendDifference(database);
		await database.schema
			.alterTable("difference_step")
			.addColumn("type", "text", (column) => column.notNull().defaultTo("state"))
			.execute();
		await database.schema
			.alterTable("difference_step")
			.addColumn("about", "text", (column) => column.notNull().defaultTo(""))
			.execute();
		await sql`update difference_step set state = 'resolved' where state = 'gone'`.execute(database);
		await database.schema
			.createTable("case_attachment")
			.addColumn("tenant", "text", (column) => column.notNull())
			.addColumn("id", "text", (column) => column.notNull())
			.addColumn("number", "bigint", (column) => column.notNull())
			.addColumn("name", "text", (column) => column.notNull())
			.addColumn("digest", "text", (column) => column.notNull())
			.addColumn("size", "bigint", (column) => column.notNull())
			.addColumn("by", "text", (column) => column.notNull())
			.addColumn("at_s", "bigint", (column) => column.notNull())
			.addColumn("bytes", bytes, (column) => column.notNull())
			.addPrimaryKeyConstraint("case_attachment_pk", ["tenant", "id", "number"])
			.execute();
	},
};

/** A case that the last comparison did not find any more was `gone`; that is now a resolved case that is not present. */
async function extendDifference(database: Kysely<unknown>): Promise<void> {
	const table = () => database.schema.alterTable("difference");
	await table()
		.addColumn("present", "bigint", (column) => column.notNull().defaultTo(1))
		.execute();
	await table()
		.addColumn("assignee", "text", (column) => column.notNull().defaultTo(""))
		.execute();
	await table().addColumn("deadline", "bigint").execute();
	await table()
		.addColumn("deadline_rule", "text", (column) => column.notNull().defaultTo(""))
		.execute();
	await sql`update difference set state = 'resolved', present = 0 where state = 'gone'`.execute(
		database,
	);
}
