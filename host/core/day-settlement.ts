import { entersTotals, type Settlement, type Transaction } from "./book.ts";
import type { DayFacts, Findings, Missing } from "./day-facts.ts";
import { isWithin, moneyMissing, type Override } from "./day-facts.ts";
import { equalTotals, sumTotals } from "./totals.ts";

/** Is every approved transaction of the day in a batch that the acquirer has agreed, or that a person answers for? */
export function judgeSettlements(facts: DayFacts, counted: readonly Transaction[]): Findings {
	const missing: Missing[] = [];
	const lifted: Missing[] = [];
	const left = new Set(counted);
	for (const settlement of facts.settlements) {
		const { firstSeq: from, lastSeq: to } = settlement;
		const mine = counted.filter(({ placeSeq }) => isWithin(placeSeq, { from, to }));
		for (const transaction of mine) left.delete(transaction);
		if (mine.length === 0 && !isWithin(settlement.seq, facts.range)) continue;
		const verdict = judgeVerdict(settlement, mine);
		if (verdict !== undefined) {
			const isLifted = facts.overrides.some((override) => lifts(override, settlement));
			(isLifted ? lifted : missing).push(verdict);
		}
		if (!isSumRight(facts, settlement))
			missing.push({ type: "totalsDiffer", count: 1, subject: settlement.seq });
	}
	if (left.size > 0) missing.push(moneyMissing("unsettled", [...left]));
	return { missing, lifted };
}

function judgeVerdict(
	{ seq, endSeq, groups, verdicts }: Settlement,
	mine: readonly Transaction[],
): Missing | undefined {
	const told = groups.map(({ group }) => verdicts.find((other) => other.group === group)?.verdict);
	if (endSeq === null) {
		const isInDoubt = told.includes("cannotConfirm");
		return moneyMissing(isInDoubt ? "cannotConfirm" : "settlementOpen", mine, seq);
	}
	if (told.every((verdict) => verdict === "agreed")) return undefined;
	const isDenied = told.includes("notAgreed");
	return moneyMissing(isDenied ? "notAgreed" : "cannotConfirm", mine, seq);
}

function lifts({ blocker, subject }: Override, { seq }: Settlement): boolean {
	const isAboutSettling =
		blocker === "settlementInDoubt" ||
		blocker === "uploadIncomplete" ||
		blocker === "unsettledBatch";
	return isAboutSettling && (subject === null || subject === seq);
}

/** What the terminal sent to the acquirer is what its records say. Not judged where records are destroyed. */
function isSumRight(facts: DayFacts, { firstSeq, lastSeq, groups }: Settlement): boolean {
	const isDamaged = facts.lost.some(({ from, to }) => from <= lastSeq && to >= firstSeq);
	const isHere = facts.stream.projected >= lastSeq;
	if (isDamaged || !isHere) return true;
	const range = { from: firstSeq, to: lastSeq };
	const batch = facts.transactions.filter(
		(transaction) => entersTotals(transaction) && isWithin(transaction.placeSeq, range),
	);
	return equalTotals(sumTotals(batch), groups);
}
