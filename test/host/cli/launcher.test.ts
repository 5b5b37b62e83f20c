import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import test from "ava";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../../", import.meta.url));

test("the command starts by its name in the project's folder", async (t) => {
	const { stdout } = await run("npx", ["--no-install", "closeout", "--version"], { cwd: root });
	t.regex(stdout, /^\d+\.\d+\.\d+\n$/);
});

test("a Node.js that is too old hands over to the project's own", async (t) => {
	const old = await run("/usr/bin/env", ["-i", "/usr/bin/node", "--version"]).catch(
		() => undefined,
	);
	const major = Number(/^v(\d+)/.exec(old?.stdout ?? "")?.[1] ?? 24);
	if (major >= 24) {
		t.log("skipped: the system has no older Node.js");
		t.pass();
		return;
	}
	const { stdout } = await run("/usr/bin/node", ["host/cli/closeout.mjs", "--version"], {
		cwd: root,
	});
	t.regex(stdout, /^\d+\.\d+\.\d+\n$/);
});
