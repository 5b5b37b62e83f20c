import { join } from "node:path";
import type { StoreLocation } from "../../../host/store/store.ts";
import { folderOf } from "../../_helper/servers.ts";
import { freshPostgres, isPostgresThere } from "../../_helper/stores.ts";
import { inFolder } from "../folder.ts";
import { postgresRow, sqliteRow } from "../ingest/store.ts";
import { wireRows } from "../ingest/wire.ts";
import type { Row, Section } from "../section.ts";

export const section: Section = {
	name: "ingest",
	about:
		"records that a host makes durable, into each store and through MQTT, beside the disk, COPY and the broker",
	async *run(say) {
		const isWired = folderOf("mosquitto") !== undefined;
		if (!isWired) say("no Mosquitto on this machine: what goes through MQTT is left out");
		const sqlite = await inFolder(sqliteRow);
		yield sqlite;
		if (isWired) yield* await throughMqtt("SQLite", undefined, sqlite);
		if (!(await isPostgresThere()) || folderOf("psql") === undefined) {
			say("no PostgreSQL or no psql here; set CLOSEOUT_TEST_PG to measure it");
			return;
		}
		const postgres = await inFresh(postgresRow);
		yield postgres;
		if (isWired) yield* await inFresh((location) => throughMqtt("PostgreSQL", location, postgres));
	},
};

/** `location` is a SQLite file of its own when left out. */
function throughMqtt(
	name: string,
	location: StoreLocation | undefined,
	{ ours }: Row,
): Promise<readonly Row[]> {
	return inFolder((folder) =>
		wireRows(folder, name, location ?? { sqlite: join(folder, "host.db") }, ours),
	);
}

async function inFresh<T>(run: (location: { postgres: string }) => Promise<T>): Promise<T> {
	const { location, remove } = await freshPostgres();
	try {
		return await run({ postgres: location.postgres });
	} finally {
		await remove();
	}
}
