import { compareRows, type MoneyRow } from "./row.ts";

/**
 * What one book says about one transaction: its row, and the void or reversal that took it back on the same
 * business date. Books differ in how they show a voided sale: the sale row with status `voided`, the sale and
 * its void as two rows, or not at all. Folded, the first two are the same operation that moves no money, and
 * the third may stand against it without a difference.
 *
 * A void of another date is not folded: by then the sale may have been paid out, and the money moves back as a
 * movement of its own that needs its own counterpart.
 */
export interface Operation {
	readonly row: MoneyRow;
	readonly cancelledBy?: MoneyRow;
	/** Whether money moved; `open` while the book itself does not know or the line is only announced. */
	readonly moves: "yes" | "no" | "open";
}

/** Rows of fees and payouts are no transactions and are told apart here. */
export function isTransaction(row: MoneyRow): boolean {
	return row.kind !== "fee" && row.kind !== "payout";
}

function isVoid(row: MoneyRow): boolean {
	return row.kind === "void" || row.kind === "reversal";
}

/** The operations of one book in the order of their rows. */
export function foldVoids(rows: readonly MoneyRow[]): Operation[] {
	const transactions = rows.filter(isTransaction);
	const voids = transactions.filter((row) => isVoid(row) && row.status === "approved");
	const cancelled = new Map<MoneyRow, MoneyRow>();
	const used = new Set<MoneyRow>();
	const originals = transactions.filter((row) => !isVoid(row));
	for (const group of voidedGroups(originals, voids)) {
		const open = group.originals.filter((row) => row.status !== "voided");
		for (const taken of group.voids) {
			const at = open.findIndex((row) => row.amountMinor === -taken.amountMinor);
			const [original] = at < 0 ? [] : open.splice(at, 1);
			if (original === undefined) continue;
			cancelled.set(original, taken);
			used.add(taken);
		}
	}
	return transactions
		.filter((row) => !used.has(row))
		.map((row) => operation(row, cancelled.get(row)));
}

function operation(row: MoneyRow, cancelledBy: MoneyRow | undefined): Operation {
	if (cancelledBy !== undefined) return { row, cancelledBy, moves: "no" };
	return { row, moves: movesOf(row) };
}

function movesOf(row: MoneyRow): Operation["moves"] {
	if (row.status === "approved") return "yes";
	return row.status === "declined" || row.status === "voided" ? "no" : "open";
}

interface VoidedGroup {
	readonly originals: MoneyRow[];
	readonly voids: MoneyRow[];
}

/** Voids with the rows that they may take back, each in the one order of rows. Most rows have no void. */
function voidedGroups(originals: readonly MoneyRow[], voids: readonly MoneyRow[]): VoidedGroup[] {
	const groups = new Map<string, VoidedGroup>();
	for (const row of voids) {
		const key = foldKey(row);
		if (key === undefined) continue;
		const group = groups.get(key);
		if (group === undefined) groups.set(key, { originals: [], voids: [row] });
		else group.voids.push(row);
	}
	if (groups.size === 0) return [];
	for (const row of originals) groups.get(foldKey(row) ?? "")?.originals.push(row);
	for (const group of groups.values()) {
		group.originals.sort(compareRows);
		group.voids.sort(compareRows);
	}
	return [...groups.values()];
}

function foldKey(row: MoneyRow): string | undefined {
	const name = row.reference || (row.trace === undefined ? "" : `trace:${row.trace}`);
	if (name === "") return undefined;
	return `${row.terminalId ?? ""}|${row.businessDate ?? ""}|${row.currency}|${name}`;
}
