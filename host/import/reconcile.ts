import { deadlinesFor } from "../case/deadlines.ts";
import type { DeadlineTable } from "../core/deadline.ts";
import { defaultDeadlines } from "../core/default-deadlines.ts";
import type { Difference } from "../core/difference.ts";
import type { Leg } from "../core/row.ts";
import type { Rules } from "../core/rules.ts";
import { compareBooks } from "../match/compare-books.ts";
import { isWithin, type Span } from "../match/coverage.ts";
import type { ComparedRun } from "../store/case.ts";
import type { Store } from "../store/store.ts";

export interface ReconcileOptions {
	readonly tenant: string;
	/** `yyyymmdd`; every date that the statements cover when left out. */
	readonly businessDate?: number;
	/** Gives the differences of one terminal; all are compared. */
	readonly terminal?: string;
	/** `yyyymmdd` of the run: rows younger than the waiting time are not called missing yet. */
	readonly asOf?: number;
	/** The shipped ones when left out. */
	readonly rules?: Rules;
	/** Deadlines of new cases by this table; the shipped one when left out. */
	readonly deadlines?: DeadlineTable;
}

export interface Reconciled {
	readonly differences: readonly Difference[];
	readonly matched: number;
	readonly waiting: number;
	readonly unrelated: number;
	/** The books that were compared. */
	readonly legs: readonly Leg[];
	readonly opened: number;
	readonly gone: number;
}

/**
 * Compares the journals with the statements that were imported, and keeps what differs as cases. Only business
 * dates that a statement of the first other book covers are compared: of other dates nobody has said anything
 * yet. Throws `NOT_FOUND` when there is no statement at all.
 */
export async function reconcile(store: Store, options: ReconcileOptions): Promise<Reconciled> {
	const { tenant, terminal } = options;
	const { legs, result, spans, agreedByDate } = await compareBooks(store, options);
	const agreed = [...agreedByDate].filter(([date]) => spans.some((span) => isWithin(date, span)));
	const isCovered = ({ businessDate }: { readonly businessDate?: number }) =>
		businessDate === undefined || spans.some((span) => isWithin(businessDate, span));
	const differences = result.differences.filter(isCovered);
	const deadlines = await deadlinesFor(store, differences, options.deadlines ?? defaultDeadlines);
	const { opened, gone } = await keep(store, { tenant, spans, differences, deadlines });
	return {
		differences: differences.filter(
			({ terminalId }) => terminal === undefined || terminalId === terminal,
		),
		matched:
			result.matches.filter(({ rows }) => rows.some(isCovered)).length +
			agreed.reduce((sum, [, pairs]) => sum + pairs, 0),
		waiting: result.waiting
			.filter(({ row }) => isCovered(row))
			.reduce((sum, { others }) => sum + 1 + others, 0),
		unrelated: result.unrelated.filter(isCovered).length,
		legs,
		opened,
		gone,
	};
}

/** Span by span, because what is not found again within a span is gone. */
async function keep(
	store: Store,
	run: Omit<ComparedRun, "from" | "to"> & { readonly spans: readonly Span[] },
): Promise<{ readonly opened: number; readonly gone: number }> {
	const { spans, ...same } = run;
	let opened = 0;
	let gone = 0;
	for (const [index, span] of spans.entries()) {
		const within = run.differences.filter(({ businessDate }) =>
			businessDate === undefined ? index === 0 : isWithin(businessDate, span),
		);
		const kept = await store.recordDifferences({ ...same, ...span, differences: within });
		opened += kept.opened;
		gone += kept.gone;
	}
	return { opened, gone };
}
