import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { fieldOf } from "../../emulator/json.ts";
import { shopFolder } from "./_run.ts";

test("a difference is explained, joined by a person, and stays joined", async (t) => {
	const { run } = await shopFolder(t);
	t.is((await run("statement", "import", "clearing.csv")).code, 0);
	const before = await run("reconcile", "--json", "--as-of", "2026-12-20");
	const differences = fieldOf(JSON.parse(before.out), "differences");
	t.true(Array.isArray(differences));
	const amount = (Array.isArray(differences) ? differences : []).find(
		(one) => fieldOf(one, "reason") === "amount",
	);
	const id = String(fieldOf(amount, "id"));
	const told = await run("match", "explain", id);
	t.is(told.code, 0, told.err);
	t.regex(told.out, /matched by rule exact: same terminal, business date, kind and reference/);
	t.regex(told.out, /different, amount at the acquirer/);
	const names = told.out.match(/\b(terminal|acquirer):\S+/g) ?? [];
	const rows = [...new Set(names)];
	t.is(rows.length, 2);
	const kept = await run("match", "join", ...rows, "--by", "Li Wei", "--why", "slip seen");
	t.is(kept.code, 0, kept.err);
	const after = await run("match", "explain", String(fieldOf(amount, "reference")));
	t.regex(after.out, /Li Wei on .*: one transaction, slip seen/);
	t.regex(after.out, /matched by rule manual/);
	t.notRegex(after.out, /different/);
	t.regex((await run("match", "decisions", "--lang", "zh-CN")).out, /同一笔.*Li Wei/);
	const lost = await run("match", "join", "bank:none:1:sale", ...rows, "--by", "a", "--why", "b");
	t.is(lost.code, 66);
	t.regex(lost.err, /bank:none:1:sale: no such row/);
});

test("what waits is listed with its last day, and waits no more afterwards", async (t) => {
	const { run } = await shopFolder(t);
	await run("statement", "import", "clearing.csv");
	const early = await run("match", "waiting", "--as-of", "2026-11-20");
	t.regex(early.out, /^row .*\nterminal:till-0\S+ .*2026-11-20 .*acquirer +2026-11-25/);
	const late = await run("match", "waiting", "--as-of", "2026-12-20");
	t.deepEqual([late.out, late.err], ["", "nothing waits\n"]);
});

test("a row that nobody knows is refused, with what an id may be", async (t) => {
	const { run } = await shopFolder(t);
	await run("statement", "import", "clearing.csv");
	const { code, err } = await run("match", "explain", "nothing");
	t.is(code, 66);
	t.regex(err, /nothing: no row of the compared books.*give a reference/);
});

test("rules are shown, checked and followed", async (t) => {
	const { folder, run } = await shopFolder(t);
	const shown = await run("match", "rules", "show");
	const path = join(folder, "match-rules.json");
	await writeFile(path, shown.out);
	const good = await run("match", "rules", "check", "match-rules.json");
	t.is(good.code, 0, good.err);
	t.regex(good.out, /match-rules\.json: good; 12 passes/);
	await writeFile(path, shown.out.replace('"waitBankDays": 3', '"waitBankDays": -3'));
	const bad = await run("match", "rules", "check", "match-rules.json");
	t.is(bad.code, 65);
	t.regex(bad.err, /match-rules\.json: \/waitBankDays must be >= 0/);
	await run("statement", "import", "clearing.csv");
	t.is((await run("reconcile")).code, 65);
});
