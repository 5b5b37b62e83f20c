import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { fieldOf } from "../../emulator/json.ts";
import { shopFolder } from "./_run.ts";

test("a case is listed, worked on and shown in both languages", async (t) => {
	const { folder, run } = await shopFolder(t);
	await run("statement", "import", "clearing.csv");
	await run("reconcile", "--as-of", "2026-12-20");
	const listed = await run("case", "list", "--reason", "missing-at-acquirer", "--json");
	t.is(listed.code, 0, listed.err);
	const id = String(fieldOf(JSON.parse(listed.out), "id"));
	const by = ["--by", "Li Wei"];
	const claimed = await run("case", "claim", id, ...by, "--why", "mail to UMS");
	t.is(claimed.code, 0, claimed.err);
	t.is(claimed.out, `case ${id} is claimed\n`);
	const again = await run("case", "claim", id, ...by, "--why", "mail to UMS");
	t.is(again.code, 77);
	t.regex(again.err, /is claimed and cannot become claimed.*answered, resolved, written-off/);
	await writeFile(join(folder, "mail.txt"), "we look into it");
	for (const args of [
		["assign", id, "--to", "Chen Jing"],
		["comment", id, "they called back"],
		["attach", id, "mail.txt"],
		["answer", id, "--why", "they have it"],
		["resolve", id, "--why", "paid"],
	]) {
		const did = await run("case", ...args, ...by);
		t.is(did.code, 0, did.err);
	}
	const shown = await run("case", "show", id);
	t.regex(shown.out, /missing at the acquirer, CNY .* at stake, resolved/);
	t.regex(shown.out, /until 2026-12-11: an authorisation lapses .*\(paymentspedia/);
	t.regex(shown.out, /Li Wei: file mail\.txt/);
	t.regex(shown.out, /Li Wei:\n {4}they called back/);
	const chinese = await run("case", "show", id, "--lang", "zh-CN");
	t.regex(chinese.out, /收单漏单，涉及 CNY .*，已解决/);
	const json: unknown = JSON.parse((await run("case", "show", id, "--json")).out);
	t.like(json, { state: "resolved", attachments: [{ name: "mail.txt" }], steps: { length: 7 } });
	const due = await run("case", "list", "--state", "open", "--due-by", "2027-01-31");
	t.false(due.out.includes(id));
});

test("a table of deadlines of the merchant's own is followed, and a wrong one is named", async (t) => {
	const { folder, run } = await shopFolder(t);
	await run("statement", "import", "clearing.csv");
	const line = {
		name: "contract",
		days: 5,
		why: { en: "by contract", "zh-CN": "合同" },
		source: "contract 17",
	};
	const table = { version: 1, country: "CN", deadlines: [line] };
	const path = join(folder, "deadlines.json");
	await writeFile(path, JSON.stringify({ ...table, deadlines: [{ ...line, days: "five" }] }));
	const wrong = await run("reconcile", "--as-of", "2026-12-20");
	t.is(wrong.code, 65);
	t.regex(wrong.err, /deadlines\.json: \/deadlines\/0\/days must be integer/);
	t.is((await run("case", "list", "--json")).out, "");
	await writeFile(path, JSON.stringify(table));
	await run("reconcile", "--as-of", "2026-12-20");
	const listed = await run("case", "list", "--json");
	t.is(listed.out.match(/"deadline":\{"date":20261125,"rule":"contract"\}/g)?.length, 4);
});
