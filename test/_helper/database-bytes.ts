import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import pg from "pg";

/** Everything that the files of a SQLite database hold, the log that is written ahead included. */
export async function bytesOfSqlite(file: string): Promise<Uint8Array> {
	const folder = dirname(file);
	const names = await readdir(folder);
	return Buffer.concat(await Promise.all(names.map((name) => readFile(join(folder, name)))));
}

/** Every row of every table of a schema as text, and every byte string in it once more as bytes. */
export async function bytesOfPostgres({
	postgres,
	schema,
}: {
	readonly postgres: string;
	readonly schema: string;
}): Promise<Uint8Array> {
	const client = new pg.Client({ connectionString: postgres });
	await client.connect();
	try {
		const tables = await client.query<{ tablename: string }>(
			"select tablename from pg_tables where schemaname = $1 order by tablename",
			[schema],
		);
		const parts: Buffer[] = [];
		for (const { tablename } of tables.rows) {
			const all = await client.query<{ row: string }>(
				`select r::text as row from "${schema}"."${tablename}" r`,
			);
			for (const { row } of all.rows) {
				parts.push(Buffer.from(`${row}\n`));
				for (const [, hex = ""] of row.matchAll(/\\x([0-9a-f]+)/g))
					parts.push(Buffer.from(hex, "hex"));
			}
		}
		return Buffer.concat(parts);
	} finally {
		await client.end();
	}
}
