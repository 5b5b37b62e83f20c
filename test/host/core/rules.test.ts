import test from "ava";
import fc from "fast-check";
import { convert } from "../../../host/core/accept.ts";
import { addBankDays, bankDays } from "../../../host/core/calendar.ts";
import type { MatchInput } from "../../../host/core/decision.ts";
import { defaultRules } from "../../../host/core/default-rules.ts";
import { type ManualDecision, rowName } from "../../../host/core/manual.ts";
import { matchLegs } from "../../../host/core/match.ts";
import type { AcceptRule, Rules } from "../../../host/core/rules.ts";
import { row, sales } from "../money-row.ts";

const why = { en: "said in a test", "zh-CN": "测试" };

function run(input: MatchInput, rules: Partial<Rules> = {}) {
	const { differences, matches } = matchLegs(input, { rules: { ...defaultRules, ...rules } });
	return {
		differences: differences.map(({ reason, leg }) => `${reason} ${leg}`),
		passes: matches.map(({ pass }) => pass),
	};
}

const accept = (fields: Partial<AcceptRule>): { accepts: readonly AcceptRule[] } => ({
	accepts: [
		{
			name: "one",
			type: "tolerance",
			book: "acquirer",
			within: { minor: 0, permille: 0 },
			why,
			...fields,
		},
	],
});

test("a rule may accept a rounding, and nothing beyond it", (t) => {
	const against = (amountMinor: number, minor: number) =>
		run(
			{ terminal: [row("terminal")], acquirer: [row("acquirer", { amountMinor })] },
			accept({ within: { minor, permille: 0 } }),
		).differences;
	t.deepEqual(against(998, 2), []);
	t.deepEqual(against(997, 2), ["amount acquirer"]);
	t.deepEqual(against(1002, 2), []);
});

test("a rule may accept an amount less a fee, but no amount that is more", (t) => {
	const rule = accept({ type: "fee", within: { minor: 0, permille: 20 } });
	const against = (amountMinor: number) =>
		run({ terminal: [row("terminal")], acquirer: [row("acquirer", { amountMinor })] }, rule)
			.differences;
	t.deepEqual(against(980), []);
	t.deepEqual(against(979), ["amount acquirer"]);
	t.deepEqual(against(1020), ["amount acquirer"]);
});

test("a fee that the other book states needs no rule", (t) => {
	const acquirer = [row("acquirer", { amountMinor: 994, feeMinor: 6 })];
	t.deepEqual(run({ terminal: [row("terminal")], acquirer }).differences, []);
});

test("another currency agrees at the rate of its dates", (t) => {
	const rule = accept({
		type: "fx",
		currency: "CNY",
		to: "JPY",
		rate: "21.55",
		from: 2026_11_01,
		until: 2026_11_30,
		within: { minor: 1, permille: 0 },
	});
	const against = (amountMinor: number, businessDate = 2026_11_16) =>
		run(
			{
				terminal: [row("terminal", { businessDate })],
				acquirer: [row("acquirer", { amountMinor, businessDate, currency: "JPY" })],
			},
			rule,
		).differences;
	t.deepEqual(against(216), []);
	t.deepEqual(against(218), ["currency acquirer"]);
	t.deepEqual(against(216, 2026_12_01), ["currency acquirer"]);
});

test("money is converted exactly and rounded half away from zero", (t) => {
	t.is(convert(1000, "CNY", "JPY", "21.55"), 216);
	t.is(convert(-1000, "CNY", "JPY", "21.55"), -216);
	t.is(convert(1, "JPY", "CNY", "0.0464"), 5);
	t.is(convert(9_007_199_254_740_991, "CNY", "USD", "1"), 9_007_199_254_740_991);
});

test("one sale may be cleared in parts, and several sales as one", (t) => {
	const part = (amountMinor: number, line: number) =>
		row("acquirer", { amountMinor, source: { file: "acquirer.csv", line } });
	const split = run({ terminal: [row("terminal")], acquirer: [part(600, 2), part(400, 3)] });
	t.deepEqual(split, { differences: [], passes: ["split"] });
	const short = run({ terminal: [row("terminal")], acquirer: [part(600, 2), part(300, 3)] });
	t.deepEqual(short.differences, ["amount acquirer", "duplicate acquirer"]);
	const two = [600, 400].map((amountMinor, line) =>
		row("terminal", { amountMinor, source: { file: "terminal", line } }),
	);
	t.deepEqual(run({ terminal: two, acquirer: [part(1000, 2)] }).passes, ["joined"]);
});

test("a split sale is one payment for the bank", (t) => {
	const part = (amountMinor: number, line: number) =>
		row("acquirer", { amountMinor, source: { file: "acquirer.csv", line } });
	const books = { terminal: [row("terminal")], acquirer: [part(600, 2), part(400, 3)] };
	t.deepEqual(run({ ...books, bank: [row("bank")] }).differences, []);
	const parts = [row("bank", { amountMinor: 600 }), row("bank", { amountMinor: 400 })];
	t.deepEqual(run({ ...books, bank: parts }).differences, []);
	t.deepEqual(run({ ...books, bank: [] }).differences, ["missing-at-bank bank"]);
});

test("a QR payment is found in the wallet's bill by its order number", (t) => {
	const terminal = [row("terminal", { reference: "", references: ["ORD-7"] })];
	const {
		terminalId: _,
		trace: __,
		batch: ___,
		...bill
	} = row("acquirer", {
		reference: "4200001234",
		references: ["ORD-7"],
	});
	t.deepEqual(run({ terminal, acquirer: [bill] }), { differences: [], passes: ["order"] });
});

test("references are rewritten before anything is compared", (t) => {
	const acquirer = [row("acquirer", { reference: "RRN/000000000001", trace: 9 })];
	const rewrites = [
		{ name: "prefix", leg: "acquirer", pattern: "^RRN/", replace: "", why } as const,
	];
	t.deepEqual(run({ terminal: [row("terminal")], acquirer }, { rewrites }).passes, ["exact"]);
	t.is(run({ terminal: [row("terminal")], acquirer }).differences.length, 2);
});

test("orders of the shop are compared with the terminal, cash sales are not asked for", (t) => {
	const order = (name: string, amountMinor = 1000) => {
		const {
			terminalId: _,
			trace: __,
			batch: ___,
			...own
		} = row("shop", { reference: name, amountMinor });
		return own;
	};
	const paid = (name: string) =>
		row("terminal", { reference: `R${name}`, references: [name], trace: Number(name) });
	const counter = row("terminal", { reference: "R9", trace: 9 });
	const compare = (shop: ReturnType<typeof order>[]) =>
		run({ terminal: [paid("1"), paid("2"), counter], shop }).differences.sort();
	t.deepEqual(compare([order("1"), order("2")]), []);
	t.deepEqual(compare([order("1"), order("3")]), [
		"missing-in-shop shop",
		"missing-on-terminal terminal",
	]);
	t.deepEqual(compare([order("1"), order("2", 900)]), ["amount shop"]);
});

const seen = { lastFour: "4242", at: 1_795_000_000 };

test("what lost its reference is found by amount, card and time, and the score says why", (t) => {
	const terminal = [row("terminal", { ...seen, reference: "", trace: 5 })];
	const acquirer = [row("acquirer", { ...seen, at: seen.at + 60, trace: 6 })];
	const { matches, differences } = matchLegs({ terminal, acquirer });
	t.deepEqual(differences, []);
	t.like(matches[0], { pass: "near", score: 86 });
	t.deepEqual(matches[0]?.points, ["60 s apart (-4)", "same lastFour", "trace 5 and 6 (-10)"]);
});

test("two rows that fit as well are left to people, with both candidates", (t) => {
	const terminal = [row("terminal", { ...seen, reference: "", trace: 5 })];
	const acquirer = [-30, 30].map((off, index) =>
		row("acquirer", { ...seen, at: seen.at + off, reference: `X${index}`, trace: 70 + index }),
	);
	const { candidates, differences } = matchLegs({ terminal, acquirer });
	t.deepEqual(
		candidates.map(({ leftOut }) => leftOut),
		["not-the-only-one", "not-the-only-one"],
	);
	t.is(differences.length, 3);
});

const decision = (type: ManualDecision["type"], rows: readonly string[], number = 1) => ({
	number,
	type,
	rows,
	by: "Li Wei",
	why: "slip seen",
	atS: 1,
});

test("what a person joined is matched, and what is parted again is not", (t) => {
	const input = {
		terminal: [row("terminal", { reference: "A", trace: 1 })],
		acquirer: [row("acquirer", { reference: "B", trace: 2, amountMinor: 1500 })],
	};
	const names = [...input.terminal, ...input.acquirer].map(rowName);
	t.is(matchLegs(input).differences.length, 2);
	const joined = matchLegs(input, { manual: [decision("match", names)] });
	t.deepEqual(joined.differences, []);
	t.like(joined.matches[0], {
		pass: "manual",
		why: "Li Wei decided that these are one transaction: slip seen",
	});
	const parted = matchLegs(input, {
		manual: [decision("match", names), decision("unmatch", names, 2)],
	});
	t.is(parted.differences.length, 2);
});

test("what a person parted no rule brings together", (t) => {
	const input = { terminal: [row("terminal")], acquirer: [row("acquirer")] };
	const names = [...input.terminal, ...input.acquirer].map(rowName);
	const { differences } = matchLegs(input, { manual: [decision("unmatch", names)] });
	t.deepEqual(differences.map(({ reason }) => reason).sort(), [
		"missing-at-acquirer",
		"missing-on-terminal",
	]);
});

test("a holiday and a worked weekend move the end of waiting", (t) => {
	const isBankDay = bankDays({
		closedWeekdays: ["saturday", "sunday"],
		closed: [2026_11_19],
		open: [2026_11_21],
	});
	t.is(addBankDays(2026_11_18, 1, isBankDay), 2026_11_20);
	t.is(addBankDays(2026_11_18, 2, isBankDay), 2026_11_21);
	t.is(addBankDays(2026_11_18, 3, isBankDay), 2026_11_23);
});

test("one payout may cover a weekend", (t) => {
	const days = [2026_11_20, 2026_11_21, 2026_11_22];
	const books = days.flatMap((businessDate, index) =>
		(["terminal", "acquirer"] as const).map((leg) =>
			row(leg, { businessDate, batch: index + 1, reference: `W${index}`, trace: index }),
		),
	);
	const line = row("bank", { reference: "P", amountMinor: 3000, businessDate: 2026_11_23 });
	const input = {
		terminal: books.filter(({ leg }) => leg === "terminal"),
		acquirer: books.filter(({ leg }) => leg === "acquirer"),
		bank: [line],
	};
	t.deepEqual(run(input).differences, []);
	t.true(run(input).passes.includes("day-amount"));
});

test("the same books give the same result in any order", (t) => {
	const terminal = [...sales("terminal", 12), ...sales("terminal", 3)];
	const acquirer = [...sales("acquirer", 9), ...sales("acquirer", 4, { amountMinor: 55 })];
	const bank = sales("bank", 11);
	const once = matchLegs({ terminal, acquirer, bank });
	fc.assert(
		fc.property(
			fc.shuffledSubarray(terminal, { minLength: terminal.length }),
			fc.shuffledSubarray(acquirer, { minLength: acquirer.length }),
			fc.shuffledSubarray(bank, { minLength: bank.length }),
			(...[a, b, c]) => {
				const again = matchLegs({ terminal: a, acquirer: b, bank: c });
				t.deepEqual(again.differences, once.differences);
				const told = ({ matches }: typeof once) =>
					matches.map(({ rows, pass }) => `${pass} ${rows.map(rowName).join(" ")}`).sort();
				t.deepEqual(told(again), told(once));
			},
		),
		{ numRuns: 40 },
	);
});
