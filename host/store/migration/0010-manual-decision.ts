import type { Step } from "./types.ts";

/** What people decided about rows that the rules did not bring together, or wrongly did. */
export const manualDecision: Step = {
	name: "0010-manual-decision",
	up: async (database) => {
		await database.schema
			.createTable("manual_decision")
			.addColumn("tenant", "text", (column) => column.notNull())
			.addColumn("number", "bigint", (column) => column.notNull())
			.addColumn("type", "text", (column) => column.notNull())
			.addColumn("rows_json", "text", (column) => column.notNull())
			.addColumn("by", "text", (column) => column.notNull())
			.addColumn("why", "text", (column) => column.notNull())
			.addColumn("at_s", "bigint", (column) => column.notNull())
			.addPrimaryKeyConstraint("manual_decision_pk", ["tenant", "number"])
			.execute();
	},
};
