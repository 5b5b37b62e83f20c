import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { fieldOf } from "../emulator/json.ts";
import { xsTest } from "../engine/xs-test.ts";
import { findCardNumber } from "./card-search.ts";
import { type DayResult, runDay } from "./day.ts";
import { verifyImage } from "./image.ts";
import { drawPlan } from "./plan.ts";

const main = new URL("./main.ts", import.meta.url).pathname;
const repository = new URL("../..", import.meta.url).pathname;

const XS_TIMEOUT_MS = 300_000;

interface Outcome {
	readonly status: number;
	readonly stdout: string;
	readonly stderr: string;
}

function run(...given: readonly string[]): Promise<Outcome> {
	return new Promise((resolve) => {
		const env = { ...process.env, CLOSEOUT_BROKER: "" };
		execFile(
			process.execPath,
			[main, ...given],
			{ cwd: repository, env },
			(error, stdout, stderr) => resolve({ status: Number(error?.code ?? 0), stdout, stderr }),
		);
	});
}

async function makeFolder(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), "closeout-day-test-"));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	return folder;
}

function broken({ promises }: DayResult): readonly string[] {
	return promises.filter(({ held }) => !held).map(({ name, against }) => `${name}: ${against}`);
}

xsTest(
	"a day on XS keeps every promise, twice with the same figures to the last computron",
	async (t) => {
		t.timeout(XS_TIMEOUT_MS);
		const first = await runDay({ seed: 11, engine: "xs" });
		t.deepEqual(broken(first), []);
		t.true(Number(first.meters.computronsPerSale) > 10_000);
		t.is(typeof first.meters.heapBytes, "number");
		t.deepEqual(await runDay({ seed: 11, engine: "xs" }), first);
	},
);

xsTest("another day on XS keeps every promise", async (t) => {
	t.timeout(XS_TIMEOUT_MS);
	const result = await runDay({ seed: 12, engine: "xs" });
	t.deepEqual(broken(result), []);
});

for (const seed of [21, 22, 23]) {
	test(`day ${seed} keeps every promise on Node`, async (t) => {
		const result = await runDay({ seed, engine: "node" });
		t.deepEqual(broken(result), []);
		const { sales, list, refunds, voids } = result;
		t.is(list.rows, sales + refunds + voids);
		t.true(sales >= 20);
	});
}

test("all ways of settling and of the bank come up", (t) => {
	const plans = Array.from({ length: 40 }, (_, seed) => drawPlan(seed));
	t.is(new Set(plans.map(({ settlement }) => settlement)).size, 3);
	t.is(new Set(plans.map(({ bankChange }) => bankChange)).size, 3);
	t.is(new Set(plans.map(({ language, unsynced }) => `${language} ${unsynced}`)).size, 4);
});

test("one seed, two runs: the same bytes of JSON", async (t) => {
	const given = ["--seed", "24", "--engine", "node", "--json"];
	const [first, second] = [await run(...given), await run(...given)];
	t.is(first.status, 0, `${first.stderr}${first.stdout}`);
	t.is(first.stdout, second.stdout);
	const result: unknown = JSON.parse(first.stdout);
	t.is(fieldOf(result, "engine"), "node");
});

test("a bank that books a row twice breaks a promise and the exit status says so", async (t) => {
	const given = ["--seed", "25", "--engine", "node", "--unplanned", "bank-doubles"];
	const { status, stdout } = await run(...given);
	t.is(status, 1);
	t.regex(stdout, /✘ .*exactly the planted differences are found\n {4}planted: .*duplicate/);
});

test("what a day leaves behind is kept, and verifies", async (t) => {
	const folder = join(await makeFolder(t), "kept");
	const { status, stderr } = await run("--seed", "26", "--engine", "node", "--keep", folder);
	t.is(status, 0, stderr);
	t.deepEqual((await readdir(folder)).sort(), [
		"acquirer.csv",
		"bank.xml",
		"host.db",
		"journal.img",
		"paper.bin",
		"paper.svg",
		"paper.txt",
	]);
	const image = new Uint8Array(await readFile(join(folder, "journal.img")));
	t.deepEqual(verifyImage(image, "till-0026").problems, []);
});

test("a card number in any column or text is found, and a hash is none", (t) => {
	t.regex(findCardNumber("note", "paid with 4111 1111 1111 1111") ?? "", /^note holds/);
	t.regex(findCardNumber("roll", Buffer.from("x4111111111111111x")) ?? "", /^roll holds/);
	t.is(findCardNumber("hash", `"${"4111111111111111".repeat(4)}"`), undefined);
});

test("wrong arguments say what is wrong and change nothing", async (t) => {
	const folder = await makeFolder(t);
	await writeFile(join(folder, "mine.txt"), "mine");
	const wrong: readonly (readonly [RegExp, ...string[]])[] = [
		[/--seed/],
		[/whole number/, "--seed", "-1"],
		[/whole number/, "--seed", "seven"],
		[/Allowed choices are xs, node/, "--seed", "1", "--engine", "v8"],
		[/unknown option/, "--seed", "1", "--colour"],
		[/not empty \(mine\.txt\)/, "--seed", "1", "--engine", "node", "--keep", folder],
	];
	for (const [expected, ...given] of wrong) {
		const { status, stderr, stdout } = await run(...given);
		t.is(status, 64, given.join(" "));
		t.regex(stderr, expected);
		t.is(stdout, "");
	}
	t.deepEqual(await readdir(folder), ["mine.txt"]);
	const help = await run("--help");
	t.is(help.status, 0);
	t.regex(help.stdout, /--keep <dir>/);
});
