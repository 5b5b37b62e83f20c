import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { formatted, opened, recordOf } from "../../_helper/journal.ts";
import { emptyFolder, runIn, shopFolder } from "./_run.ts";

test("day ends with 0 when complete, else with 1 and every missing item", async (t) => {
	const { run } = await shopFolder(t);
	const whole = await run("day", "till-0001", "2026-11-20");
	t.deepEqual([whole.code, whole.err], [0, ""]);
	t.is(whole.out, "till-0001  2026-11-20  ✓ complete\n");
	const open = await run("day", "till-0002", "2026-11-20");
	t.is(open.code, 1);
	t.deepEqual(open.out.trimEnd().split("\n").slice(0, 4), [
		"till-0002  2026-11-20  ✕ NOT COMPLETE",
		"  - the day is not closed",
		"  - 6 transactions are not settled, 1121.30 CNY",
		"  - 1 transactions have no known outcome, 450.00 CNY",
	]);
});

test("day without a terminal is about all of them, one JSON object a line", async (t) => {
	const { run } = await shopFolder(t);
	const { code, out, err } = await run("day", "2026-11-20", "--json");
	t.is(code, 1);
	t.is(err, "till-0003: has not opened a day yet\n");
	t.deepEqual(
		out
			.trimEnd()
			.split("\n")
			.map((line) => JSON.parse(line))
			.map(({ terminal, complete }) => [terminal, complete]),
		[
			["till-0001", true],
			["till-0002", false],
		],
	);
});

test("terminals, rebuild and enrol", async (t) => {
	const { run } = await shopFolder(t);
	const table = await run("terminals");
	t.regex(table.out, /^TERMINAL +NAME +CONTACT/);
	t.regex(table.out, /till-0002 +till-0002 +offline +2026-11-20 +NOT COMPLETE +CNY 1121\.30 +2\n/);
	t.is((await run("rebuild")).out, "derived tables of 3 terminals folded again\n");
	t.is((await run("terminals")).out, table.out);
	const code = await run("enrol", "till-0004", "--name", "Counter 4");
	t.regex(code.out, /^(\d{4} ){5}\d{4}\n$/);
	t.like(JSON.parse((await run("enrol", "till-0004", "--json")).out), { terminal: "till-0004" });
	t.regex((await run("terminals")).out, /till-0004 +Counter 4 +never/);
});

test("a statement is tried, imported, refused a second time, and compared", async (t) => {
	const { run } = await shopFolder(t);
	const tried = await run("statement", "import", "clearing.csv", "--dry-run");
	t.regex(tried.out, /^clearing\.csv: 18 rows of acquirer-csv are right .* nothing was kept\n$/);
	const imported = JSON.parse((await run("statement", "import", "clearing.csv", "--json")).out);
	t.like(imported, { stored: true, leg: "acquirer", rows: 18 });
	const again = await run("statement", "import", "clearing.csv");
	t.deepEqual([again.code, again.out], [77, ""]);
	t.regex(again.err, /imported before, as clearing\.csv \[REFUSED\]\n$/);
	const compared = await run("reconcile", "--as-of", "2026-12-24");
	t.is(compared.code, 1);
	const lines = compared.out.trimEnd().split("\n");
	t.deepEqual(
		lines
			.slice(1, -1)
			.map((line) => line.split(" ")[0])
			.sort(),
		["amount", "duplicate", "missing-at-acquirer", "status"],
	);
	t.regex(lines.at(-1) ?? "", /^4 differences, /);
	const waits = JSON.parse((await run("reconcile", "--as-of", "2026-11-20", "--json")).out);
	t.is(waits.waiting, 2);
	const other = await run("reconcile", "--date", "2026-11-20", "--terminal", "till-0003");
	t.is(other.code, 0);
});

test("a journal is verified and shown from the host's data", async (t) => {
	const { run } = await shopFolder(t);
	const { code, out } = await run("journal", "verify", "--terminal", "till-0001");
	t.is(code, 0);
	t.regex(out, /^till-0001\.1: records 1 to 62, 62 whole, chain [0-9a-f]{16}\n✓ whole\n$/);
	const range = ["--from", "4", "--to", "9", "--kind", "intent"];
	const shown = await run("journal", "show", "--terminal", "till-0001", ...range, "--json");
	t.deepEqual(
		shown.out
			.trimEnd()
			.split("\n")
			.map((line) => JSON.parse(line))
			.map(({ sequence, kind }) => [sequence, kind]),
		[
			[4, "intent"],
			[8, "intent"],
		],
	);
	const table = await run("journal", "show", "--terminal", "till-0001", "--to", "2");
	t.is(table.out.trimEnd().split("\n").length, 3);
});

test("a storage image is verified: whole, and with a hole", async (t) => {
	const folder = await emptyFolder(t);
	const storage = formatted();
	const [journal] = opened(storage);
	for (let number = 1; number <= 100; number++) journal.append([recordOf(number)]);
	journal.close();
	const image = storage.image();
	await writeFile(join(folder, "whole.img"), image);
	for (const half of [0, image.length / 2]) image.fill(0x55, half + 6_000, half + 6_050);
	await writeFile(join(folder, "hole.img"), image);
	const whole = await runIn(folder, ["journal", "verify", "whole.img"]);
	t.is(whole.code, 0);
	t.regex(whole.out, /records 1 to 100, 100 whole/);
	const hole = await runIn(folder, ["journal", "verify", "hole.img", "--json"]);
	t.is(hole.code, 1);
	t.like(JSON.parse(hole.out), { whole: false, sealsBad: 0, problems: [] });
	t.is(JSON.parse(hole.out).gaps.length, 1);
});

test("help is in both languages and has an example for every command", async (t) => {
	const folder = await emptyFolder(t);
	const main = await runIn(folder, ["--help"]);
	t.regex(main.out, /^Usage: closeout/);
	t.regex((await runIn(folder, [], { LANG: "zh_CN.UTF-8" })).err, /^closeout: 用法有误/);
	for (const command of [
		["serve"],
		["day"],
		["terminals"],
		["enrol"],
		["journal", "verify"],
		["journal", "show"],
		["journal", "recover"],
		["journal", "export"],
		["journal", "diff"],
		["journal", "import"],
		["journal", "heal"],
		["statement", "import"],
		["statement", "bad-rows"],
		["statement", "preview"],
		["doctor"],
		["completion"],
		["reconcile"],
		["replay"],
		["rebuild"],
	]) {
		const help = await runIn(folder, [...command, "--help", "--lang", "zh-CN"]);
		t.is(help.code, 0);
		t.regex(help.out, /^用法： closeout /);
		t.true(help.out.includes(`示例：\n  closeout ${command.join(" ")}`), command.join(" "));
		t.regex(help.out, /--json/);
	}
});

test("serve tells where it listens, answers, and ends at a signal", async (t) => {
	const folder = await emptyFolder(t);
	const ports = ["--port", "0", "--broker-port", "0"];
	const { spawnServe } = await import("./_serve.ts");
	const served = await spawnServe(t, folder, ["serve", ...ports, "--json"]);
	const answer = await fetch(`${served.url}/api/terminals`);
	t.like(await answer.json(), { terminals: [] });
	t.is(await served.end("SIGTERM"), 0);
});
