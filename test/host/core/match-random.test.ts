import { DatabaseSync } from "node:sqlite";
import test from "ava";
import fc from "fast-check";
import { defaultRules } from "../../../host/core/default-rules.ts";
import type { Difference } from "../../../host/core/difference.ts";
import { matchLegs } from "../../../host/core/match.ts";
import type { Leg, MoneyRow } from "../../../host/core/row.ts";
import { type Planted, perturb } from "../../../host/replay/perturb.ts";
import { row } from "../money-row.ts";

/** The same question asked in SQL: how often each key and each amount stands in either book. */
const oracle = `
	WITH both AS (
		SELECT terminal, reference, amount, 1 AS t, 0 AS a FROM book WHERE leg = 'terminal'
		UNION ALL
		SELECT terminal, reference, amount, 0, 1 FROM book WHERE leg = 'acquirer'
	), amounts AS (
		SELECT terminal, reference, amount, SUM(t) AS t, SUM(a) AS a FROM both GROUP BY 1, 2, 3
	), keys AS (
		SELECT terminal, reference, SUM(t) AS t, SUM(a) AS a, SUM(MIN(t, a)) AS equal
		FROM amounts GROUP BY 1, 2 HAVING SUM(t) <> SUM(a) OR SUM(t) <> SUM(MIN(t, a))
	)
	SELECT terminal, reference, 'amount acquirer' AS reason, MIN(t, a) - equal AS times FROM keys
	UNION ALL SELECT terminal, reference, 'missing-at-acquirer acquirer', a = 0 AND t > 0 FROM keys
	UNION ALL SELECT terminal, reference, 'missing-on-terminal terminal', t = 0 AND a > 0 FROM keys
	UNION ALL SELECT terminal, reference, 'duplicate terminal', MAX(0, t - MAX(a, 1)) FROM keys
	UNION ALL SELECT terminal, reference, 'duplicate acquirer', MAX(0, a - MAX(t, 1)) FROM keys
	ORDER BY 1, 2, 3`;

function askOracle(rows: readonly MoneyRow[]): string[] {
	const database = new DatabaseSync(":memory:");
	database.exec("CREATE TABLE book (leg, terminal, reference, amount)");
	const insert = database.prepare("INSERT INTO book VALUES (?, ?, ?, ?)");
	for (const { leg, terminalId = "", reference, amountMinor } of rows) {
		insert.run(leg, terminalId, reference, amountMinor);
	}
	const found = database.prepare(oracle).all();
	database.close();
	return found
		.flatMap(({ terminal, reference, reason, times }) =>
			new Array<string>(Number(times)).fill(`${terminal} ${reference} ${reason}`),
		)
		.sort();
}

function text({ terminalId, reference, reason, leg }: Difference): string {
	return `${terminalId} ${reference} ${reason} ${leg}`;
}

const book = (leg: Leg) =>
	fc.array(
		fc
			.tuple(fc.constantFrom("a", "b"), fc.nat(4), fc.constantFrom(100, 200, 300))
			.map(([terminal, place, amountMinor]): MoneyRow => {
				const { trace: _, ...rest } = row(leg, { terminalId: `shop-${terminal}` });
				return { ...rest, reference: `${terminal}${place}`, amountMinor };
			}),
		{ maxLength: 30 },
	);

/** The query does not sum rows up. */
const rules = {
	...defaultRules,
	passes: defaultRules.passes.filter(({ shape }) => shape === "one-to-one"),
};

test("any two books: the matcher and the query find the same differences", (t) => {
	fc.assert(
		fc.property(book("terminal"), book("acquirer"), (terminal, acquirer) => {
			const found = matchLegs({ terminal, acquirer }, { rules }).differences.map(text).sort();
			t.deepEqual(found, askOracle([...terminal, ...acquirer]));
		}),
		{ numRuns: 300 },
	);
});

/** A day of several terminals, without faults; some sales voided, which the acquirer shows or leaves out. */
interface Day {
	readonly terminal: MoneyRow[];
	readonly acquirer: MoneyRow[];
	readonly bank: MoneyRow[];
}

function makeDay(amounts: readonly number[], voids: readonly number[], inBatches: boolean): Day {
	const day: Day = { terminal: [], acquirer: [], bank: [] };
	const sums = new Map<string, number>();
	for (const [index, amountMinor] of amounts.entries()) {
		const terminalId = `shop-0${index % 3}`;
		const own = {
			amountMinor,
			terminalId,
			trace: index,
			reference: `R${String(index).padStart(6, "0")}`,
		};
		const taken = { ...own, kind: "void", amountMinor: -amountMinor } as const;
		const voided = voids[index % voids.length] ?? 0;
		day.terminal.push(row("terminal", own));
		if (voided === 1 || voided === 2) day.terminal.push(row("terminal", taken));
		if (voided !== 2) day.acquirer.push(row("acquirer", own));
		if (voided === 1) day.acquirer.push(row("acquirer", taken));
		if (voided === 1 || voided === 2) continue;
		sums.set(terminalId, (sums.get(terminalId) ?? 0) + amountMinor);
		if (!inBatches) day.bank.push(row("bank", { reference: own.reference, amountMinor }));
	}
	if (!inBatches) return day;
	for (const [terminalId, sum] of sums) {
		const feeMinor = Math.floor(sum / 200);
		const fee = { kind: "fee", amountMinor: -feeMinor, reference: "", terminalId } as const;
		day.acquirer.push(row("acquirer", fee));
		const reference = `P${terminalId}`;
		const named = `settlement of ${terminalId} batch 12`;
		day.bank.push(row("bank", { reference, text: named, amountMinor: sum - feeMinor }));
	}
	return day;
}

const missingAt = {
	terminal: "missing-on-terminal",
	acquirer: "missing-at-acquirer",
	bank: "missing-at-bank",
	shop: "missing-in-shop",
};

function expectedOf(leg: Leg, { action, row: { reference } }: Planted): string {
	if (action === "removed") return `${reference} ${missingAt[leg]} ${leg}`;
	if (action === "doubled") return `${reference} duplicate ${leg}`;
	// A change is always between two books; between terminal and acquirer it is put at the acquirer.
	return `${reference} amount ${leg === "bank" ? "bank" : "acquirer"}`;
}

for (const leg of ["terminal", "acquirer", "bank"] as const) {
	for (const inBatches of [false, true]) {
		if (leg === "bank" && inBatches) continue;
		test(`exactly what was planted in the ${leg} leg comes out, paid ${inBatches ? "in batches" : "sale by sale"}`, (t) => {
			fc.assert(
				fc.property(
					fc.array(fc.integer({ min: 20_000, max: 999_999 }), { minLength: 30, maxLength: 60 }),
					fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 7, maxLength: 7 }),
					fc.nat(),
					fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2)),
					(amounts, voids, seed, [remove, double, change]) => {
						fc.pre(voids.filter((kind) => kind !== 1 && kind !== 2).length >= 3);
						const day = makeDay(amounts, voids, inBatches);
						t.deepEqual(matchLegs(day).differences, []);
						const { rows, planted } = perturb(day[leg], { seed, remove, double, change });
						const found = matchLegs({ ...day, [leg]: rows }).differences;
						// A small change may be a fee that nobody stated; the rule is tested with the payouts.
						const names = found.map(
							({ reference, reason, leg: at }) =>
								`${reference} ${reason === "fee" ? "amount" : reason} ${at}`,
						);
						const wanted = planted.map((one) => expectedOf(leg, one));
						t.deepEqual(names.sort(), wanted.sort());
						t.is(planted.length, remove + double + change);
					},
				),
				{ numRuns: 60 },
			);
		});
	}
}
