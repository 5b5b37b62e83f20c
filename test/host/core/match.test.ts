import test from "ava";
import type { Difference } from "../../../host/core/difference.ts";
import { matchLegs } from "../../../host/core/match.ts";
import { row, sales } from "../money-row.ts";

const short = ({ reason, leg, atStakeMinor }: Difference) => `${reason} ${leg} ${atStakeMinor}`;

test("three books that agree have no difference", (t) => {
	const result = matchLegs({
		terminal: sales("terminal", 5),
		acquirer: sales("acquirer", 5),
		bank: sales("bank", 5),
	});
	t.deepEqual(result.differences, []);
	t.is(result.matches.length, 10);
});

test("a sale that only the terminal has is missing at the acquirer", (t) => {
	const { differences } = matchLegs({ terminal: [row("terminal")], acquirer: [] });
	t.deepEqual(differences.map(short), ["missing-at-acquirer acquirer 1000"]);
	t.is(differences[0]?.evidence[0]?.file, "terminal.csv");
});

test("a sale that only the acquirer has is missing on the terminal", (t) => {
	const { differences } = matchLegs({ terminal: [], acquirer: [row("acquirer")] });
	t.deepEqual(differences.map(short), ["missing-on-terminal terminal 1000"]);
});

test("a book that is not given lacks nothing", (t) => {
	t.deepEqual(matchLegs({ terminal: [row("terminal")] }).differences, []);
});

test("other amounts, currencies and outcomes are told apart", (t) => {
	const against = (fields: Parameters<typeof row>[1]) =>
		matchLegs({ terminal: [row("terminal")], acquirer: [row("acquirer", fields)] }).differences;
	t.deepEqual(against({ amountMinor: 900 }).map(short), ["amount acquirer 100"]);
	t.deepEqual(against({ currency: "USD" }).map(short), ["currency acquirer 1000"]);
	t.deepEqual(against({ status: "declined" }).map(short), ["status acquirer 1000"]);
	t.deepEqual(against({ kind: "refund", amountMinor: -1000 }).map(short), ["amount acquirer 2000"]);
});

test("a second copy is a duplicate of the leg that has it", (t) => {
	const copy = row("acquirer", { source: { file: "acquirer.csv", line: 9 } });
	const { differences } = matchLegs({
		terminal: [row("terminal")],
		acquirer: [row("acquirer"), copy],
	});
	t.deepEqual(differences.map(short), ["duplicate acquirer 1000"]);
});

test("the same number of equal rows on both sides is no duplicate", (t) => {
	const terminal = [row("terminal"), row("terminal", { source: { file: "t", line: 3 } })];
	const acquirer = [row("acquirer"), row("acquirer", { source: { file: "a", line: 3 } })];
	t.deepEqual(matchLegs({ terminal, acquirer }).differences, []);
});

test("a copy that was cleared a day later is a duplicate and not a missing sale", (t) => {
	const late = row("acquirer", { businessDate: 2026_11_17 });
	const { differences } = matchLegs({
		terminal: [row("terminal")],
		acquirer: [row("acquirer"), late],
	});
	t.deepEqual(differences.map(short), ["duplicate acquirer 1000"]);
});

test("a sale that was cleared under a later date is late, with no money at stake", (t) => {
	const { differences } = matchLegs({
		terminal: [row("terminal")],
		acquirer: [row("acquirer", { businessDate: 2026_11_18 })],
	});
	t.deepEqual(differences.map(short), ["late acquirer 0"]);
	t.is(differences[0]?.why, "business date 20261116 became 20261118");
});

test("a sale found by trace and amount has another reference", (t) => {
	const { differences } = matchLegs({
		terminal: [row("terminal")],
		acquirer: [row("acquirer", { reference: "X9" })],
	});
	t.deepEqual(differences.map(short), ["reference acquirer 0"]);
});

test("a sale under another terminal id is recognised", (t) => {
	const { differences } = matchLegs({
		terminal: [row("terminal")],
		acquirer: [row("acquirer", { terminalId: "shop-99" })],
	});
	t.deepEqual(differences.map(short), ["terminal acquirer 0"]);
});

test("an unknown outcome that the acquirer approved is a status to put right", (t) => {
	const unknown = row("terminal", { status: "unknown", reference: "" });
	const { differences } = matchLegs({ terminal: [unknown], acquirer: [row("acquirer")] });
	t.deepEqual(differences.map(short), ["status acquirer 1000"]);
});

test("an unknown outcome that the acquirer declined is answered", (t) => {
	const unknown = row("terminal", { status: "unknown" });
	const { differences, matches } = matchLegs({
		terminal: [unknown],
		acquirer: [row("acquirer", { status: "declined" })],
	});
	t.deepEqual(differences, []);
	t.regex(matches[0]?.why ?? "", /answers the open outcome/);
});

test("a declined sale needs no counterpart", (t) => {
	const declined = row("terminal", { status: "declined" });
	t.deepEqual(matchLegs({ terminal: [declined], acquirer: [] }).differences, []);
});

test("what is young waits for three bank days and is missing afterwards", (t) => {
	const books = { terminal: [row("terminal", { businessDate: 2026_11_19 })], acquirer: [] };
	const thursdayPlusThree = 2026_11_24;
	const waiting = matchLegs(books, { asOf: thursdayPlusThree });
	t.deepEqual(waiting.differences, []);
	t.is(waiting.waiting[0]?.until, thursdayPlusThree);
	t.deepEqual(matchLegs(books, { asOf: 2026_11_25 }).differences.map(short), [
		"missing-at-acquirer acquirer 1000",
	]);
});

test("ids do not depend on the order of the rows", (t) => {
	const terminal = sales("terminal", 6);
	const acquirer = [...sales("acquirer", 3), ...sales("acquirer", 3)];
	const once = matchLegs({ terminal, acquirer }).differences;
	const again = matchLegs({
		terminal: terminal.toReversed(),
		acquirer: acquirer.toReversed(),
	}).differences;
	t.deepEqual(once, again);
	t.is(new Set(once.map(({ id }) => id)).size, once.length);
	t.is(once[0]?.id, "shop-01~20261116~000000000001~duplicate~acquirer");
});
