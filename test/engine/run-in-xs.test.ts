import { runInXs } from "./run-in-xs.ts";
import { xsTest } from "./xs-test.ts";

xsTest("each test of a file is told apart, and a failing one fails", async (t) => {
	const result = await runInXs(new URL("./fixture/mixed.ts", import.meta.url));
	if (result.excluded !== undefined) {
		t.fail(result.excluded);
		return;
	}
	const failures = new Map(result.outcomes.map(({ title, failure }) => [title, failure]));
	t.deepEqual(
		[...failures].filter(([, failure]) => failure === undefined).map(([title]) => title),
		["passes after waiting", "holds for random values"],
	);
	t.regex(failures.get("is wrong about a value") ?? "", /\{"a":\[1,2\]\} does not equal/);
	t.regex(failures.get("throws later") ?? "", /RangeError: later/);
	t.regex(failures.get("expects an error that does not come") ?? "", /nothing was thrown/);
	t.regex(failures.get("expects another error") ?? "", /does not fit \/two\//);
	t.regex(failures.get("asserts nothing") ?? "", /asserted nothing/);
	t.regex(failures.get("does not hold for random values") ?? "", /Counterexample: \[1000\]/);
	t.regex(failures.get("fails in its teardown") ?? "", /in teardown/);
	t.is(result.outcomes.length, 9);
});

xsTest("a file that needs Node is left out with the reason", async (t) => {
	t.like(await runInXs(new URL("./fixture/needs-node.ts", import.meta.url)), {
		excluded: "imports node:fs",
	});
});

xsTest("a file that cannot be bundled is an error", async (t) => {
	const file = new URL("./fixture/nowhere.ts", import.meta.url);
	await t.throwsAsync(runInXs(file), { code: "ENGINE", message: /nowhere/ });
});
