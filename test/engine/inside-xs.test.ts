import { runInXs, unitTestFiles } from "./run-in-xs.ts";
import { xsTest } from "./xs-test.ts";

/** The unit tests of what runs on a terminal, once more inside XS: one test here for each file. */
for (const path of unitTestFiles()) {
	xsTest(path, async (t) => {
		const result = await runInXs(new URL(`../../${path}`, import.meta.url));
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
