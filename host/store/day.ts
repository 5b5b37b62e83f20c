import type { Address } from "../../protocol/message.ts";
import type { Exception, Period, PrintDebt, Settlement, Transaction } from "../core/book.ts";
import { type DayReport, judgeDay } from "../core/day.ts";
import type { DayFacts, Override, Range } from "../core/day-facts.ts";
import { listDays, listNotes, listSettlements, type SequenceRange } from "./book.ts";
import type { Placed, StoredNote } from "./book-rows.ts";
import type { Context } from "./database.ts";
import { supplementsOf } from "./supplement.ts";
import type { StreamTable } from "./tables.ts";

/** A day of a terminal with what is missing of it. */
export interface TerminalDay extends Address, DayReport {}

/**
 * The days of a business date, judged: of one terminal, or of all that opened one. A terminal that opened none
 * is not in the answer; one that was enrolled again on that day is in it once an epoch.
 */
export async function judgeDays(
	context: Context,
	filter: { readonly businessDate: number; readonly terminal?: string },
): Promise<readonly TerminalDay[]> {
	const days: TerminalDay[] = [];
	for (const period of (await listDays(context, filter)).toReversed()) {
		const day = await judgeOne(context, period);
		if (day !== undefined) days.push(day);
	}
	return days;
}

async function judgeOne(
	context: Context,
	{ terminal, epoch, ...period }: Placed<Period>,
): Promise<TerminalDay | undefined> {
	const stream = await context.read
		.selectFrom("stream")
		.select(["watermark", "claimed", "projected", "frozen", "fencedS"])
		.where("terminal", "=", terminal)
		.where("epoch", "=", epoch)
		.executeTakeFirst();
	if (stream === undefined) return undefined;
	const facts = await gatherFacts(context, { terminal, epoch }, period, stream);
	return { terminal, epoch, ...judgeDay(facts) };
}

async function gatherFacts(
	context: Context,
	stream: Address,
	period: Period,
	head: Pick<StreamTable, "watermark" | "claimed" | "projected" | "frozen" | "fencedS">,
): Promise<DayFacts> {
	const range = { from: period.firstSeq, to: period.lastSeq ?? head.watermark };
	const settlements = await listSettlements(context, { ...stream, ...range });
	const batches = settlements.filter(({ firstSeq }) => firstSeq <= range.to);
	const notes = await listNotes(context, {
		...stream,
		...range,
		kinds: ["override", "unreadable", "gap", "supplement", "supplementWithdrawn"],
	});
	const transactions = await readTransactions(context, stream, range, batches);
	return {
		period,
		range,
		settlements: batches,
		transactions,
		givenBack: await readGivenBack(context, stream, transactions),
		printDebts: await readPrintDebts(context, stream, range, batches),
		overrides: notes.flatMap(toOverride),
		supplements: supplementsOf(notes),
		lost: await readLost(context, { ...stream, ...range }),
		unreadable: notes.filter(({ kind }) => kind === "unreadable").length,
		stream: {
			watermark: head.watermark,
			claimed: head.claimed,
			projected: head.projected,
			frozen: head.frozen !== 0,
			fenced: head.fencedS !== null,
		},
	};
}

async function readTransactions(
	{ read }: Context,
	{ terminal, epoch }: Address,
	range: Range,
	batches: readonly Settlement[],
): Promise<readonly Transaction[]> {
	const from = Math.min(range.from, ...batches.map(({ firstSeq }) => firstSeq));
	const to = Math.max(range.to, ...batches.map(({ lastSeq }) => lastSeq));
	return read
		.selectFrom("transaction")
		.selectAll()
		.where("terminal", "=", terminal)
		.where("epoch", "=", epoch)
		.where("placeSeq", ">=", from)
		.where("placeSeq", "<=", to)
		.orderBy("placeSeq")
		.execute();
}

/** Those whose money came late and that an approved refund refers to; nothing is asked where there are none. */
async function readGivenBack(
	{ read }: Context,
	{ terminal, epoch }: Address,
	transactions: readonly Transaction[],
): Promise<ReadonlySet<number>> {
	const late = transactions.filter(
		({ reopenedSeq, contradicted }) => reopenedSeq !== null || contradicted === "approved",
	);
	if (late.length === 0) return new Set();
	const rows = await read
		.selectFrom("transaction")
		.select("original")
		.where("terminal", "=", terminal)
		.where("epoch", "=", epoch)
		.where("type", "=", "refund")
		.where("outcome", "=", "approved")
		.where(
			"original",
			"in",
			late.map(({ seq }) => seq),
		)
		.execute();
	return new Set(rows.flatMap(({ original }) => (original === null ? [] : [original])));
}

/** Debts about the day or its batches, whenever they were made. */
async function readPrintDebts(
	{ read }: Context,
	{ terminal, epoch }: Address,
	range: Range,
	batches: readonly Settlement[],
): Promise<readonly PrintDebt[]> {
	const subjects = batches.map(({ seq }) => seq);
	return read
		.selectFrom("printDebt")
		.selectAll()
		.where("terminal", "=", terminal)
		.where("epoch", "=", epoch)
		.where((where) =>
			where.or([
				where.and([where("seq", ">=", range.from), where("seq", "<=", range.to)]),
				where.and([where("subject", ">=", range.from), where("subject", "<=", range.to)]),
				...(subjects.length === 0 ? [] : [where("subject", "in", subjects)]),
			]),
		)
		.orderBy("seq")
		.execute();
}

async function readLost(
	{ read }: Context,
	{ terminal, epoch, from, to }: SequenceRange,
): Promise<readonly Range[]> {
	const rows = await read
		.selectFrom("loss")
		.select(["missingFrom", "toSeq"])
		.where("terminal", "=", terminal)
		.where("epoch", "=", epoch)
		.where("toSeq", ">=", from)
		.where("fromSeq", "<=", to)
		.orderBy("fromSeq")
		.execute();
	return rows.flatMap(({ missingFrom, toSeq }) =>
		missingFrom === null || missingFrom > to ? [] : [{ from: missingFrom, to: toSeq }],
	);
}

function toOverride({ kind, seq, body }: StoredNote): readonly Override[] {
	if (kind !== "override") return [];
	const { blocker, subject, by, reason } = body;
	return [
		{
			seq,
			blocker: blocker as Exception["blocker"],
			subject: typeof subject === "number" ? subject : null,
			by: String(by),
			reason: String(reason),
		},
	];
}
