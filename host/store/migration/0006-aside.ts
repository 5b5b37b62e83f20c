import type { Step } from "./types.ts";

/** Records out of files that wait until the ones before them have come. */
export const aside: Step = {
	name: "0006-aside",
	up: async (database, types) => {
		await database.schema
			.createTable("aside")
			.addColumn("terminal", "text", (column) => column.notNull())
			.addColumn("epoch", "bigint", (column) => column.notNull())
			.addColumn("first_seq", "bigint", (column) => column.notNull())
			.addColumn("last_seq", "bigint", (column) => column.notNull())
			.addColumn("previous_chain", types.bytes, (column) => column.notNull())
			.addColumn("end_chain", types.bytes, (column) => column.notNull())
			.addColumn("received_s", "bigint", (column) => column.notNull())
			.addColumn("bytes", types.bytes, (column) => column.notNull())
			.addPrimaryKeyConstraint("aside_pk", [
				"terminal",
				"epoch",
				"first_seq",
				"last_seq",
				"end_chain",
			])
			.execute();
	},
};
