import type { Decisions, Expected } from "./decision.ts";
import type { Operation } from "./operation.ts";
import { compareRows, type MoneyRow, moneyText } from "./row.ts";
import { rowOf, rowsOf } from "./settlement.ts";
import { shortfallReason } from "./shortfall.ts";

interface Group {
	readonly items: Expected[];
	readonly lines: MoneyRow[];
}

/**
 * Bank lines against single transactions, joined by any reference that a line states (and the terminal, where the
 * line has one). The booking date is the bank's own and always later, so it is no part of the key.
 */
export function paySaleBySale(
	expected: readonly Expected[],
	lines: readonly MoneyRow[],
	required: (item: Expected) => boolean,
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
		if (group.lines.length > 0) decideGroup(group, required, paid, decisions);
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
	required: (item: Expected) => boolean,
	paid: Set<Expected>,
	decisions: Decisions,
): void {
	const items = group.items
		.filter((item) => !paid.has(item) && movedMoney(item).length > 0)
		.sort((a, b) => Number(required(b)) - Number(required(a)) || compareRows(rowOf(a), rowOf(b)));
	const hadItems = group.items.some((item) => movedMoney(item).length > 0);
	let lines = group.lines;
	const take = (fits: (item: Expected, line: MoneyRow) => boolean) => {
		lines = lines.filter((line) => {
			const item = items.find(
				(one) => !paid.has(one) && sameTerminal(one, line) && fits(one, line),
			);
			if (item === undefined) return true;
			paid.add(item);
			payOne(item, line, decisions);
			return false;
		});
	};
	take(agrees);
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

function payOne(item: Expected, line: MoneyRow, decisions: Decisions): void {
	const row = movedMoney(item)[0] ?? rowOf(item);
	const why = "a bank line has the reference of the transaction";
	decisions.matches.push({ rows: [row, line], pass: "bank-reference", why });
	if (agrees(item, line)) return;
	const said = `${moneyText(row.amountMinor, row.currency)} on the ${row.leg} leg, ${moneyText(line.amountMinor, line.currency)} at the bank`;
	const sameCurrency = row.currency === line.currency;
	decisions.findings.push({
		reason: sameCurrency ? shortfallReason(row.amountMinor, line.amountMinor) : "currency",
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
