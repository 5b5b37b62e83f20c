import type { Transaction } from "../core/book.ts";
import type { Placed } from "./book-rows.ts";
import type { Context, Database } from "./database.ts";

/** A transaction with the business date and the batch it belongs to. */
export interface DatedTransaction extends Placed<Transaction> {
	readonly tenant: string;
	readonly businessDate: number;
	/** Batch number of the settlement that covers it; null while it is unsettled. */
	readonly batch: number | null;
}

export interface DatedFilter {
	readonly tenant: string;
	/** First and last business date, both included. */
	readonly from: number;
	readonly to: number;
	readonly terminal?: string;
}

const ROWS_PER_PAGE = 5_000;

/** Transactions of a span of business dates, by terminal, epoch and place. Reads in pages. */
export async function* datedTransactions(
	{ read }: Context,
	filter: DatedFilter,
): AsyncGenerator<DatedTransaction> {
	let after: DatedTransaction | undefined;
	for (;;) {
		const rows: readonly DatedTransaction[] = await datedQuery(read, filter, after).execute();
		yield* rows;
		after = rows.at(-1);
		if (after === undefined || rows.length < ROWS_PER_PAGE) return;
	}
}

function datedQuery(
	read: Database,
	{ tenant, from, to, terminal }: DatedFilter,
	after: DatedTransaction | undefined,
) {
	let query = read
		.selectFrom("transaction")
		.innerJoin("terminal", "terminal.terminal", "transaction.terminal")
		.innerJoin("period", (join) =>
			join
				.onRef("period.terminal", "=", "transaction.terminal")
				.onRef("period.epoch", "=", "transaction.epoch")
				.onRef("period.firstSeq", "<=", "transaction.placeSeq")
				.on((on) =>
					on.or([
						on("period.lastSeq", "is", null),
						on("period.lastSeq", ">=", on.ref("transaction.placeSeq")),
					]),
				),
		)
		.leftJoin("settlement", (join) =>
			join
				.onRef("settlement.terminal", "=", "transaction.terminal")
				.onRef("settlement.epoch", "=", "transaction.epoch")
				.onRef("settlement.firstSeq", "<=", "transaction.placeSeq")
				.onRef("settlement.lastSeq", ">=", "transaction.placeSeq"),
		)
		.selectAll("transaction")
		.select(["terminal.tenant", "settlement.batch"])
		.select((select) => select.ref("period.businessDate").$notNull().as("businessDate"))
		.where("terminal.tenant", "=", tenant)
		.where("period.kind", "=", "day")
		.where("period.businessDate", ">=", from)
		.where("period.businessDate", "<=", to)
		.orderBy("transaction.terminal")
		.orderBy("transaction.epoch")
		.orderBy("transaction.placeSeq")
		.limit(ROWS_PER_PAGE);
	if (terminal !== undefined) query = query.where("transaction.terminal", "=", terminal);
	if (after === undefined) return query;
	return query.where((where) =>
		where(
			where.refTuple("transaction.terminal", "transaction.epoch", "transaction.placeSeq"),
			">",
			where.tuple(after.terminal, after.epoch, after.placeSeq),
		),
	);
}
