import type { Step } from "./types.ts";

/** The tree over each stream, and the heads that terminals have signed. */
export const head: Step = {
	name: "0007-head",
	up: async (database, types) => {
		await database.schema
			.createTable("stream_tree")
			.addColumn("terminal", "text", (column) => column.notNull())
			.addColumn("epoch", "bigint", (column) => column.notNull())
			.addColumn("first_seq", "bigint", (column) => column.notNull())
			.addColumn("size", "bigint", (column) => column.notNull())
			.addColumn("roots", types.bytes, (column) => column.notNull())
			.addColumn("public_key", types.bytes)
			.addPrimaryKeyConstraint("stream_tree_pk", ["terminal", "epoch"])
			.execute();
		await database.schema
			.createTable("signed_head")
			.addColumn("terminal", "text", (column) => column.notNull())
			.addColumn("epoch", "bigint", (column) => column.notNull())
			.addColumn("seq", "bigint", (column) => column.notNull())
			.addColumn("first_seq", "bigint", (column) => column.notNull())
			.addColumn("size", "bigint", (column) => column.notNull())
			.addColumn("root", types.bytes, (column) => column.notNull())
			.addColumn("chain", types.bytes, (column) => column.notNull())
			.addColumn("key_id", types.bytes, (column) => column.notNull())
			.addColumn("signature", types.bytes, (column) => column.notNull())
			.addColumn("verdict", "text", (column) => column.notNull())
			.addColumn("received_s", "bigint", (column) => column.notNull())
			.addColumn("host_key", types.bytes)
			.addColumn("cosigned_s", "bigint")
			.addColumn("cosignature", types.bytes)
			.addPrimaryKeyConstraint("signed_head_pk", ["terminal", "epoch", "seq"])
			.execute();
	},
};
