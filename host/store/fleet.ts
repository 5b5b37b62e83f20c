import { sql } from "kysely";
import type { Context } from "./database.ts";

/** Approved money of a terminal's current epoch that no ended settlement covers, by currency. */
export interface UnsettledMoney {
	readonly terminal: string;
	readonly currency: string;
	readonly count: number;
	/** Debits less credits and voids. */
	readonly amountMinor: number;
	/** Outcome of the oldest of them, seconds since 1970. */
	readonly sinceS: number;
}

/**
 * What is not settled, of all terminals or of one. Batches follow one another without holes, so everything
 * behind the last record of the last ended settlement is what no settlement covers.
 */
export async function listUnsettled(
	context: Context,
	terminal?: string,
): Promise<readonly UnsettledMoney[]> {
	return unsettledQuery(context, terminal).execute();
}

function unsettledQuery({ read }: Context, terminal: string | undefined) {
	const settled = read
		.selectFrom("settlement")
		.where("endSeq", "is not", null)
		.select((select) => ["terminal", "epoch", select.fn.max("lastSeq").as("lastSeq")])
		.groupBy(["terminal", "epoch"])
		.as("settled");
	const query = read
		.selectFrom("terminal")
		.leftJoin(settled, (join) =>
			join
				.onRef("settled.terminal", "=", "terminal.terminal")
				.onRef("settled.epoch", "=", "terminal.epoch"),
		)
		.innerJoin("transaction", (join) =>
			join
				.onRef("transaction.terminal", "=", "terminal.terminal")
				.onRef("transaction.epoch", "=", "terminal.epoch")
				.on("transaction.placeSeq", ">", sql<number>`coalesce(settled.last_seq, 0)`),
		)
		.where("transaction.outcome", "=", "approved")
		.where("transaction.type", "not in", ["preAuthorisation", "cancellation"])
		.groupBy(["transaction.terminal", "transaction.currency"])
		.orderBy("transaction.terminal")
		.select((select) => [
			"transaction.terminal",
			"transaction.currency",
			select.fn.countAll<number>().as("count"),
			sql<number>`sum(case when type in ('refund', 'void') then -amount_minor else amount_minor end)`.as(
				"amountMinor",
			),
			sql<number>`min(coalesce(outcome_wall_s, wall_s))`.as("sinceS"),
		]);
	return terminal === undefined ? query : query.where("terminal.terminal", "=", terminal);
}

/** Unsettled money of one scheme; its guarantees and authorisations lapse by the scheme's own rules. */
export interface UnsettledOfScheme extends UnsettledMoney {
	/** "" where the outcome named none. */
	readonly scheme: string;
}

/** The same as `listUnsettled`, apart by scheme. */
export async function listUnsettledByScheme(
	context: Context,
	terminal?: string,
): Promise<readonly UnsettledOfScheme[]> {
	return unsettledQuery(context, terminal)
		.select(sql<string>`coalesce("transaction"."scheme", '')`.as("scheme"))
		.groupBy("transaction.scheme")
		.execute();
}

/** Number of prints owed by the current epoch of each terminal that owes any. */
export async function countPrintsOwed({ read }: Context): Promise<ReadonlyMap<string, number>> {
	const rows = await read
		.selectFrom("printDebt")
		.innerJoin("terminal", (join) =>
			join
				.onRef("terminal.terminal", "=", "printDebt.terminal")
				.onRef("terminal.epoch", "=", "printDebt.epoch"),
		)
		.where("printDebt.state", "not in", ["confirmed", "waived"])
		.groupBy("printDebt.terminal")
		.select((select) => ["printDebt.terminal", select.fn.countAll<number>().as("owed")])
		.execute();
	return new Map(rows.map(({ terminal, owed }) => [terminal, owed]));
}
