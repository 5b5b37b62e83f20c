import { acceptAmounts } from "./accept.ts";
import type { Decisions, Expected } from "./decision.ts";
import type { Manual } from "./manual.ts";
import type { Operation } from "./operation.ts";
import { addMinor, compareRows, type MoneyRow, moneyText } from "./row.ts";
import type { Rules } from "./rules.ts";
import { rowOf, rowsOf } from "./settlement.ts";
import { shortfallReason } from "./shortfall.ts";

interface Group {
	readonly items: Expected[];
	readonly lines: MoneyRow[];
}

interface SaleOptions {
	readonly required: (item: Expected) => boolean;
	readonly rules: Rules;
	readonly manual: Manual;
}

/**
 * Bank lines against single transactions, joined by any reference that a line states (and the terminal, where the
 * line has one). The booking date is the bank's own and always later, so it is no part of the key.
 */
export function paySaleBySale(
	expected: readonly Expected[],
	lines: readonly MoneyRow[],
	options: SaleOptions,
	decisions: Decisions,
): { readonly paid: Set<Expected>; readonly rest: MoneyRow[] } {
	const groups = indexByReference(expected);
	const rest: MoneyRow[] = [];
	for (const line of lines) {
		const group = groupOf(groups, line);
		if (group === undefined) rest.push(line);
		else group.lines.push(line);
	}
	const paid = new Set<Expected>();
	for (const group of groups.values()) {
		if (group.lines.length > 0) decideGroup(group, options, paid, decisions);
	}
	return { paid, rest };
}

function indexByReference(expected: readonly Expected[]): Map<string, Group> {
	const groups = new Map<string, Group>();
	for (const item of expected) {
		const references = new Set([item.acquirer?.row.reference, item.terminal?.row.reference]);
		for (const reference of references) {
			if (reference === undefined || reference === "") continue;
			const group = groups.get(reference);
			if (group === undefined) groups.set(reference, { items: [item], lines: [] });
			else group.items.push(item);
		}
	}
	return groups;
}

function groupOf(groups: ReadonlyMap<string, Group>, line: MoneyRow): Group | undefined {
	for (const reference of [line.reference, ...(line.references ?? [])]) {
		const group = groups.get(reference);
		if (group?.items.some((item) => sameTerminal(item, line))) return group;
	}
	return undefined;
}

function sameTerminal(item: Expected, line: MoneyRow): boolean {
	return line.terminalId === undefined || line.terminalId === rowOf(item).terminalId;
}

/** Equal amounts first, then lines of the same direction, then lines that cancel each other; the rest is extra. */
function decideGroup(
	group: Group,
	options: SaleOptions,
	paid: Set<Expected>,
	decisions: Decisions,
): void {
	const { required, rules, manual } = options;
	const items = group.items
		.filter((item) => !paid.has(item) && movedMoney(item).length > 0)
		.sort((a, b) => Number(required(b)) - Number(required(a)) || compareRows(rowOf(a), rowOf(b)));
	const hadItems = group.items.some((item) => movedMoney(item).length > 0);
	if (paidInParts(items, group.lines, paid, decisions)) return;
	let lines = group.lines;
	const take = (fits: (item: Expected, line: MoneyRow) => boolean) => {
		lines = lines.filter((line) => {
			const item = items.find(
				(one) =>
					!paid.has(one) &&
					sameTerminal(one, line) &&
					fits(one, line) &&
					!movedMoney(one).some((row) => manual.parted(row, line)),
			);
			if (item === undefined) return true;
			paid.add(item);
			payOne(item, line, rules, decisions);
			return false;
		});
	};
	take(agrees);
	take((item, line) => acceptedBy(item, line, rules) !== undefined);
	take((item, line) => Math.sign(rowOf(item).amountMinor) === Math.sign(line.amountMinor));
	for (const line of dropCancelling(lines, decisions)) extraLine(line, group, hadItems, decisions);
}

function movedMoney(item: Expected): MoneyRow[] {
	const operations: (Operation | undefined)[] = [item.acquirer, item.terminal];
	const rows: MoneyRow[] = [];
	for (const operation of operations) {
		if (operation !== undefined && operation.moves !== "no") rows.push(operation.row);
	}
	return rows;
}

function agrees(item: Expected, line: MoneyRow): boolean {
	const grossMinor = line.amountMinor + (line.feeMinor ?? 0);
	return movedMoney(item).some(
		(row) =>
			row.currency === line.currency &&
			(row.amountMinor === line.amountMinor || row.amountMinor === grossMinor),
	);
}

/** Why a rule takes the line for the whole of the transaction, or undefined. */
function acceptedBy(item: Expected, line: MoneyRow, { accepts }: Rules): string | undefined {
	const [row] = movedMoney(item);
	return row === undefined ? undefined : acceptAmounts(row, line, accepts);
}

/** One transaction that the bank paid in several lines of its reference. */
function paidInParts(
	items: readonly Expected[],
	lines: readonly MoneyRow[],
	paid: Set<Expected>,
	decisions: Decisions,
): boolean {
	const [item] = items;
	if (item === undefined || items.length !== 1 || lines.length < 2) return false;
	const whole = movedMoney(item).find((row) => {
		const sum = lines.reduce((minor, line) => addMinor(minor, line.amountMinor), 0);
		return sum === row.amountMinor && lines.every((line) => isPart(line, row));
	});
	if (whole === undefined || !lines.every((line) => sameTerminal(item, line))) return false;
	paid.add(item);
	const why = "bank lines of the reference of the transaction sum up to it";
	decisions.matches.push({ rows: [whole, ...lines], pass: "bank-parts", why });
	return true;
}

function isPart(line: MoneyRow, whole: MoneyRow): boolean {
	return (
		line.currency === whole.currency &&
		Math.sign(line.amountMinor) === Math.sign(whole.amountMinor) &&
		Math.abs(line.amountMinor) < Math.abs(whole.amountMinor)
	);
}

function payOne(item: Expected, line: MoneyRow, rules: Rules, decisions: Decisions): void {
	const row = movedMoney(item)[0] ?? rowOf(item);
	const accepted = agrees(item, line) ? undefined : acceptedBy(item, line, rules);
	const reference = "a bank line has the reference of the transaction";
	const why = accepted === undefined ? reference : `${reference}; ${accepted}`;
	decisions.matches.push({ rows: [row, line], pass: "bank-reference", why });
	if (accepted !== undefined || agrees(item, line)) return;
	const said = `${moneyText(row.amountMinor, row.currency)} on the ${row.leg} leg, ${moneyText(line.amountMinor, line.currency)} at the bank`;
	const sameCurrency = row.currency === line.currency;
	decisions.findings.push({
		reason: sameCurrency
			? shortfallReason(row.amountMinor, line.amountMinor, rules.bank.feePercentMax)
			: "currency",
		leg: "bank",
		atStakeMinor: Math.abs(sameCurrency ? row.amountMinor - line.amountMinor : row.amountMinor),
		why: said,
		rows: [...rowsOf(item), line],
	});
}

/** A credit and a debit of the same amount under one reference: paid and taken back, as a voided sale may be. */
function dropCancelling(lines: readonly MoneyRow[], decisions: Decisions): MoneyRow[] {
	const left: MoneyRow[] = [];
	for (const line of lines) {
		const at = left.findIndex(
			(other) =>
				other.amountMinor === -line.amountMinor &&
				other.currency === line.currency &&
				line.amountMinor !== 0,
		);
		const [other] = at < 0 ? [] : left.splice(at, 1);
		if (other === undefined) left.push(line);
		else {
			const why = "two bank lines of one reference that cancel each other";
			decisions.matches.push({ rows: [other, line], pass: "bank-cancelled", why });
		}
	}
	return left;
}

function extraLine(line: MoneyRow, group: Group, hadItems: boolean, decisions: Decisions): void {
	const named = group.items.find((item) => sameTerminal(item, line));
	const rows: [MoneyRow, ...MoneyRow[]] = named === undefined ? [line] : rowsOf(named);
	const atStakeMinor = Math.abs(line.amountMinor);
	const why = hadItems
		? `the bank has ${line.reference} more often than the other books`
		: `the bank moved money for ${line.reference}, which the other books have as not approved`;
	const reason = hadItems ? "duplicate" : "status";
	decisions.findings.push({ reason, leg: "bank", atStakeMinor, why, rows: [...rows, line] });
}
