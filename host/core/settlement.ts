import { CloseoutError } from "../../protocol/error.ts";
import { daysBetween } from "../../protocol/time.ts";
import type { Expected } from "./decision.ts";
import { addMinor, compareRows, compareText, type MoneyRow } from "./row.ts";

/** Number of what a provider, such as a wallet, pays out by the day, knowing neither terminals nor batches. */
export const WHOLE_DAY = 0;

/** A batch that the bank is expected to pay. */
export interface Settlement {
	readonly terminalId: string;
	readonly businessDate: number;
	readonly batch: number;
	readonly currency: string;
	/** True when the book that the bank follows has something in it. */
	readonly required: boolean;
	/** What the payout should be. */
	readonly netMinor: number;
	/** Before fees. */
	readonly grossMinor: number;
	/** Every payout that agrees with one of the books: with or without fees, and with or without second copies. */
	readonly sums: readonly number[];
	readonly rows: readonly MoneyRow[];
	/** Further rows, which are not held. */
	readonly unheld: number;
}

/** Rows of a batch that terminal and acquirer agree on, summed where they are too many to be held. */
export interface AgreedBatch {
	readonly terminalId: string;
	readonly businessDate: number;
	readonly batch: number;
	readonly currency: string;
	readonly grossMinor: number;
	readonly count: number;
	/** Some of them, as evidence. */
	readonly rows: readonly MoneyRow[];
}

/** Batches made of what the bank has not paid sale by sale; rows without a batch number stay outside. */
export function settlementsOf(
	expected: readonly Expected[],
	fees: readonly MoneyRow[],
	isRequired: (item: Expected) => boolean,
	agreed: ReadonlyMap<string, AgreedBatch> = new Map(),
): Settlement[] {
	const groups = new Map<string, Expected[]>();
	for (const item of expected) {
		const key = batchKey(rowOf(item));
		if (key === undefined) continue;
		const group = groups.get(key);
		if (group === undefined) groups.set(key, [item]);
		else group.push(item);
	}
	for (const key of agreed.keys()) if (!groups.has(key)) groups.set(key, []);
	const feeByBatch = sumFees(fees);
	const settlements: Settlement[] = [];
	for (const [key, members] of groups) {
		const settlement = total(
			members,
			feeByBatch.get(key) ?? 0,
			members.some(isRequired),
			agreed.get(key),
		);
		if (settlement !== undefined) settlements.push(settlement);
	}
	return settlements.sort(
		(a, b) =>
			a.businessDate - b.businessDate ||
			compareText(a.terminalId, b.terminalId) ||
			a.batch - b.batch ||
			compareText(a.currency, b.currency),
	);
}

function total(
	members: readonly Expected[],
	feeMinor: number,
	required: boolean,
	agreed: AgreedBatch | undefined,
): Settlement | undefined {
	const [first] = members;
	const like = first === undefined ? agreed : rowOf(first);
	if (like === undefined) return undefined;
	const { terminalId, businessDate, currency } = like;
	const batch = "kind" in like ? batchOf(like) : like.batch;
	if (businessDate === undefined || batch === undefined) return undefined;
	const single = members.filter((item) => !item.extra);
	const books = [sum(members, "acquirer"), sum(single, "acquirer"), sum(single, "terminal")];
	const hasAcquirer =
		agreed !== undefined || members.some(({ acquirer }) => acquirer !== undefined);
	const known = (hasAcquirer ? books : books.slice(2)).map((gross) =>
		addMinor(gross, agreed?.grossMinor ?? 0),
	);
	const grossMinor = known[0] ?? 0;
	const sums = [...known.map((gross) => addMinor(gross, feeMinor)), ...known];
	return {
		terminalId: terminalId ?? "",
		businessDate,
		batch,
		currency,
		required: required || agreed !== undefined,
		netMinor: addMinor(grossMinor, feeMinor),
		grossMinor,
		sums: [...new Set(sums)],
		rows: [...(agreed?.rows ?? []), ...members.map(rowOf)].sort(compareRows),
		unheld: (agreed?.count ?? 0) - (agreed?.rows.length ?? 0),
	};
}

function sum(members: readonly Expected[], leg: "acquirer" | "terminal"): number {
	let minor = 0;
	for (const item of members) {
		const operation = item[leg];
		if (operation?.moves === "yes") minor = addMinor(minor, operation.row.amountMinor);
	}
	return minor;
}

/** Fee rows are negative, so they are added to the gross. */
function sumFees(fees: readonly MoneyRow[]): Map<string, number> {
	const sums = new Map<string, number>();
	for (const fee of fees) {
		const key = batchKey(fee);
		if (key !== undefined) sums.set(key, addMinor(sums.get(key) ?? 0, fee.amountMinor));
	}
	return sums;
}

/** The row that the bank follows: the acquirer's where there is one. */
export function rowOf(item: Expected): MoneyRow {
	const operation = item.acquirer ?? item.terminal;
	if (operation === undefined)
		throw new CloseoutError("ASSERTION", "an expected payment has no row");
	return operation.row;
}

/** The rows of both books that know the payment, the one that counts first: evidence of what the bank owes. */
export function rowsOf(item: Expected): [MoneyRow, ...MoneyRow[]] {
	const row = rowOf(item);
	const other = item.acquirer === undefined ? undefined : item.terminal?.row;
	return other === undefined ? [row] : [row, other];
}

/** What a payout sums up; undefined for a row that no payout but its own can pay. */
export function batchKey(row: MoneyRow): string | undefined {
	const batch = batchOf(row);
	if (batch === undefined || row.businessDate === undefined) return undefined;
	return `${row.businessDate}|${batch}|${row.currency}|${row.terminalId ?? ""}`;
}

function batchOf({ batch, leg, terminalId }: MoneyRow): number | undefined {
	return batch ?? (leg === "acquirer" && terminalId === undefined ? WHOLE_DAY : undefined);
}

/** True when a bank line may be the payout of the batch by its date: not before it and not long after. */
export function isPayoutDate(settlement: Settlement, row: MoneyRow, daysMax: number): boolean {
	if (row.businessDate === undefined) return true;
	const days = daysBetween(settlement.businessDate, row.businessDate);
	return days >= 0 && days <= daysMax;
}
