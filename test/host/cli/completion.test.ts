import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { emptyFolder, runIn } from "./_run.ts";

/** True where the shell is installed; says so when it is not. */
function hasShell(t: ExecutionContext, shell: string): boolean {
	if (spawnSync(shell, ["--version"]).status === 0) return true;
	t.log(`skipped: there is no ${shell} here`);
	return false;
}

async function scriptOf(t: ExecutionContext, shell: string): Promise<string> {
	const folder = await emptyFolder(t);
	const { code, out } = await runIn(folder, ["completion", shell]);
	t.is(code, 0);
	const path = join(folder, "script");
	await writeFile(path, out);
	return path;
}

test("bash completes commands, options and their values, and nothing where a file belongs", async (t) => {
	const script = await scriptOf(t, "bash");
	const complete = (...words: readonly string[]) => {
		const program = `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _closeout; echo "\${COMPREPLY[@]}"`;
		const ran = spawnSync("bash", ["-c", program, script, "closeout", ...words]);
		t.is(ran.stderr.toString(), "");
		return ran.stdout.toString().trim();
	};
	t.is(complete("statem"), "statement");
	t.is(complete("statement", "im"), "import");
	t.is(complete("statement", "import", "--ov"), "--overlap");
	t.is(complete("statement", "import", "a.csv", "--overlap", "m"), "merge");
	t.is(complete("statement", "import", "a.csv", "--mapping", ""), "");
	t.is(complete("--lang", "zh-CN", "journal", "verif"), "verify");
	t.is(complete("completion", "f"), "fish");
});

test("zsh takes the script", async (t) => {
	if (!hasShell(t, "zsh")) return t.pass();
	const script = await scriptOf(t, "zsh");
	const checked = spawnSync("zsh", ["-n", script]);
	t.is(`${checked.stderr}`, "");
	const program = `compdef() { :; }; compadd() { print -l -- "\${@:#-*}"; }
_describe() { print -l -- "\${(P@)2}"; }; _files() { print files; }; source "$1"
words=("\${@[2,-1]}"); CURRENT=\${#words}; PREFIX=$words[-1]; _closeout`;
	const complete = (...words: readonly string[]) =>
		`${spawnSync("zsh", ["-fc", program, "zsh", script, "closeout", ...words]).stdout}`;
	t.regex(complete("statement", ""), /^import:import a statement file/m);
	t.regex(complete("statement", "import", "--"), /^--overlap:rows that nobody/m);
	t.regex(complete("statement", "import", "--overlap", ""), /^merge\nadd$/m);
	t.regex(complete("statement", "import", "--mapping", ""), /^files$/m);
});

test("fish completes with descriptions", async (t) => {
	if (!hasShell(t, "fish")) return t.pass();
	const script = await scriptOf(t, "fish");
	const complete = (line: string) =>
		`${spawnSync("fish", ["-c", `source ${script}; complete -C ${JSON.stringify(line)}`]).stdout}`;
	t.regex(complete("closeout state"), /^statement\tstatements of acquirers and banks$/m);
	t.regex(complete("closeout statement import --over"), /^--overlap\trows that nobody/m);
	t.regex(complete("closeout statement import --overlap "), /^merge\b/m);
	t.notRegex(complete("closeout statement "), /^serve\b/m);
});
