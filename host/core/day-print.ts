import type { PrintDebt, Transaction } from "./book.ts";
import type { DayFacts, Findings, Missing, Range } from "./day-facts.ts";
import { isWithin } from "./day-facts.ts";

/** Is everything that the day owed to paper on paper, and every approved transaction on a list? */
export function judgePrints(facts: DayFacts, counted: readonly Transaction[]): Findings {
	const owed = facts.printDebts.filter((debt) => belongs(debt, facts.range));
	const missing = byDocument(owed.filter(isOpen));
	const lifted = byDocument(owed.filter(({ state }) => state === "waived"));
	const lists = facts.printDebts.filter(({ document }) => document === "dailyList");
	const unlisted = counted.filter(({ placeSeq }) => {
		return !lists.some((list) => isWithin(placeSeq, reach(facts, list)));
	});
	const [first] = unlisted;
	if (first !== undefined)
		missing.push({ type: "listMissing", count: unlisted.length, subject: first.seq });
	return { missing, lifted };
}

/** An original belongs to the day of what it is about, and to the day in which it became due; a copy to the latter. */
function belongs({ seq, subject, copy }: PrintDebt, range: Range): boolean {
	return isWithin(seq, range) || (copy === 0 && isWithin(subject, range));
}

function isOpen({ state }: PrintDebt): boolean {
	return state !== "confirmed" && state !== "waived";
}

function byDocument(debts: readonly PrintDebt[]): Missing[] {
	const counts = new Map<PrintDebt["document"], { count: number; subject: number }>();
	for (const { document, seq } of debts) {
		const before = counts.get(document);
		counts.set(document, { count: (before?.count ?? 0) + 1, subject: before?.subject ?? seq });
	}
	return [...counts].map(([document, { count, subject }]) => {
		return { type: "printOwed", document, count, subject };
	});
}

/** The records that a list names: those of a batch, or those of the day up to where the list was made. */
function reach({ period, range, settlements }: DayFacts, { subject, seq }: PrintDebt): Range {
	if (subject === period.seq) return { from: range.from, to: seq };
	const settlement = settlements.find((other) => other.seq === subject);
	if (settlement === undefined) return { from: 0, to: 0 };
	return { from: settlement.firstSeq, to: settlement.lastSeq };
}
