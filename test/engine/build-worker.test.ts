import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { underLock } from "../emulator/engine/build-lock.ts";
import { buildWorker, missingForXs } from "../emulator/engine/build-worker.ts";
import { xsTest } from "./xs-test.ts";

async function makeDirectory(t: ExecutionContext): Promise<string> {
	const directory = await mkdtemp(join(tmpdir(), "closeout-test-"));
	t.teardown(() => rm(directory, { recursive: true, force: true }));
	return directory;
}

xsTest(
	"several first uses together get the same worker, and a later one gets it at once",
	async (t) => {
		const paths = await Promise.all([buildWorker(), buildWorker(), buildWorker()]);
		t.is(new Set(paths).size, 1);
		const progress: string[] = [];
		t.is(await buildWorker({ progress: (text) => progress.push(text) }), paths[0]);
		t.deepEqual(progress, []);
	},
);

test.serial("without a compiler the error says what to install", async (t) => {
	const cacheDirectory = await makeDirectory(t);
	const path = process.env.PATH;
	t.teardown(() => {
		process.env.PATH = path;
	});
	process.env.PATH = cacheDirectory;
	await t.throwsAsync(buildWorker({ cacheDirectory }), {
		code: "ENGINE",
		message: /cc and make not found.*apt-get install build-essential/,
	});
	t.deepEqual(await readdir(cacheDirectory), []);
});

test("a lock lets one work and the others wait for the result", async (t) => {
	const lock = join(await makeDirectory(t), "lock");
	let count = 0;
	const use = () =>
		underLock(
			lock,
			() => count > 0,
			async () => {
				await new Promise((resolve) => setImmediate(resolve));
				count += 1;
			},
		);
	await Promise.all([use(), use(), use()]);
	t.is(count, 1);
	t.deepEqual(await readdir(join(lock, "..")), []);
});

test("a failure releases the lock for the next one", async (t) => {
	const lock = join(await makeDirectory(t), "lock");
	const never = () => false;
	await t.throwsAsync(
		underLock(lock, never, () => Promise.reject(new RangeError("no"))),
		{ instanceOf: RangeError },
	);
	let worked = false;
	await underLock(lock, never, async () => {
		worked = true;
	});
	t.true(worked);
});

test("a lock that was left behind is taken over", async (t) => {
	const lock = join(await makeDirectory(t), "lock");
	await writeFile(lock, "");
	const longAgo = new Date(Date.now() - 60_000);
	await utimes(lock, longAgo, longAgo);
	let worked = false;
	await underLock(
		lock,
		() => worked,
		async () => {
			worked = true;
		},
	);
	t.true(worked);
});

test("whether XS can run here is told with a reason or not at all", (t) => {
	const missing = missingForXs();
	t.true(missing === undefined || missing.length > 20);
});
