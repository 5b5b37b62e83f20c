import { globSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { runInXs } from "./run-in-xs.ts";
import { xsTest } from "./xs-test.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const patterns = [
	"test/protocol/**/*.test.ts",
	"test/firmware/**/*.test.ts",
	"test/engine/{wire,deep-equal}.test.ts",
];

/** The unit tests of what runs on a terminal, once more inside XS: one test here for each file. */
for (const path of globSync(patterns, { cwd: root }).sort()) {
	xsTest(path, async (t) => {
		const result = await runInXs(pathToFileURL(`${root}/${path}`));
		if (result.excluded !== undefined) {
			t.log(`left to Node: ${result.excluded}`);
			t.pass();
			return;
		}
		const { outcomes, computrons } = result;
		t.log(`${outcomes.length} tests, ${computrons} computrons`);
		for (const { title, failure, logs } of outcomes) {
			if (failure !== undefined) t.log(title, ...logs, failure);
		}
		t.true(outcomes.length > 0, "the file has no test");
		t.deepEqual(
			outcomes.filter(({ failure }) => failure !== undefined).map(({ title }) => title),
			[],
		);
	});
}
