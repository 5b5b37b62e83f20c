import type { Core } from "../core.ts";
import type { GroupTotals } from "../state/state.ts";
import { readerOf } from "./journal-reader.ts";

/** The range of records that a list is about. */
export interface ListPeriod {
	readonly subject: number;
	readonly first: number;
	readonly last: number;
	readonly businessDate: number | null;
	/** Null for the list of a day. */
	readonly batch: number | null;
	readonly currency: string;
	/** Totals that were sent to the acquirer for the same range; null for the list of a day. */
	readonly settled: readonly GroupTotals[] | null;
}

/**
 * The period of a list: the batch of a settlement, or the day that begins with the subject. A day that was still
 * open when the list became due (record `debt`) ends there, so that the same debt is always the same list.
 * Undefined when the journal does not hold the subject.
 */
export function* findPeriod(
	core: Core,
	subject: number,
	debt: number,
): Generator<undefined, ListPeriod | undefined, void> {
	const record = subject > 0 ? core.recordAt(subject) : undefined;
	if (record?.kind === "settleBegin") {
		const { first, last, batch, currency, groups } = record.body;
		const businessDate = businessDateOf(core, subject);
		return { subject, first, last, businessDate, batch, currency, settled: groups };
	}
	if (record?.kind !== "dayOpen") return undefined;
	return {
		subject,
		first: subject,
		last: yield* endOfDay(core, subject, debt - 1),
		businessDate: record.body.businessDate,
		batch: null,
		currency: core.configuration.currency,
		settled: null,
	};
}

function businessDateOf(core: Core, sequence: number): number | null {
	const { day, days } = core.state;
	if (day !== null && sequence >= day.first) return day.businessDate;
	const closed = days.find(({ first, last }) => first <= sequence && sequence <= last);
	return closed?.businessDate ?? null;
}

/** Record that closes the day, or `limit` while there is none up to it. */
function* endOfDay(core: Core, first: number, limit: number): Generator<undefined, number, void> {
	const known = core.state.days.find((day) => day.first === first);
	if (known !== undefined) return Math.min(known.last, limit);
	if (core.state.day?.first === first) return limit;
	const reader = readerOf(core, { first: first + 1, last: limit }, ["dayClose"]);
	while (!reader.done) {
		for (const [sequence, record] of reader.read()) {
			if (record.kind === "dayClose" && record.body.first === first) return sequence;
		}
		yield undefined;
	}
	return limit;
}
