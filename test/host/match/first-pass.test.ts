import test from "ava";
import fc from "fast-check";
import type { MatchInput, MatchResult } from "../../../host/core/decision.ts";
import { matchLegs } from "../../../host/core/match.ts";
import type { Leg, MoneyRow } from "../../../host/core/row.ts";
import { firstPass } from "../../../host/match/first-pass.ts";
import { row } from "../money-row.ts";

/** What a comparison says, without the rows that only show it. */
function told({ differences, waiting, unrelated }: MatchResult) {
	return {
		differences: differences.map(
			({ id, also, atStakeMinor, why }) => `${id} ${also.join()} ${atStakeMinor} ${why}`,
		),
		waiting: waiting.reduce((sum, { others }) => sum + 1 + others, 0),
		unrelated: unrelated.length,
	};
}

async function inTwoSteps(
	input: Required<Pick<MatchInput, "terminal" | "acquirer" | "bank">>,
	asOf: number,
) {
	const { terminal, acquirer, bank } = input;
	const { input: left, agreedByDate } = await firstPass({
		terminal: () => stream(terminal),
		acquirer: () => stream(acquirer),
		bankReferences: new Set(bank.map(({ reference }) => reference)),
		hold: () => false,
		memoryBytes: 1_000,
	});
	const pairs = [...agreedByDate.values()].reduce((sum, count) => sum + count, 0);
	return { result: matchLegs({ ...left, bank }, { asOf }), pairs, held: left.terminal.length };
}

async function* stream(rows: readonly MoneyRow[]) {
	yield* rows;
}

const money = fc.constantFrom(1_000, 2_000, 3_000);

const book = (leg: Leg) =>
	fc.array(
		fc
			.record({
				shop: fc.constantFrom("a", "b"),
				place: fc.nat(9),
				amountMinor: money,
				day: fc.constantFrom(16, 17),
				odd: fc.nat(12),
			})
			.map(({ shop, place, amountMinor, day, odd }): MoneyRow => {
				const own = {
					terminalId: `shop-${shop}`,
					reference: odd === 1 ? "" : `${shop}${place}`,
					trace: place,
					batch: day,
					amountMinor,
					businessDate: 2026_11_00 + day,
				};
				if (odd === 2) return row(leg, { ...own, kind: "void", amountMinor: -amountMinor });
				if (odd === 3) return row(leg, { ...own, status: "declined" });
				if (odd === 4) return row(leg, { ...own, kind: "refund", amountMinor: -amountMinor });
				return row(leg, own);
			}),
		{ maxLength: 40 },
	);

const bankLines = fc.array(
	fc
		.record({ place: fc.nat(9), amountMinor: money, type: fc.nat(3) })
		.map(({ place, amountMinor, type }) => {
			if (type === 0) return row("bank", { reference: `a${place}`, amountMinor });
			if (type === 1)
				return row("bank", { reference: `P${place}`, text: "shop-b batch 16", amountMinor });
			return row("bank", { reference: `Q${place}`, amountMinor: amountMinor * 3 });
		}),
	{ maxLength: 8 },
);

/** Many of the rows are the same in both books, as they are in life. */
const books = fc
	.record({
		shared: book("terminal"),
		terminal: book("terminal"),
		acquirer: book("acquirer"),
		bank: bankLines,
	})
	.map(({ shared, terminal, acquirer, bank }) => ({
		terminal: numbered([...shared, ...terminal.slice(0, 6)]),
		acquirer: numbered([
			...shared.map((one) => ({ ...one, leg: "acquirer" as const })),
			...acquirer.slice(0, 6),
		]),
		bank: numbered(bank),
	}));

function numbered(rows: readonly MoneyRow[]): MoneyRow[] {
	return rows.map((one, index) => ({ ...one, source: { file: one.leg, line: index + 1 } }));
}

test("any books: what agrees is taken out first, and the rules decide as they would over all rows", async (t) => {
	let taken = 0;
	await fc.assert(
		fc.asyncProperty(books, fc.constantFrom(2026_11_18, 2026_12_31), async (input, asOf) => {
			const { result, pairs } = await inTwoSteps(input, asOf);
			taken += pairs;
			t.deepEqual(told(result), told(matchLegs(input, { asOf })));
		}),
		{ numRuns: 400 },
	);
	t.true(taken > 500, `${taken} pairs were taken out`);
});

test("books that agree leave nothing for the rules", async (t) => {
	const terminal = numbered(
		Array.from({ length: 5_000 }, (_, index) => row("terminal", { reference: `R${index}` })),
	);
	const acquirer = terminal.map((one) => ({ ...one, leg: "acquirer" as const }));
	const { result, pairs, held } = await inTwoSteps({ terminal, acquirer, bank: [] }, 2026_12_31);
	t.is(pairs, 5_000);
	t.is(held, 0);
	t.deepEqual(
		result.differences.map(({ reason, batch, atStakeMinor }) => ({ reason, batch, atStakeMinor })),
		[{ reason: "missing-at-bank", batch: 12, atStakeMinor: 5_000_000 }],
	);
});

test("books that change while they are read are refused", async (t) => {
	let line = 1;
	const changing = async function* () {
		line += 1;
		yield row("terminal", { source: { file: "t", line } });
	};
	const options = { bankReferences: new Set<string>(), hold: () => false };
	await t.throwsAsync(firstPass({ ...options, terminal: changing, acquirer: changing }), {
		code: "REFUSED",
		message: /went on changing/,
	});
});
