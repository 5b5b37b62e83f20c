import test from "ava";
import fc from "fast-check";
import type { MoneyRow } from "../../../host/core/row.ts";
import { pairTwins, shareAccount } from "../../../host/core/twin.ts";
import { row as moneyRow } from "../money-row.ts";

const same = { isSameFormat: true };
const other = { isSameFormat: false };
const row = (changes: Partial<MoneyRow>) => moneyRow("bank", { reference: "", ...changes });
const said = (fresh: readonly MoneyRow[], known: readonly MoneyRow[], context = same) =>
	pairTwins(fresh, known, context).map(
		({ fresh: one, known: two, certainty }) => `${one}=${two} ${certainty}`,
	);

test("rows are the same by reference, by a further one that the other begins with, by time or trace", (t) => {
	t.deepEqual(said([row({ reference: "A" })], [row({ reference: "A" })]), ["0=0 same"]);
	const long = row({ reference: "A", references: ["B", "BATCH"] });
	t.deepEqual(said([row({ reference: "B" })], [long], other), ["0=0 same"]);
	t.deepEqual(said([row({ at: 100 })], [row({ at: 99 }), row({ at: 100 })]), ["0=1 same"]);
	t.deepEqual(said([row({ trace: 7 })], [row({ trace: 7, text: "x" })]), ["0=0 same"]);
});

test("two payments of one batch are not the same", (t) => {
	const first = row({ reference: "A", references: ["BATCH"] });
	t.deepEqual(said([row({ reference: "B", references: ["BATCH"] })], [first]), []);
});

test("what both say and only one can be right about keeps rows apart", (t) => {
	const known = row({ reference: "A", terminalId: "t1", lastFour: "1234", at: 100, batch: 3 });
	for (const changes of [{ terminalId: "t2" }, { lastFour: "9999" }, { at: 101 }, { batch: 4 }]) {
		t.deepEqual(said([{ ...known, ...changes }], [known]), []);
	}
	// Another format may date the time otherwise and count batches by itself.
	t.deepEqual(said([{ ...known, at: 101, batch: 4 }], [known], other), ["0=0 same"]);
	t.deepEqual(said([{ ...known, status: "declined" }], [known]), []);
	t.deepEqual(said([{ ...known, status: "pending" }], [known]), ["0=0 same"]);
});

test("without a tie rows are alike when they read alike", (t) => {
	t.deepEqual(said([row({ text: "fee" })], [row({ text: "fee" })]), ["0=0 alike"]);
	t.deepEqual(said([row({ text: "fee" })], [row({ text: "rent" })]), []);
	t.deepEqual(said([row({ text: "fee" })], [row({ text: "FEE 11" })], other), ["0=0 alike"]);
	t.deepEqual(said([row({ reference: "A" })], [row({ reference: "B" })], other), []);
});

test("rows are paired one to one, however often they come", (t) => {
	const rows = fc.array(
		fc.record({ reference: fc.constantFrom("", "A", "B"), text: fc.constantFrom("x", "y") }),
		{ maxLength: 12 },
	);
	fc.assert(
		fc.property(rows, rows, (fresh, known) => {
			const pairs = pairTwins(fresh.map(row), known.map(row), same);
			t.is(new Set(pairs.map((pair) => pair.fresh)).size, pairs.length);
			t.is(new Set(pairs.map((pair) => pair.known)).size, pairs.length);
			for (const key of ["A x", "A y", "B x", "B y", " x", " y"]) {
				const count = (list: typeof fresh) =>
					list.filter(({ reference, text }) => `${reference} ${text}` === key).length;
				const found = pairs.filter(({ fresh: at }) => {
					const one = fresh[at];
					return `${one?.reference} ${one?.text}` === key;
				}).length;
				t.true(found >= 0 && found <= count(fresh));
			}
			const twice = pairTwins(fresh.map(row), fresh.map(row), same);
			t.is(twice.length, fresh.length, "a file is whole in itself");
		}),
		{ numRuns: 300 },
	);
});

test("an account is the same in the ways in which formats write it", (t) => {
	t.true(shareAccount(["20041133/0123456"], ["DE00200411330000123456"]));
	t.true(shareAccount(["NL08 INGB 0000 0055 55"], ["NL08INGB0000005555"]));
	t.true(
		shareAccount(["0000005555EUR"], ["NL08INGB0000005555"]) === false,
		"four digits prove nothing",
	);
	t.true(shareAccount(["123456789EUR"], ["NL08INGB0123456789"]));
	t.false(shareAccount(["DE00200411330000123456"], ["DE00200411330000123457"]));
	t.true(shareAccount([], ["X"]));
});
