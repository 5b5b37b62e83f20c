import type { Step } from "./types.ts";

/** Who was given a response to a technician's challenge, and when. */
export const service: Step = {
	name: "0004-service",
	up: async (database) => {
		await database.schema
			.createTable("service_response")
			.addColumn("terminal", "text", (column) => column.notNull())
			.addColumn("epoch", "bigint", (column) => column.notNull())
			.addColumn("challenge", "text", (column) => column.notNull())
			.addColumn("by", "text", (column) => column.notNull())
			.addColumn("at_s", "bigint", (column) => column.notNull())
			.addPrimaryKeyConstraint("service_response_pk", [
				"terminal",
				"epoch",
				"challenge",
				"by",
				"at_s",
			])
			.execute();
	},
};
