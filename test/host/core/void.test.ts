import test from "ava";
import { matchLegs } from "../../../host/core/match.ts";
import { row } from "../money-row.ts";

const taken = { kind: "void", amountMinor: -1000 } as const;
const reasons = (input: Parameters<typeof matchLegs>[0]) =>
	matchLegs(input).differences.map(({ reason, leg }) => `${reason} ${leg}`);
const voided = [row("terminal"), row("terminal", taken)];

test("a sale voided on the same day may be absent at the acquirer", (t) => {
	t.deepEqual(reasons({ terminal: voided, acquirer: [], bank: [] }), []);
});

test("a voided sale may be two rows, or one row that says voided", (t) => {
	const two = [row("acquirer"), row("acquirer", taken)];
	t.deepEqual(reasons({ terminal: voided, acquirer: two, bank: [] }), []);
	t.deepEqual(reasons({ terminal: voided, acquirer: [row("acquirer", { status: "voided" })] }), []);
});

test("a voided sale that the acquirer cleared is a difference of status", (t) => {
	t.deepEqual(reasons({ terminal: voided, acquirer: [row("acquirer")] }), ["status acquirer"]);
});

test("a sale that only the acquirer has as reversed is a difference of status", (t) => {
	const reversed = [row("acquirer"), row("acquirer", { ...taken, kind: "reversal" })];
	t.deepEqual(reasons({ terminal: [row("terminal")], acquirer: reversed }), ["status acquirer"]);
});

test("a void of the day after is a movement of its own", (t) => {
	const later = { ...taken, businessDate: 2026_11_17 };
	const terminal = [row("terminal"), row("terminal", later)];
	t.deepEqual(reasons({ terminal, acquirer: [row("acquirer"), row("acquirer", later)] }), []);
	t.deepEqual(reasons({ terminal, acquirer: [row("acquirer")] }), ["missing-at-acquirer acquirer"]);
});

test("the bank may show a voided sale as two lines that cancel each other, but not as one", (t) => {
	const credit = row("bank");
	const debit = row("bank", { kind: "debit", amountMinor: -1000 });
	t.deepEqual(reasons({ terminal: voided, acquirer: [], bank: [credit, debit] }), []);
	t.deepEqual(reasons({ terminal: voided, acquirer: [], bank: [credit] }), ["status bank"]);
});
