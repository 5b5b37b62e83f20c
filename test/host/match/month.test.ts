import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { mishaps } from "../../bench/month/mishap.ts";
import { playMonth } from "../../bench/month/play.ts";

for (const seed of [1, 2]) {
	test(`a merchant's week: every mishap planted is found as what it is, and nothing else (seed ${seed})`, async (t) => {
		const folder = await mkdtemp(join(tmpdir(), "closeout-month-"));
		t.teardown(() => rm(folder, { recursive: true, force: true }));
		const size = { terminals: 6, days: 9, sales: 14, each: 1 };
		const { planted, missed, extra, found } = await playMonth({ ...size, seed, folder });
		t.deepEqual(missed, []);
		t.deepEqual(extra, []);
		t.is(found.length, planted.length);
		const kinds = new Set(planted.map(({ mishap }) => mishap));
		for (const { name } of mishaps) t.true(kinds.has(name), name);
	});
}
