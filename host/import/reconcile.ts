import { CloseoutError } from "../../protocol/error.ts";
import { addDays } from "../../protocol/time.ts";
import type { MatchInput, MatchResult } from "../core/decision.ts";
import { defaultRules } from "../core/default-rules.ts";
import type { Difference } from "../core/difference.ts";
import { matchLegs } from "../core/match.ts";
import { type Leg, legs, type MoneyRow } from "../core/row.ts";
import type { Rules } from "../core/rules.ts";
import type { DatedTransaction } from "../store/dated.ts";
import type { Statement } from "../store/statement.ts";
import type { Store } from "../store/store.ts";
import { readRow, readSummary } from "./stored.ts";
import { terminalRows } from "./terminal-rows.ts";

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

/** First and last `yyyymmdd`, both included. */
export interface Span {
	readonly from: number;
	readonly to: number;
}

/** Days around a date in which the other book may have the same transaction. */
const MARGIN_DAYS = 3;

/**
 * Compares the journals with the statements that were imported, and keeps what differs as cases. Only business
 * dates that a statement of the first other book covers are compared: of other dates nobody has said anything
 * yet. Throws `NOT_FOUND` when there is no statement at all.
 */
export async function reconcile(store: Store, options: ReconcileOptions): Promise<Reconciled> {
	const { tenant, terminal } = options;
	const { input, result, spans } = await compare(store, options);
	const isCovered = ({ businessDate }: { readonly businessDate?: number }) =>
		businessDate === undefined || spans.some((span) => isWithin(businessDate, span));
	const differences = result.differences.filter(isCovered);
	const { opened, gone } = await keep(store, tenant, spans, differences);
	return {
		differences: differences.filter(
			({ terminalId }) => terminal === undefined || terminalId === terminal,
		),
		matched: result.matches.filter(({ rows }) => rows.some(isCovered)).length,
		waiting: result.waiting.filter(({ row }) => isCovered(row)).length,
		unrelated: result.unrelated.filter(isCovered).length,
		legs: legs.filter((leg) => input[leg] !== undefined),
		opened,
		gone,
	};
}

/** The comparison itself: keeps nothing, and the same books, rules and decisions give the same result. */
export async function compare(
	store: Store,
	options: Omit<ReconcileOptions, "terminal">,
): Promise<{
	readonly input: MatchInput;
	readonly result: MatchResult;
	readonly spans: readonly Span[];
}> {
	const { tenant, asOf, rules = defaultRules } = options;
	const statements = await store.listStatements(tenant);
	const spans = coverage(statements, options.businessDate);
	const input = await gather(store, tenant, statements, spans, rules);
	const manual = await store.listManualDecisions(tenant);
	const result = matchLegs(input, { rules, manual, ...(asOf === undefined ? {} : { asOf }) });
	return { input, result, spans };
}

function isWithin(date: number, { from, to }: Span): boolean {
	return date >= from && date <= to;
}

/** The dates to compare, as spans without overlap: one date, or what the acquirer's files (else the bank's) cover. */
function coverage(statements: readonly Statement[], date: number | undefined): readonly Span[] {
	if (statements.length === 0) {
		const message =
			"no statement was imported, so there is nothing to compare with; import one first";
		throw new CloseoutError("NOT_FOUND", message);
	}
	if (date !== undefined) return [{ from: date, to: date }];
	const acquirer = statements.filter(({ leg }) => leg === "acquirer");
	const spans = (acquirer.length > 0 ? acquirer : statements)
		.flatMap(({ summary }): Span[] => {
			const { period } = readSummary(summary);
			return period === undefined ? [] : [{ from: period.first, to: period.last }];
		})
		.sort((a, b) => a.from - b.from);
	const joined: Span[] = [];
	for (const span of spans) {
		const last = joined.at(-1);
		if (last !== undefined && span.from <= addDays(last.to, 1)) {
			joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
		} else joined.push(span);
	}
	return joined;
}

/** The rows of the three books around the spans. A book of which there is no statement is not compared. */
async function gather(
	store: Store,
	tenant: string,
	statements: readonly Statement[],
	spans: readonly Span[],
	rules: Rules,
): Promise<MatchInput> {
	const [first] = spans;
	const last = spans.at(-1);
	if (first === undefined || last === undefined) return { terminal: [] };
	const from = addDays(first.from, -MARGIN_DAYS);
	const to = addDays(last.to, MARGIN_DAYS);
	const transactions: DatedTransaction[] = [];
	for await (const row of store.datedTransactions({ tenant, from, to })) transactions.push(row);
	const has = (leg: Leg) => statements.some((statement) => statement.leg === leg);
	const until = addDays(last.to, rules.bank.payoutDaysMax);
	return {
		terminal: terminalRows(transactions),
		...(has("acquirer") ? { acquirer: await rowsOf(store, tenant, "acquirer", from, to) } : {}),
		...(has("shop") ? { shop: await rowsOf(store, tenant, "shop", from, to) } : {}),
		...(has("bank") ? { bank: await rowsOf(store, tenant, "bank", from, until) } : {}),
	};
}

async function rowsOf(
	store: Store,
	tenant: string,
	leg: Leg,
	from: number,
	to: number,
): Promise<MoneyRow[]> {
	const rows: MoneyRow[] = [];
	for await (const row of store.statementRows({ tenant, leg, from, to })) rows.push(readRow(row));
	return rows;
}

/** Span by span, because what is not found again within a span is gone. */
async function keep(
	store: Store,
	tenant: string,
	spans: readonly Span[],
	differences: readonly Difference[],
): Promise<{ readonly opened: number; readonly gone: number }> {
	let opened = 0;
	let gone = 0;
	for (const [index, span] of spans.entries()) {
		const within = differences.filter(({ businessDate }) =>
			businessDate === undefined ? index === 0 : isWithin(businessDate, span),
		);
		const kept = await store.recordDifferences({ tenant, ...span, differences: within });
		opened += kept.opened;
		gone += kept.gone;
	}
	return { opened, gone };
}
