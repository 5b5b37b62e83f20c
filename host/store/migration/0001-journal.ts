import type { Kysely } from "kysely";
import type { ColumnTypes, Step } from "./types.ts";

/** What the host holds as truth: terminals, their streams, and every record as it came. */
export const journal: Step = {
	name: "0001-journal",
	up: async (database, types) => {
		await createTerminals(database, types);
		await createStreams(database, types);
		await createEvidence(database, types);
		await createMessages(database);
	},
};

async function createTerminals(database: Kysely<unknown>, types: ColumnTypes): Promise<void> {
	await database.schema
		.createTable("tenant")
		.addColumn("tenant", "text", (column) => column.primaryKey())
		.addColumn("name", "text", (column) => column.notNull())
		.execute();
	await database.schema
		.createTable("terminal")
		.addColumn("terminal", "text", (column) => column.primaryKey())
		.addColumn("tenant", "text", (column) => column.notNull().references("tenant.tenant"))
		.addColumn("name", "text", (column) => column.notNull())
		.addColumn("state", "text", (column) => column.notNull())
		.addColumn("state_s", "bigint", (column) => column.notNull())
		.addColumn("firmware", "text", (column) => column.notNull())
		.addColumn("seen_s", "bigint", (column) => column.notNull())
		.addColumn("host_sequence", "bigint", (column) => column.notNull())
		.addColumn("epoch", "bigint", (column) => column.notNull())
		.execute();
	await database.schema
		.createTable("enrolment")
		.addColumn("terminal", "text", (column) => column.notNull().references("terminal.terminal"))
		.addColumn("number", "bigint", (column) => column.notNull())
		.addColumn("key", types.bytes, (column) => column.notNull())
		.addColumn("expires_s", "bigint", (column) => column.notNull())
		.addColumn("used_s", "bigint")
		.addColumn("terminal_nonce", types.bytes)
		.addColumn("host_nonce", types.bytes)
		.addColumn("epoch", "bigint")
		.addPrimaryKeyConstraint("enrolment_pk", ["terminal", "number"])
		.execute();
}

async function createStreams(database: Kysely<unknown>, types: ColumnTypes): Promise<void> {
	await database.schema
		.createTable("stream")
		.addColumn("terminal", "text", (column) => column.notNull().references("terminal.terminal"))
		.addColumn("epoch", "bigint", (column) => column.notNull())
		.addColumn("key", types.bytes, (column) => column.notNull())
		.addColumn("watermark", "bigint", (column) => column.notNull())
		.addColumn("chain", types.bytes, (column) => column.notNull())
		.addColumn("claimed", "bigint", (column) => column.notNull())
		.addColumn("frozen", "integer", (column) => column.notNull())
		.addColumn("fenced_s", "bigint")
		.addColumn("projected", "bigint", (column) => column.notNull())
		.addColumn("cursor_json", "text", (column) => column.notNull())
		.addPrimaryKeyConstraint("stream_pk", ["terminal", "epoch"])
		.execute();
	await database.schema
		.createTable("block")
		.addColumn("terminal", "text", (column) => column.notNull())
		.addColumn("epoch", "bigint", (column) => column.notNull())
		.addColumn("first_seq", "bigint", (column) => column.notNull())
		.addColumn("last_seq", "bigint", (column) => column.notNull())
		.addColumn("previous_chain", types.bytes, (column) => column.notNull())
		.addColumn("end_chain", types.bytes, (column) => column.notNull())
		.addColumn("received_s", "bigint", (column) => column.notNull())
		.addColumn("bytes", types.bytes, (column) => column.notNull())
		.addPrimaryKeyConstraint("block_pk", ["terminal", "epoch", "first_seq"])
		.execute();
}

async function createEvidence(database: Kysely<unknown>, types: ColumnTypes): Promise<void> {
	await database.schema
		.createTable("evidence")
		.addColumn("terminal", "text", (column) => column.notNull())
		.addColumn("epoch", "bigint", (column) => column.notNull())
		.addColumn("end_chain", types.bytes, (column) => column.notNull())
		.addColumn("type", "text", (column) => column.notNull())
		.addColumn("first_seq", "bigint", (column) => column.notNull())
		.addColumn("last_seq", "bigint", (column) => column.notNull())
		.addColumn("previous_chain", types.bytes, (column) => column.notNull())
		.addColumn("received_s", "bigint", (column) => column.notNull())
		.addColumn("bytes", types.bytes, (column) => column.notNull())
		.addPrimaryKeyConstraint("evidence_pk", ["terminal", "epoch", "end_chain"])
		.execute();
	await database.schema
		.createTable("loss")
		.addColumn("terminal", "text", (column) => column.notNull())
		.addColumn("epoch", "bigint", (column) => column.notNull())
		.addColumn("from_seq", "bigint", (column) => column.notNull())
		.addColumn("to_seq", "bigint", (column) => column.notNull())
		.addColumn("missing_from", "bigint")
		.addColumn("received_s", "bigint", (column) => column.notNull())
		.addPrimaryKeyConstraint("loss_pk", ["terminal", "epoch", "from_seq", "to_seq"])
		.execute();
}

async function createMessages(database: Kysely<unknown>): Promise<void> {
	await database.schema
		.createTable("command")
		.addColumn("terminal", "text", (column) => column.notNull().references("terminal.terminal"))
		.addColumn("host_sequence", "bigint", (column) => column.notNull())
		.addColumn("command", "text", (column) => column.notNull())
		.addColumn("arguments_json", "text", (column) => column.notNull())
		.addColumn("created_s", "bigint", (column) => column.notNull())
		.addColumn("expires_s", "bigint", (column) => column.notNull())
		.addColumn("accepted", "integer")
		.addColumn("detail", "text", (column) => column.notNull())
		.addPrimaryKeyConstraint("command_pk", ["terminal", "host_sequence"])
		.execute();
	await database.schema
		.createTable("incident")
		.addColumn("terminal", "text", (column) => column.notNull())
		.addColumn("epoch", "bigint", (column) => column.notNull())
		.addColumn("type", "text", (column) => column.notNull())
		.addColumn("detail", "text", (column) => column.notNull())
		.addColumn("count", "bigint", (column) => column.notNull())
		.addColumn("first_s", "bigint", (column) => column.notNull())
		.addColumn("last_s", "bigint", (column) => column.notNull())
		.addPrimaryKeyConstraint("incident_pk", ["terminal", "epoch", "type", "detail"])
		.execute();
}
