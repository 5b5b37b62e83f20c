import { resolve } from "node:path";
import type { MutantResult, MutantStatus } from "@stryker-mutator/api/core";
import test from "ava";
import { judge, scorePercent } from "./judge.ts";

const text = "let a = 1;\nif (a > 0 &&\n\ta < 9) go();\n";

/** A mutant of `a > 0 && a < 9`, which begins in the second line and ends in the third. */
function mutant(status: MutantStatus, replacement: string): MutantResult {
	return {
		id: replacement,
		fileName: resolve("protocol/x.ts"),
		location: { start: { line: 2, column: 5 }, end: { line: 3, column: 7 } },
		mutatorName: "ConditionalExpression",
		replacement,
		status,
	};
}

const explained = {
	file: "protocol/x.ts",
	line: "if (a > 0 &&",
	original: "a > 0 && a < 9",
	replacement: "true",
	reason: "a is 1",
};

test("killed and timed out count as killed; survivors stand with their place", (t) => {
	const results = [
		mutant("Killed", "false"),
		mutant("Timeout", "a"),
		mutant("Survived", "true"),
		mutant("NoCoverage", "b"),
		mutant("Ignored", "c"),
		mutant("RuntimeError", "d"),
	];
	const { scores, stale } = judge(results, [], () => text);
	const place = {
		...{ file: "protocol/x.ts", line: "if (a > 0 &&", original: "a > 0 && a < 9" },
		...{ lineNumber: 2, reason: undefined },
	};
	t.deepEqual(scores, [
		{
			...{ file: "protocol/x.ts", mutants: 4, killed: 2 },
			survivors: [
				{ ...place, replacement: "true", isUncovered: false },
				{ ...place, replacement: "b", isUncovered: true },
			],
		},
	]);
	t.is(scorePercent(scores), 50);
	t.deepEqual(stale, []);
	t.is(scorePercent([]), 100);
});

test("an explanation fits one place, and is stale when nothing survives there", (t) => {
	const survived = judge([mutant("Survived", "true")], [explained], () => text);
	t.is(survived.scores[0]?.survivors[0]?.reason, "a is 1");
	t.deepEqual(survived.stale, []);
	for (const change of [{ line: "x" }, { original: "a" }, { replacement: "false" }]) {
		const other = { ...explained, ...change };
		const { scores, stale } = judge([mutant("Survived", "true")], [other], () => text);
		t.is(scores[0]?.survivors[0]?.reason, undefined);
		t.deepEqual(stale, [other]);
	}
	t.deepEqual(judge([mutant("Killed", "true")], [explained], () => text).stale, [explained]);
	t.deepEqual(judge([], [explained]).stale, [], "a file that was not looked at");
});
