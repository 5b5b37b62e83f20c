import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { defaultRules } from "../../../host/core/default-rules.ts";
import { parseRules, readRules, rulesOf } from "../../../host/match/rules.ts";

/** The shipped document with something else at a place. */
function changed(change: (document: Record<string, unknown>) => void): unknown {
	const document: Record<string, unknown> = JSON.parse(JSON.stringify(defaultRules));
	change(document);
	return document;
}

const why = { en: "e", "zh-CN": "z" };
const pass = { name: "a", book: "acquirer", shape: "one-to-one", same: ["reference"], why };
const accept = { name: "a", type: "fx", book: "bank", within: { minor: 0, permille: 0 }, why };

test("the shipped rules are a good document", (t) => {
	t.deepEqual(parseRules(changed(() => undefined)), defaultRules);
});

for (const [name, change, told] of [
	[
		"an unknown field",
		(one) => Object.assign(one, { extra: 1 }),
		/\/extra is no field of the rules/,
	],
	["another version", (one) => Object.assign(one, { version: 2 }), /\/version /],
	[
		"an unknown part",
		(one) => Object.assign(one, { passes: [{ ...pass, same: ["colour"] }] }),
		/\/passes\/0\/same\/0 /,
	],
	["no pass at all", (one) => Object.assign(one, { passes: [] }), /\/passes /],
	[
		"a pattern that is none",
		(one) =>
			Object.assign(one, {
				rewrites: [{ name: "a", leg: "bank", pattern: "(", replace: "", why }],
			}),
		/\/rewrites\/0\/pattern is no regular expression/,
	],
	[
		"a sum without a currency",
		(one) => Object.assign(one, { passes: [{ ...pass, shape: "one-to-many" }] }),
		/\/passes\/0 has the shape one-to-many/,
	],
	[
		"a rate that is missing",
		(one) => Object.assign(one, { accepts: [{ ...accept, currency: "USD" }] }),
		/\/accepts\/0 of type fx needs/,
	],
	[
		"one name twice",
		(one) => Object.assign(one, { passes: [pass, pass] }),
		/\/passes\/1\/name "a" is there twice/,
	],
	[
		"a day that no month has",
		(one) =>
			Object.assign(one, { calendar: { closedWeekdays: [], closed: [2026_02_30], open: [] } }),
		/\/calendar\/closed\/0 20260230 is no date/,
	],
] as const satisfies readonly (readonly [
	string,
	(one: Record<string, unknown>) => void,
	RegExp,
])[]) {
	test(`${name} is refused, naming file, place and what to do`, (t) => {
		const error = t.throws(() => parseRules(changed(change), "my.json"), { code: "SCHEMA" });
		t.regex(error?.message ?? "", told);
		t.regex(error?.message ?? "", /^my\.json: .*closeout match rules show/);
	});
}

test("a data folder has its own rules or the shipped ones", async (t) => {
	const folder = await mkdtemp(join(tmpdir(), "closeout-rules-"));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	t.is(await rulesOf(folder), defaultRules);
	const path = join(folder, "match-rules.json");
	await writeFile(path, JSON.stringify({ ...defaultRules, waitBankDays: 7 }));
	t.is((await rulesOf(folder)).waitBankDays, 7);
	await writeFile(path, "{");
	await t.throwsAsync(readRules(path), { code: "SCHEMA", message: /is no JSON/ });
	await t.throwsAsync(readRules(join(folder, "none")), { code: "NOT_FOUND" });
});
