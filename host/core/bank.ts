import type { Decisions, Expected, MatchInput, MatchOptions } from "./decision.ts";
import type { Manual } from "./manual.ts";
import { makeNaming } from "./naming.ts";
import { matchPayouts } from "./payout.ts";
import { compareRows, type MoneyRow, moneyText } from "./row.ts";
import type { Rules } from "./rules.ts";
import { paySaleBySale } from "./sale-credit.ts";
import { batchKey, rowOf, rowsOf, settlementsOf } from "./settlement.ts";

/**
 * Compares the bank with what it should have paid. A bank pays a terminal sale by sale, with a reference on every
 * line, or batch by batch. Lines that carry the reference of a transaction are taken first; a terminal of which
 * one sale was found so is paid sale by sale, and what it lacks is missing sale by sale. All other transactions
 * are summed by batch and compared with the remaining lines.
 *
 * Lines that no rule explains are a difference when they name one of our terminals or the caller's rule says so;
 * everything else on a bank account is none of our business.
 */
export function matchBank(
	expected: readonly Expected[],
	input: MatchInput,
	options: MatchOptions & { readonly rules: Rules },
	manual: Manual,
	decisions: Decisions,
): void {
	const required = requirement(input.acquirer !== undefined);
	const lines = (input.bank ?? []).filter((row) => row.status !== "declined").sort(compareRows);
	const mode = options.bankMode;
	const { paid, rest } =
		mode === "batch"
			? { paid: new Set<Expected>(), rest: lines }
			: paySaleBySale(expected, lines, { required, rules: options.rules, manual }, decisions);
	const open = expected.filter((item) => !paid.has(item));
	const bySale = paidBySale(paid, open.filter(required));
	const inBatches = open.filter((item) => {
		const row = rowOf(item);
		return mode !== "sale" && !bySale.has(row.terminalId) && batchKey(row) !== undefined;
	});
	const batched = new Set(inBatches);
	for (const item of open) {
		if (!batched.has(item) && required(item)) missSale(item, decisions);
	}
	const fees = (input.acquirer ?? []).filter((row) => row.kind === "fee");
	const settlements = settlementsOf(inBatches, fees, required, input.agreed);
	const terminals = terminalsOf(expected, input.agreed);
	const naming = makeNaming(terminals, settlements, input.settlements ?? []);
	const unexplained = matchPayouts(
		settlements,
		rest,
		{ naming, rules: options.rules.bank, manual },
		decisions,
	);
	for (const row of unexplained) {
		const ours = naming.terminalOf(row) !== undefined || (options.isCardMoney?.(row) ?? false);
		if (ours) missBooks(row, input.terminal !== undefined, decisions);
		else decisions.unrelated.push(row);
	}
}

/** Of the sales of a terminal the share, in percent, that a bank must have paid one by one to be paying it so. */
const SALE_PERCENT_MIN = 10;

/** Terminals that the bank pays sale by sale; a sale that strayed to another terminal does not make it one. */
function paidBySale(
	paid: ReadonlySet<Expected>,
	open: readonly Expected[],
): ReadonlySet<string | undefined> {
	const counts = new Map<string | undefined, { paid: number; all: number }>();
	const count = (item: Expected, isPaid: number) => {
		const { terminalId } = rowOf(item);
		const { paid: before = 0, all = 0 } = counts.get(terminalId) ?? {};
		counts.set(terminalId, { paid: before + isPaid, all: all + 1 });
	};
	for (const item of paid) count(item, 1);
	for (const item of open) count(item, 0);
	const terminals = new Set<string | undefined>();
	for (const [terminal, { paid: single, all }] of counts) {
		if (single * 100 >= all * SALE_PERCENT_MIN && single > 0) terminals.add(terminal);
	}
	return terminals;
}

/** The bank must have what moved money in the acquirer's book, or in the terminal's when that is all there is. */
function requirement(hasAcquirer: boolean): (item: Expected) => boolean {
	return (item) => {
		if (item.extra) return false;
		const operation = hasAcquirer ? item.acquirer : item.terminal;
		return operation?.moves === "yes" && operation.row.amountMinor !== 0;
	};
}

function terminalsOf(
	expected: readonly Expected[],
	agreed: MatchInput["agreed"],
): ReadonlySet<string> {
	const terminals = new Set([...(agreed?.values() ?? [])].map(({ terminalId }) => terminalId));
	for (const item of expected) {
		const { terminalId } = rowOf(item);
		if (terminalId !== undefined) terminals.add(terminalId);
	}
	return terminals;
}

function missSale(item: Expected, decisions: Decisions): void {
	const row = rowOf(item);
	const why = `no bank line has the reference of this ${row.kind} of ${moneyText(row.amountMinor, row.currency)}`;
	const atStakeMinor = Math.abs(row.amountMinor);
	decisions.missing(
		{ reason: "missing-at-bank", leg: "bank", atStakeMinor, why, rows: rowsOf(item) },
		row.businessDate,
	);
}

function missBooks(row: MoneyRow, hasTerminal: boolean, decisions: Decisions): void {
	const leg = hasTerminal ? "terminal" : "acquirer";
	const reason = hasTerminal ? "missing-on-terminal" : "missing-at-acquirer";
	const why = `the bank has ${moneyText(row.amountMinor, row.currency)} that no transaction or batch explains`;
	const atStakeMinor = Math.abs(row.amountMinor);
	decisions.missing({ reason, leg, atStakeMinor, why, rows: [row] }, row.businessDate);
}
