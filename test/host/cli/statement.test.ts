import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import test from "ava";
import { acquirerCsvHeader } from "../../../host/statement/acquirer-csv.ts";
import { openStore } from "../../../host/store/store.ts";
import { freshPostgres, isPostgresThere } from "../../_helper/stores.ts";
import { emptyFolder, runIn } from "./_run.ts";

const launcher = fileURLToPath(new URL("../../../host/cli/closeout.mjs", import.meta.url));

/** A clearing file of sales of 1.00, 2.00, … */
function clearing(count: number): string {
	const rows = Array.from({ length: count }, (_, index) => {
		const number = String(index + 1).padStart(12, "0");
		return `UMS,M1,till-0001,2026-11-20,1,,${number},,sale,${index + 1}.00,CNY,,,approved\r\n`;
	});
	const sum = (count * (count + 1)) / 2;
	return `${acquirerCsvHeader.join()}\r\n${rows.join("")}TOTAL,${count},${sum}.00\r\n`;
}

const lines = (out: string) =>
	out
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line));

const places: Record<string, () => Promise<{ url?: string; remove: () => Promise<void> }>> = {
	sqlite: async () => ({ remove: async () => undefined }),
};
if (await isPostgresThere()) {
	places.postgres = async () => {
		const { location, remove } = await freshPostgres();
		return { url: location.postgres, remove };
	};
}

for (const [name, make] of Object.entries(places)) {
	test(`${name}: a wrong line is kept aside, corrected and imported, and the file sent again merges`, async (t) => {
		const folder = await emptyFolder(t);
		const { url, remove } = await make();
		t.teardown(remove);
		const where = url === undefined ? [] : ["--database", url];
		const run = (...args: readonly string[]) => runIn(folder, ["statement", ...args, ...where]);
		const wrong = clearing(3).replace(",2.00,", ",2.0O,");
		await writeFile(join(folder, "a.csv"), wrong);
		await writeFile(join(folder, "b.csv.gz"), gzipSync(clearing(4)));
		const refused = await run("import", "a.csv");
		t.is(refused.code, 65);
		t.regex(refused.err, /a\.csv:3: amount: "2\.0O"/);
		const taken = await run("import", "a.csv", "--skip-bad-rows", "--json");
		t.like(lines(taken.out)[0], { rows: 2, stored: true, badRows: [{ line: 3, field: "amount" }] });
		const listed = await run("bad-rows", "--json");
		t.like(lines(listed.out)[0], { file: "a.csv", line: 3, field: "amount", correctedBy: null });
		t.is((await run("bad-rows", "--out", "bad.csv")).code, 0);
		const csv = await readFile(join(folder, "bad.csv"), "utf8");
		t.regex(csv, /"UMS,M1,till-0001,[^"]*2\.0O/);
		const filled = csv.replace(",,,CNY,,,", ",sale,2.00,CNY,,000000000002,");
		await writeFile(join(folder, "bad.csv"), filled);
		t.is((await run("import", "bad.csv")).code, 0);
		const again = await run("import", "b.csv.gz");
		t.regex(again.out, /3 of these rows were here already and count once/);
		const store = await openStore({
			location: url === undefined ? { sqlite: join(folder, "data", "host.db") } : { postgres: url },
			nowS: () => 0,
		});
		t.teardown(() => store.close());
		const amounts: unknown[] = [];
		for await (const row of store.statementRows({ tenant: "shop" })) amounts.push(row.amountMinor);
		t.deepEqual(amounts.sort(), [100, 200, 300, 400]);
	});
}

test("a mapping is looked at with a preview, and imports; a wrong one says where it is wrong", async (t) => {
	const folder = await emptyFolder(t);
	const run = (...args: readonly string[]) => runIn(folder, ["statement", ...args]);
	const mapping = {
		format: "my-bank",
		title: "My bank",
		leg: "bank",
		decimal: ",",
		currency: { constant: "EUR" },
		date: { column: "Tag", order: "dmy" },
		references: ["Nr"],
		rules: [{ kind: "by-sign", amount: { add: ["Betrag"] } }],
	};
	await writeFile(join(folder, "m.json"), JSON.stringify(mapping));
	await writeFile(
		join(folder, "a.csv"),
		"Tag;Nr;Betrag\n20.11.2026;R1;1.234,50-\n21.11.2026;R2;7,00\n",
	);
	const seen = await run("preview", "a.csv", "--mapping", "m.json");
	t.regex(seen.out, /header in line 1, fields separated by ";"/);
	t.regex(
		seen.out,
		/Betrag: 1\.234,50-\n {2}→ debit {2}-1234\.50 EUR {2}2026-11-20 {2}R1 {2}approved/,
	);
	t.is((await run("import", "a.csv")).code, 65, "no format is known for it");
	const taken = await run("import", "a.csv", "--mapping", "m.json", "--json");
	t.like(lines(taken.out)[0], { format: "my-bank", rows: 2, sums: { EUR: -122_750 } });
	await writeFile(join(folder, "m.json"), JSON.stringify({ ...mapping, leg: "till" }));
	const wrong = await run("import", "a.csv", "--mapping", "m.json");
	t.is(wrong.code, 65);
	t.regex(wrong.err, /m\.json: \/leg .*correct the mapping \[SCHEMA\]/);
	t.regex(
		(await run("list")).out,
		/a\.csv +my-bank +bank +2 +0 +0 +2026-11-20 +2026-11-21 +-1227\.50 EUR/,
	);
	t.regex((await run("formats")).out, /camt\.053 +bank +the XML namespace is ISO 20022 camt\.053/);
});

test("Ctrl-C leaves nothing of a long import", async (t) => {
	const folder = await emptyFolder(t);
	await writeFile(join(folder, "small.csv"), clearing(3));
	await writeFile(join(folder, "long.csv"), clearing(60_000).replace(/^UMS/gm, "OTHER"));
	t.is((await runIn(folder, ["statement", "import", "small.csv"])).code, 0);
	const env = { PATH: process.env.PATH, LANG: "C", NO_COLOR: "1" };
	const args = [launcher, "statement", "import", "long.csv"];
	const child = spawn(process.execPath, args, {
		cwd: folder,
		env,
		stdio: ["ignore", "pipe", "pipe"],
	});
	const location = { sqlite: join(folder, "data", "host.db") };
	const store = await openStore({ location, nowS: () => 0 });
	t.teardown(() => store.close());
	const ended = once(child, "close");
	// Some of it is in the database, and counts for nothing yet.
	while (child.exitCode === null && !(await hasUnfinished(location.sqlite))) await soon();
	child.kill("SIGINT");
	await ended;
	t.is(child.exitCode, 130);
	t.false(await hasUnfinished(location.sqlite));
	t.is((await store.listStatements()).length, 1);
});

async function hasUnfinished(path: string): Promise<boolean> {
	const { DatabaseSync } = await import("node:sqlite");
	const database = new DatabaseSync(path, { readOnly: true });
	try {
		const query = "select 1 from statement_row join statement on id = statement where digest = ''";
		return database.prepare(`${query} limit 1`).get() !== undefined;
	} finally {
		database.close();
	}
}

function soon(): Promise<void> {
	return new Promise((resolve) => {
		setTimeout(resolve, 20);
	});
}
