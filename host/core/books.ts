import { daysBetween } from "../../protocol/time.ts";
import { compareOperations, kindClass } from "./compare.ts";
import type { Decisions, Expected } from "./decision.ts";
import { DATE_SHIFT_DAYS_MAX } from "./default-rules.ts";
import type { DifferenceReason } from "./difference.ts";
import type { Manual } from "./manual.ts";
import type { Operation } from "./operation.ts";
import type { Pairing } from "./pairing.ts";
import type { Found } from "./pass.ts";
import { addMinor, compareRows, type Leg, type MoneyRow, moneyText } from "./row.ts";
import type { AcceptRule } from "./rules.ts";

/** Decides terminal against acquirer and hands on what the bank should have. */
export function matchBooks(
	pairing: Pairing,
	accepts: readonly AcceptRule[],
	manual: Manual,
	decisions: Decisions,
): Expected[] {
	const expected = pairing.found.flatMap((found) => decideFound(found, accepts, decisions));
	const twins = twinsOf(pairing, manual);
	for (const terminal of sorted(pairing.left)) {
		const extra = decideLeftOver(terminal, "acquirer", twins, decisions);
		expected.push({ terminal, extra });
	}
	for (const acquirer of sorted(pairing.right)) {
		const extra = decideLeftOver(acquirer, "terminal", twins, decisions);
		expected.push({ acquirer, extra });
	}
	decisions.candidates.push(...pairing.candidates);
	return expected;
}

/**
 * Decides terminal against the shop's orders. Only what has an order number on the terminal must be an order; the
 * bank is not asked about orders.
 */
export function matchShop(
	pairing: Pairing,
	accepts: readonly AcceptRule[],
	manual: Manual,
	decisions: Decisions,
): void {
	for (const found of pairing.found) decideFound(found, accepts, decisions);
	const twins = twinsOf(pairing, manual);
	for (const terminal of sorted(pairing.left)) {
		const isOrder = (terminal.row.references ?? []).length > 0 && terminal.moves === "yes";
		if (isOrder) decideLeftOver(terminal, "shop", twins, decisions);
	}
	for (const order of sorted(pairing.right)) {
		if (order.moves !== "no") decideLeftOver(order, "terminal", twins, decisions);
	}
	decisions.candidates.push(...pairing.candidates);
}

function twinsOf({ found }: Pairing, manual: Manual): TwinIndex {
	const twins = new TwinIndex(manual);
	for (const { left, right } of found) {
		for (const operation of [...left, ...right]) twins.add(operation);
	}
	return twins;
}

function decideFound(
	{ left, right, rule, score }: Found,
	accepts: readonly AcceptRule[],
	decisions: Decisions,
): Expected[] {
	const rows = [...left, ...right].map(({ row }) => row);
	const points = score === undefined ? {} : { score: score.score, points: score.points };
	const [terminal, acquirer] = [left[0], right[0]];
	if (left.length === 1 && right.length === 1) {
		const why = `${rule.why.en}; ${decidePair(terminal, acquirer, accepts, decisions)}`;
		decisions.matches.push({ rows, pass: rule.name, why, ...points });
		return [{ terminal, acquirer, extra: false }];
	}
	decisions.matches.push({ rows, pass: rule.name, why: rule.why.en, ...points });
	const [one, other] = [merged(left), merged(right)];
	if (one !== undefined && other !== undefined) {
		return [{ terminal: one, acquirer: other, extra: false }];
	}
	const others = right.slice(1).map((part) => ({ acquirer: part, extra: false }));
	return [{ terminal, acquirer, extra: false }, ...others];
}

/** Parts of one batch as the whole that a bank pays; undefined when they are of several. */
function merged([first, ...others]: readonly [Operation, ...Operation[]]): Operation | undefined {
	const { batch, businessDate } = first.row;
	if (others.some(({ row }) => row.batch !== batch || row.businessDate !== businessDate))
		return undefined;
	const amountMinor = others.reduce(
		(sum, { row }) => addMinor(sum, row.amountMinor),
		first.row.amountMinor,
	);
	return { ...first, row: { ...first.row, amountMinor } };
}

function decidePair(
	terminal: Operation,
	other: Operation,
	accepts: readonly AcceptRule[],
	decisions: Decisions,
): string {
	const { reasons, atStakeMinor, why } = compareOperations(terminal, other, accepts);
	const [reason, ...also] = reasons;
	if (reason !== undefined) {
		const [first, ...rest] = rowsOf(terminal);
		const rows = [first, ...rest, ...rowsOf(other)] as const;
		const { leg } = other.row;
		decisions.findings.push({ reason, also, leg, atStakeMinor, why, rows });
	}
	return why;
}

const missingReasons: Readonly<Record<Exclude<Leg, "bank">, DifferenceReason>> = {
	terminal: "missing-on-terminal",
	acquirer: "missing-at-acquirer",
	shop: "missing-in-shop",
};

/** Decides a row that has no counterpart in the other book; true when it is a second copy of another row. */
function decideLeftOver(
	operation: Operation,
	missingAt: Exclude<Leg, "bank">,
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
		const why = `the terminal does not know how its ${what} ended, and the ${missingAt} has no such transaction`;
		decisions.missing(
			{ reason: "status", leg: "terminal", atStakeMinor, why, rows },
			row.businessDate,
		);
		return false;
	}
	const why = `no row of the ${missingAt} leg has the reference, nor the trace and amount, of this ${what}`;
	const reason = missingReasons[missingAt];
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
	readonly #manual: Manual;

	constructor(manual: Manual) {
		this.#manual = manual;
	}

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
		return rows?.some((other) => isTwin(row, other) && !this.#manual.parted(row, other)) ?? false;
	}
}

export function twinKey(row: MoneyRow): string | undefined {
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
