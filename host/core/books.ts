import { daysBetween } from "../../protocol/time.ts";
import { compareOperations, kindClass } from "./compare.ts";
import type { Decisions, Expected } from "./decision.ts";
import type { Operation } from "./operation.ts";
import { DATE_SHIFT_DAYS_MAX, type Pairing } from "./pairing.ts";
import { compareRows, type MoneyRow, moneyText } from "./row.ts";

/** Decides terminal against acquirer and hands on what the bank should have. */
export function matchBooks({ pairs, left, right }: Pairing, decisions: Decisions): Expected[] {
	const expected: Expected[] = [];
	const twins = new TwinIndex();
	for (const pair of pairs) {
		const { left: terminal, right: acquirer } = pair;
		decisions.matches.push({
			rows: [terminal.row, acquirer.row],
			pass: pair.pass,
			why: `${pair.why}; ${decidePair(terminal, acquirer, decisions)}`,
		});
		twins.add(terminal);
		twins.add(acquirer);
		expected.push({ terminal, acquirer, extra: false });
	}
	for (const terminal of sorted(left)) {
		const extra = decideLeftOver(terminal, "acquirer", twins, decisions);
		expected.push({ terminal, extra });
	}
	for (const acquirer of sorted(right)) {
		const extra = decideLeftOver(acquirer, "terminal", twins, decisions);
		expected.push({ acquirer, extra });
	}
	return expected;
}

function decidePair(terminal: Operation, acquirer: Operation, decisions: Decisions): string {
	const { reasons, atStakeMinor, why } = compareOperations(terminal, acquirer);
	const [reason, ...also] = reasons;
	if (reason !== undefined) {
		const [first, ...rest] = rowsOf(terminal);
		const rows = [first, ...rest, ...rowsOf(acquirer)] as const;
		decisions.findings.push({ reason, also, leg: "acquirer", atStakeMinor, why, rows });
	}
	return why;
}

/** Decides a row that has no counterpart in the other book; true when it is a second copy of another row. */
function decideLeftOver(
	operation: Operation,
	missingAt: "terminal" | "acquirer",
	twins: TwinIndex,
	decisions: Decisions,
): boolean {
	const { row, moves } = operation;
	const atStakeMinor = moves === "no" ? 0 : Math.abs(row.amountMinor);
	const rows = rowsOf(operation);
	if (twins.has(operation)) {
		const why = `the ${row.leg} has ${row.reference || `trace ${row.trace}`} more often than the ${missingAt}`;
		decisions.findings.push({ reason: "duplicate", leg: row.leg, atStakeMinor, why, rows });
		return true;
	}
	twins.add(operation);
	if (row.leg === "terminal" && moves === "no") {
		decisions.matches.push({ rows, pass: "none", why: absentWhy(operation) });
		return false;
	}
	const what = `${row.kind} of ${moneyText(row.amountMinor, row.currency)}`;
	if (row.leg === "terminal" && moves === "open") {
		const why = `the terminal does not know how its ${what} ended, and the acquirer has no such transaction`;
		decisions.missing(
			{ reason: "status", leg: "terminal", atStakeMinor, why, rows },
			row.businessDate,
		);
		return false;
	}
	const why = `no row of the ${missingAt} leg has the reference, nor the trace and amount, of this ${what}`;
	const reason = missingAt === "terminal" ? "missing-on-terminal" : "missing-at-acquirer";
	decisions.missing({ reason, leg: missingAt, atStakeMinor, why, rows }, row.businessDate);
	return false;
}

function absentWhy({ row, cancelledBy }: Operation): string {
	if (cancelledBy === undefined && row.status === "declined") {
		return "declined: no money moved, so the acquirer need not have it";
	}
	return "voided on the same business date: an acquirer may leave it out of its clearing file";
}

function rowsOf({ row, cancelledBy }: Operation): readonly [MoneyRow, ...MoneyRow[]] {
	return cancelledBy === undefined ? [row] : [row, cancelledBy];
}

function sorted(operations: readonly Operation[]): Operation[] {
	return [...operations].sort((a, b) => compareRows(a.row, b.row));
}

/** Rows already accounted for, so that a second copy of one is told from a row that stands for itself. */
class TwinIndex {
	readonly #rows = new Map<string, MoneyRow[]>();

	add({ row }: Operation): void {
		const key = twinKey(row);
		if (key === undefined) return;
		const rows = this.#rows.get(key);
		if (rows === undefined) this.#rows.set(key, [row]);
		else rows.push(row);
	}

	/** On the same date the key is enough; on another one amount and trace have to agree too. */
	has({ row }: Operation): boolean {
		const key = twinKey(row);
		const rows = key === undefined ? undefined : this.#rows.get(key);
		return rows?.some((other) => isTwin(row, other)) ?? false;
	}
}

function twinKey(row: MoneyRow): string | undefined {
	const name = row.reference || (row.trace === undefined ? "" : `trace:${row.trace}`);
	return name === "" ? undefined : `${row.terminalId ?? ""}|${kindClass(row.kind)}|${name}`;
}

function isTwin(row: MoneyRow, other: MoneyRow): boolean {
	if (row.businessDate === other.businessDate) return true;
	if (row.businessDate === undefined || other.businessDate === undefined) return true;
	return (
		row.amountMinor === other.amountMinor &&
		row.trace === other.trace &&
		Math.abs(daysBetween(row.businessDate, other.businessDate)) <= DATE_SHIFT_DAYS_MAX
	);
}
