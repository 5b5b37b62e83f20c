import type { Step } from "./types.ts";

/** What the watch has found, and who was told of it on which step of the ladder. */
export const alert: Step = {
	name: "0012-alert",
	up: async (database) => {
		await database.schema
			.createTable("alert")
			.addColumn("tenant", "text", (column) => column.notNull())
			.addColumn("id", "text", (column) => column.notNull())
			.addColumn("episode", "bigint", (column) => column.notNull())
			.addColumn("rule", "text", (column) => column.notNull())
			.addColumn("terminal", "text", (column) => column.notNull())
			.addColumn("severity", "text", (column) => column.notNull())
			.addColumn("finding_json", "text", (column) => column.notNull())
			.addColumn("first_s", "bigint", (column) => column.notNull())
			.addColumn("last_s", "bigint", (column) => column.notNull())
			.addColumn("ended_s", "bigint")
			.addColumn("acknowledged_s", "bigint")
			.addColumn("acknowledged_by", "text", (column) => column.notNull())
			.addColumn("acknowledged_why", "text", (column) => column.notNull())
			.addPrimaryKeyConstraint("alert_pk", ["tenant", "id", "episode"])
			.execute();
		await database.schema
			.createTable("alert_step")
			.addColumn("tenant", "text", (column) => column.notNull())
			.addColumn("id", "text", (column) => column.notNull())
			.addColumn("episode", "bigint", (column) => column.notNull())
			.addColumn("step", "bigint", (column) => column.notNull())
			.addColumn("channel", "text", (column) => column.notNull())
			.addColumn("state", "text", (column) => column.notNull())
			.addColumn("tries", "bigint", (column) => column.notNull())
			.addColumn("at_s", "bigint", (column) => column.notNull())
			.addColumn("detail", "text", (column) => column.notNull())
			.addPrimaryKeyConstraint("alert_step_pk", ["tenant", "id", "episode", "step", "channel"])
			.execute();
	},
};
