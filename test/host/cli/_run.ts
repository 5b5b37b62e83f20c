import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { ExecutionContext } from "ava";
import { openStore } from "../../../host/store/store.ts";
import { DEMO_OPEN_S, fillDemoShop } from "../../_helper/demo-shop.ts";
import { clearingFile } from "../api/_setup.ts";

const launcher = fileURLToPath(new URL("../../../host/cli/closeout.mjs", import.meta.url));

export interface Ran {
	readonly code: number | null;
	readonly out: string;
	readonly err: string;
}

/** Runs the command as a person does, in a folder of its own. */
export async function runIn(
	folder: string,
	args: readonly string[],
	environment: Record<string, string> = {},
): Promise<Ran> {
	const child = spawn(process.execPath, [launcher, ...args], {
		cwd: folder,
		env: { PATH: process.env.PATH, LANG: "C", NO_COLOR: "1", ...environment },
		stdio: ["ignore", "pipe", "pipe"],
	});
	const ended = once(child, "close");
	const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
	await ended;
	return { code: child.exitCode, out, err };
}

export async function emptyFolder(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), "closeout-cli-"));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	return folder;
}

export interface ShopFolder {
	readonly folder: string;
	readonly run: (...args: readonly string[]) => Promise<Ran>;
}

/** A folder with the demo shop in `data/host` and two statements: `clearing.csv` is right, `broken.csv` is not. */
export async function shopFolder(t: ExecutionContext): Promise<ShopFolder> {
	const folder = await emptyFolder(t);
	const store = await openStore({
		location: { sqlite: join(folder, "host.db") },
		nowS: () => DEMO_OPEN_S,
	});
	await fillDemoShop(store);
	const { csv } = await clearingFile(store, { remove: 1, double: 1, change: 1 });
	await store.close();
	await writeFile(join(folder, "clearing.csv"), csv);
	await writeFile(join(folder, "broken.csv"), csv.replace(",171.18,", ",171.1x,"));
	await writeFile(join(folder, "noise.bin"), new Uint8Array(4_096).fill(7));
	const run = (...args: readonly string[]) => runIn(folder, args, { CLOSEOUT_DATA: folder });
	return { folder, run };
}

/** A digest of what a folder holds: the rows of its database, and every other file as it is. */
export async function digestOf(folder: string): Promise<string> {
	const hash = createHash("sha256");
	for (const name of (await readdir(folder)).sort()) {
		if (name.startsWith("host.db")) continue;
		hash.update(name).update(await readFile(join(folder, name)));
	}
	const database = new DatabaseSync(join(folder, "host.db"), { readOnly: true });
	try {
		const tables = database.prepare("select name from sqlite_schema where type = 'table'").all();
		for (const { name } of tables) {
			const rows = database.prepare(`select * from "${String(name)}"`).all();
			hash.update(JSON.stringify([name, rows]));
		}
	} finally {
		database.close();
	}
	return hash.digest("hex");
}
