import type { Address } from "../../protocol/message.ts";
import type { Period, PrintDebt, Settlement, Transaction } from "../core/book.ts";
import { type Placed, type StoredNote, toNote, toPeriod, toSettlement } from "./book-rows.ts";
import type { Context } from "./database.ts";

/** Rows that one answer gives; ask again with `after` for more. */
export const ROWS_READ_MAX = 1_000;

/** A range of records of one stream, both ends included. */
export interface SequenceRange extends Address {
	readonly from: number;
	readonly to: number;
}

/** Days of a terminal, newest first; or all terminals' days of one business date. */
export async function listDays(
	{ read }: Context,
	filter: {
		readonly terminal?: string;
		readonly businessDate?: number;
		readonly limit?: number;
	},
): Promise<readonly Placed<Period>[]> {
	let query = read.selectFrom("period").selectAll().where("kind", "=", "day");
	if (filter.terminal !== undefined) query = query.where("terminal", "=", filter.terminal);
	if (filter.businessDate !== undefined)
		query = query.where("businessDate", "=", filter.businessDate);
	const rows = await query
		.orderBy("businessDate", "desc")
		.orderBy("terminal")
		.orderBy("epoch", "desc")
		.orderBy("seq", "desc")
		.limit(filter.limit ?? ROWS_READ_MAX)
		.execute();
	return rows.map(toPeriod);
}

/** Shifts that overlap a range, in order. */
export async function listShifts(
	{ read }: Context,
	range: SequenceRange,
): Promise<readonly Placed<Period>[]> {
	const rows = await read
		.selectFrom("period")
		.selectAll()
		.where("kind", "=", "shift")
		.where("terminal", "=", range.terminal)
		.where("epoch", "=", range.epoch)
		.where("seq", "<=", range.to)
		.where((where) => where.or([where("lastSeq", "is", null), where("lastSeq", ">=", range.from)]))
		.orderBy("seq")
		.execute();
	return rows.map(toPeriod);
}

/**
 * Transactions that belong to a range, by the record of their outcome; those without an outcome by the record
 * of their intent. In the order of the records; at most `limit`, continued after `placeSeq` `after`.
 */
export async function listTransactions(
	{ read }: Context,
	range: SequenceRange & { readonly after?: number; readonly limit?: number },
): Promise<readonly Placed<Transaction>[]> {
	return read
		.selectFrom("transaction")
		.selectAll()
		.where("terminal", "=", range.terminal)
		.where("epoch", "=", range.epoch)
		.where("placeSeq", ">=", Math.max(range.from, (range.after ?? 0) + 1))
		.where("placeSeq", "<=", range.to)
		.orderBy("placeSeq")
		.limit(range.limit ?? ROWS_READ_MAX)
		.execute();
}

/** One transaction, or undefined. */
export async function getTransaction(
	{ read }: Context,
	id: Address & { readonly seq: number },
): Promise<Placed<Transaction> | undefined> {
	return read
		.selectFrom("transaction")
		.selectAll()
		.where((where) => where.and({ terminal: id.terminal, epoch: id.epoch, seq: id.seq }))
		.executeTakeFirst();
}

/** Settlements that were begun within a range or whose batch overlaps it, in order. */
export async function listSettlements(
	{ read }: Context,
	range: SequenceRange,
): Promise<readonly Placed<Settlement>[]> {
	const rows = await read
		.selectFrom("settlement")
		.selectAll()
		.where("terminal", "=", range.terminal)
		.where("epoch", "=", range.epoch)
		.where("firstSeq", "<=", range.to)
		.where("seq", ">=", range.from)
		.orderBy("seq")
		.execute();
	return rows.map(toSettlement);
}

/** Print debts of a terminal, oldest first; only those not yet on paper or waived when `open`. */
export async function listPrintDebts(
	{ read }: Context,
	filter: {
		readonly terminal?: string;
		readonly epoch?: number;
		readonly which: "open" | "all";
		readonly limit?: number;
	},
): Promise<readonly Placed<PrintDebt>[]> {
	let query = read.selectFrom("printDebt").selectAll();
	if (filter.terminal !== undefined) query = query.where("terminal", "=", filter.terminal);
	if (filter.epoch !== undefined) query = query.where("epoch", "=", filter.epoch);
	if (filter.which === "open") query = query.where("state", "not in", ["confirmed", "waived"]);
	return query
		.orderBy("terminal")
		.orderBy("epoch")
		.orderBy("seq")
		.limit(filter.limit ?? ROWS_READ_MAX)
		.execute();
}

/** Overrides, reminders, starts, gaps, clock changes and the like within a range, in order. */
export async function listNotes(
	{ read }: Context,
	range: SequenceRange & { readonly kinds?: readonly StoredNote["kind"][] },
): Promise<readonly StoredNote[]> {
	const query = read
		.selectFrom("note")
		.selectAll()
		.where("terminal", "=", range.terminal)
		.where("epoch", "=", range.epoch)
		.where("seq", ">=", range.from)
		.where("seq", "<=", range.to)
		.orderBy("seq")
		.limit(ROWS_READ_MAX);
	const { kinds } = range;
	const rows = await (kinds === undefined ? query : query.where("kind", "in", kinds)).execute();
	return rows.map(toNote);
}
