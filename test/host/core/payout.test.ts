import test from "ava";
import { matchLegs } from "../../../host/core/match.ts";
import type { MoneyRow } from "../../../host/core/row.ts";
import { row, sales } from "../money-row.ts";

const terminal = sales("terminal", 3);
const fee = row("acquirer", {
	kind: "fee",
	amountMinor: -18,
	reference: "",
	source: { file: "a", line: 9 },
});
const acquirer = [...sales("acquirer", 3), fee];
const gross = 1000 + 1007 + 1014;

function payout(fields: Partial<MoneyRow>): MoneyRow {
	return row("bank", { reference: "E2E-1", amountMinor: gross - 18, ...fields });
}

function against(bank: MoneyRow[], more: Parameters<typeof matchLegs>[1] = {}) {
	const settlements = [{ id: "SETTLE-77", terminalId: "shop-01", batch: 12 }];
	const { differences, unrelated } = matchLegs({ terminal, acquirer, bank, settlements }, more);
	return {
		reasons: differences.map(({ reason, leg, atStakeMinor }) => `${reason} ${leg} ${atStakeMinor}`),
		unrelated: unrelated.length,
	};
}

test("one credit pays a batch that it names by terminal and batch number", (t) => {
	const named = payout({ text: "CARD SALES TERMINAL SHOP-01 BATCH 000012" });
	t.deepEqual(against([named]), { reasons: [], unrelated: 0 });
});

test("one credit pays a batch that it names by settlement id", (t) => {
	t.deepEqual(against([payout({ text: "Ref settle-77." })]), { reasons: [], unrelated: 0 });
});

test("one credit pays the batch whose net, gross or amount less a shown fee it equals", (t) => {
	t.deepEqual(against([payout({})]).reasons, []);
	t.deepEqual(against([payout({ amountMinor: gross })]).reasons, []);
	t.deepEqual(against([payout({ amountMinor: gross - 30, feeMinor: 30 })]).reasons, []);
});

test("one credit pays all batches of a day", (t) => {
	const other = { terminalId: "shop-02", batch: 4 };
	const { differences } = matchLegs({
		terminal: [...terminal, ...sales("terminal", 2, other)],
		acquirer: [...acquirer, ...sales("acquirer", 2, other)],
		bank: [payout({ amountMinor: gross - 18 + 2007 })],
	});
	t.deepEqual(differences, []);
});

test("two credits may pay one batch that both name", (t) => {
	const text = "shop-01 batch 12";
	const parts = [payout({ amountMinor: 2000, text }), payout({ amountMinor: gross - 2018, text })];
	t.deepEqual(against(parts).reasons, []);
});

test("a batch without a credit is missing at the bank once, with its net", (t) => {
	t.deepEqual(against([]).reasons, [`missing-at-bank bank ${gross - 18}`]);
});

test("a batch paid twice is a duplicate", (t) => {
	const text = "shop-01 batch 12";
	t.deepEqual(against([payout({ text }), payout({ text })]).reasons, [
		`duplicate bank ${gross - 18}`,
	]);
});

test("a batch paid a little short lacks a fee, and paid far off it has another amount", (t) => {
	const text = "shop-01 batch 12";
	t.deepEqual(against([payout({ text, amountMinor: gross - 40 })]).reasons, ["fee bank 22"]);
	t.deepEqual(against([payout({ text, amountMinor: gross + 500 })]).reasons, ["amount bank 518"]);
});

test("the landlord's debit is none of our business, unless it names a terminal", (t) => {
	const rent = row("bank", { reference: "RENT", kind: "debit", amountMinor: -90000 });
	t.deepEqual(against([payout({}), rent]), { reasons: [], unrelated: 1 });
	t.deepEqual(against([payout({}), { ...rent, text: "terminal shop-01" }]).reasons, [
		"missing-on-terminal terminal 90000",
	]);
});

test("what terminal and acquirer already disagree on is not found again at the bank", (t) => {
	const result = matchLegs({
		terminal,
		acquirer: acquirer.slice(1),
		bank: [payout({})],
	});
	t.deepEqual(
		result.differences.map(({ reason }) => reason),
		["missing-at-acquirer"],
	);
});

test("a batch number that came round again means the latest batch before the line", (t) => {
	const old = { businessDate: 2026_08_03, source: { file: "old", line: 1 } };
	const result = matchLegs({
		terminal: [row("terminal", { ...old, reference: "8" }), row("terminal")],
		acquirer: [row("acquirer", { ...old, reference: "8" }), row("acquirer")],
		bank: [
			row("bank", { reference: "p1", text: "shop-01 batch 12", businessDate: 2026_08_04 }),
			row("bank", { reference: "p2", text: "shop-01 batch 12", businessDate: 2026_11_17 }),
		],
	});
	t.deepEqual(result.differences, []);
});
