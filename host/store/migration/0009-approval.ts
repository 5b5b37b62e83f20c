import type { Step } from "./types.ts";

/** What a response was given for: a technician's menu, or the one-time code of a copy. */
export const approval: Step = {
	name: "0009-approval",
	up: async (database) => {
		await database.schema
			.alterTable("service_response")
			.addColumn("purpose", "text", (column) => column.notNull().defaultTo("menu"))
			.execute();
	},
};
