import {
	type Exception,
	entersTotals,
	type GroupTotals,
	isRefundOwed,
	isReversalPending,
	isUnknown,
	type Period,
	type Transaction,
} from "./book.ts";
import {
	type DayFacts,
	type Findings,
	isWithin,
	type Missing,
	moneyMissing,
	type Range,
	type Supplement,
} from "./day-facts.ts";
import { judgePrints } from "./day-print.ts";
import { judgeSettlements } from "./day-settlement.ts";
import { sumTotals } from "./totals.ts";

export interface DayReport {
	readonly period: Period;
	readonly range: Range;
	/** True when nothing is missing; what was lifted stands in `lifted` and does not count. */
	readonly complete: boolean;
	readonly missing: readonly Missing[];
	readonly lifted: readonly Missing[];
	/** What the terminal itself named when it closed with exceptions. */
	readonly exceptions: readonly Exception[];
	/** Approved transactions of the day by scheme group, computed from the records. */
	readonly totals: readonly GroupTotals[];
	readonly approvedCount: number;
	readonly declinedCount: number;
	/** Approved by an outcome that came late: they belong to this day, their intent to an earlier one. */
	readonly lateCount: number;
	/** Entered by people; beside the totals, never in them. */
	readonly supplements: readonly Supplement[];
}

/**
 * Says of one day whether money is settled, paper is printed and records are whole, and what is missing for it.
 * Membership goes by sequence ranges only; no time decides anything.
 */
export function judgeDay(facts: DayFacts): DayReport {
	const inDay = facts.transactions.filter(({ placeSeq }) => isWithin(placeSeq, facts.range));
	const counted = inDay.filter(entersTotals);
	const findings = [
		judgeRecords(facts),
		judgeSettlements(facts, counted),
		judgeOpenTransactions(inDay, facts.givenBack),
		judgePrints(facts, counted),
	];
	const missing = findings.flatMap((finding) => finding.missing);
	return {
		period: facts.period,
		range: facts.range,
		complete: missing.length === 0,
		missing,
		lifted: findings.flatMap((finding) => finding.lifted),
		exceptions: facts.period.exceptions,
		totals: sumTotals(counted),
		approvedCount: inDay.filter(({ outcome }) => outcome === "approved").length,
		declinedCount: inDay.filter(({ outcome }) => outcome === "declined").length,
		lateCount: counted.filter(({ seq, source }) => source === "late" || seq < facts.range.from)
			.length,
		supplements: facts.supplements,
	};
}

function judgeRecords({ period, range, lost, unreadable, stream }: DayFacts): Findings {
	const missing: Missing[] = [];
	const isOpen = period.lastSeq === null;
	if (isOpen) missing.push({ type: "notClosed", count: 1, subject: period.seq });
	const toCome = stream.claimed - stream.watermark;
	if (isOpen && toCome > 0) {
		const type = stream.fenced ? "recordsMaybeLost" : "recordsToCome";
		missing.push({ type, count: toCome, subject: stream.watermark + 1 });
	}
	const toFold = Math.min(stream.watermark, period.lastSeq ?? stream.watermark) - stream.projected;
	if (toFold > 0) missing.push({ type: "notFolded", count: toFold, subject: stream.projected + 1 });
	for (const { from, to } of lost) {
		missing.push({ type: "recordsLost", count: to - from + 1, subject: from });
	}
	if (unreadable > 0)
		missing.push({ type: "recordsUnreadable", count: unreadable, subject: range.from });
	if (stream.frozen && isOpen) missing.push({ type: "fork", count: 1, subject: stream.watermark });
	return { missing, lifted: [] };
}

function judgeOpenTransactions(
	inDay: readonly Transaction[],
	givenBack: ReadonlySet<number>,
): Findings {
	const missing: Missing[] = [];
	const unknown = inDay.filter(isUnknown);
	if (unknown.length > 0) missing.push(moneyMissing("unknownOutcome", unknown));
	const reversing = inDay.filter(isReversalPending);
	if (reversing.length > 0) missing.push(moneyMissing("pendingReversal", reversing));
	const owed = inDay.filter((transaction) => isRefundOwed(transaction, givenBack));
	if (owed.length > 0) missing.push(moneyMissing("refundOwed", owed));
	return { missing, lifted: [] };
}
