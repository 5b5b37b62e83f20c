import { addDays } from "../../protocol/time.ts";
import type { MatchInput, MatchResult } from "../core/decision.ts";
import { defaultRules } from "../core/default-rules.ts";
import { rowName } from "../core/manual.ts";
import { matchLegs } from "../core/match.ts";
import { rowRewriter } from "../core/rewrite.ts";
import { type Leg, legs, type MoneyRow } from "../core/row.ts";
import type { Rules } from "../core/rules.ts";
import { readRow } from "../import/stored.ts";
import { terminalRows } from "../import/terminal-rows.ts";
import type { DatedTransaction } from "../store/dated.ts";
import type { Store } from "../store/store.ts";
import { coverage, type Span } from "./coverage.ts";
import { type Book, firstPass } from "./first-pass.ts";

export interface CompareOptions {
	readonly tenant: string;
	/** `yyyymmdd`; every date that the statements cover when left out. */
	readonly businessDate?: number;
	/** `yyyymmdd` of the run: rows younger than the waiting time are not called missing yet. */
	readonly asOf?: number;
	/** The shipped ones when left out. */
	readonly rules?: Rules;
	/** Rows that are to be in `input` even when they agree with everything. */
	readonly hold?: (row: MoneyRow) => boolean;
}

export interface Compared {
	/** The rows that the rules looked at. */
	readonly input: MatchInput;
	readonly result: MatchResult;
	/** The books that were compared. */
	readonly legs: readonly Leg[];
	readonly spans: readonly Span[];
	/** Pairs beyond the rows of `input` that agree in everything, by business date. */
	readonly agreedByDate: ReadonlyMap<number, number>;
}

/** Days around a date in which the other book may have the same transaction. */
const MARGIN_DAYS = 3;
/** Rows of a book that are read once and kept; a larger book is read again instead. */
const CACHED_ROWS_MAX = 200_000;

/**
 * Compares the journals with the statements, and keeps nothing: the same books, rules and decisions give the same
 * result. A book of which there is no statement is not compared. Throws `NOT_FOUND` when there is no statement.
 */
export async function compareBooks(store: Store, options: CompareOptions): Promise<Compared> {
	const { tenant, asOf, rules = defaultRules } = options;
	const statements = await store.listStatements(tenant);
	const spans = coverage(statements, options.businessDate);
	const present = legs.filter(
		(leg) => leg === "terminal" || statements.some((statement) => statement.leg === leg),
	);
	const manual = await store.listManualDecisions(tenant);
	const book = (leg: Leg) => bookOf(store, tenant, leg, spans, rules);
	const read = async (leg: Leg) => (present.includes(leg) ? await allOf(book(leg)) : undefined);
	const [bank, shop] = [await read("bank"), await read("shop")];
	const others = {
		...(bank === undefined ? {} : { bank }),
		...(shop === undefined ? {} : { shop }),
	};
	const decided = new Set(manual.flatMap(({ rows }) => rows));
	const hold = (row: MoneyRow) =>
		(decided.size > 0 && decided.has(rowName(row))) ||
		(shop !== undefined && (row.references ?? []).length > 0) ||
		(options.hold?.(row) ?? false);
	const { input: own, agreedByDate } = present.includes("acquirer")
		? await firstPass({
				terminal: book("terminal"),
				acquirer: book("acquirer"),
				bankReferences: referencesOf(bank ?? []),
				hold,
			})
		: { input: { terminal: await allOf(book("terminal")) }, agreedByDate: new Map() };
	const input = { ...own, ...others };
	// The books are rewritten as they are read.
	const result = matchLegs(input, {
		rules: { ...rules, rewrites: [] },
		manual,
		...(asOf === undefined ? {} : { asOf }),
	});
	return { input, result, legs: present, spans, agreedByDate };
}

function referencesOf(lines: readonly MoneyRow[]): ReadonlySet<string> {
	const references = new Set<string>();
	for (const { reference, references: others = [] } of lines) {
		for (const one of [reference, ...others]) if (one !== "") references.add(one);
	}
	return references;
}

/** The rows of one book around the dates; read again from the database each time, unless they are few. */
function bookOf(
	store: Store,
	tenant: string,
	leg: Leg,
	spans: readonly Span[],
	rules: Rules,
): Book {
	const from = addDays(spans[0]?.from ?? 0, -MARGIN_DAYS);
	const last = spans.at(-1)?.to ?? 0;
	const to = addDays(last, leg === "bank" ? rules.bank.payoutDaysMax : MARGIN_DAYS);
	const rewrite = rowRewriter(rules.rewrites);
	return cached(async function* () {
		if (spans.length === 0) return;
		const rows =
			leg === "terminal"
				? journalRows(store, tenant, from, to)
				: statementRows(store, tenant, leg, from, to);
		for await (const row of rows) yield rewrite(row);
	});
}

async function* statementRows(store: Store, tenant: string, leg: Leg, from: number, to: number) {
	for await (const row of store.statementRows({ tenant, leg, from, to })) yield readRow(row);
}

/** A void is known by the sale that it takes back, so the transactions of a journal are taken together. */
async function* journalRows(store: Store, tenant: string, from: number, to: number) {
	let journal: DatedTransaction[] = [];
	for await (const row of store.datedTransactions({ tenant, from, to })) {
		const [first] = journal;
		if (first !== undefined && (first.terminal !== row.terminal || first.epoch !== row.epoch)) {
			yield* terminalRows(journal);
			journal = [];
		}
		journal.push(row);
	}
	yield* terminalRows(journal);
}

function cached(book: Book): Book {
	let kept: readonly MoneyRow[] | undefined;
	return async function* () {
		if (kept !== undefined) {
			yield* kept;
			return;
		}
		let rows: MoneyRow[] | undefined = [];
		for await (const row of book()) {
			if (rows !== undefined && rows.length < CACHED_ROWS_MAX) rows.push(row);
			else rows = undefined;
			yield row;
		}
		kept = rows;
	};
}

async function allOf(book: Book): Promise<MoneyRow[]> {
	const rows: MoneyRow[] = [];
	for await (const row of book()) rows.push(row);
	return rows;
}
