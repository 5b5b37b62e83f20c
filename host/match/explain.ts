import { CloseoutError } from "../../protocol/error.ts";
import type { Difference } from "../core/difference.ts";
import { type ManualDecision, rowName } from "../core/manual.ts";
import type { Leg, MoneyRow } from "../core/row.ts";
import type { Rules, Words } from "../core/rules.ts";
import { batchKey } from "../core/settlement.ts";
import type { Store } from "../store/store.ts";
import { type CompareOptions, compareBooks } from "./compare-books.ts";

/** A row as it is shown beside others. */
export interface ExplainedRow {
	readonly name: string;
	readonly leg: Leg;
	readonly file: string;
	readonly line: number;
	readonly terminal: string | undefined;
	readonly businessDate: number | undefined;
	readonly reference: string;
	readonly kind: string;
	readonly amountMinor: number;
	readonly currency: string;
	readonly status: string;
}

/** One thing that was decided about rows, and why. */
export type Decided =
	| {
			readonly type: "matched";
			readonly rule: string;
			/** The rule in words, where it is one of the document's. */
			readonly words: Words | undefined;
			readonly why: string;
			readonly score: number | undefined;
			readonly points: readonly string[];
			readonly rows: readonly ExplainedRow[];
	  }
	| { readonly type: "different"; readonly difference: Difference }
	| {
			readonly type: "waiting";
			readonly missingAt: Leg;
			readonly until: number;
			readonly rows: readonly ExplainedRow[];
	  }
	| { readonly type: "unrelated"; readonly rows: readonly ExplainedRow[] }
	| {
			readonly type: "candidate";
			readonly rule: string;
			readonly leftOut: "too-weak" | "not-the-only-one";
			readonly score: number;
			readonly points: readonly string[];
			readonly rows: readonly ExplainedRow[];
	  };

export interface Explanation {
	readonly id: string;
	readonly rows: readonly ExplainedRow[];
	readonly decided: readonly Decided[];
	/** What people said about these rows, oldest first. */
	readonly manual: readonly ManualDecision[];
}

/** Passes over whole batches, of which a match shows some rows only. */
const payouts = new Set(["batch-named", "batch-amount", "day-amount"]);

/** Rows that one answer is about. */
const ROWS_MAX = 200;

/**
 * Why rows are matched, different or open: compares once more, as the same books always give the same, and tells
 * every decision about the rows that the id names. An id is a row's name, a reference or order number, or the id of
 * a difference. Throws `NOT_FOUND`.
 */
export async function explain(
	store: Store,
	id: string,
	options: Omit<CompareOptions, "hold"> & { readonly rules: Rules },
): Promise<Explanation> {
	const isNamed = (row: MoneyRow) =>
		rowName(row) === id || row.reference === id || (row.references?.includes(id) ?? false);
	const { input, result } = await compareBooks(store, { ...options, hold: isNamed });
	const difference = result.differences.find((one) => one.id === id);
	const places = new Set(difference?.evidence.map(placeOf));
	const isMeant = (row: MoneyRow) =>
		isNamed(row) || places.has(placeOf({ leg: row.leg, ...row.source }));
	const all = [input.terminal, input.acquirer, input.shop, input.bank];
	const rows = all.flatMap((leg) => leg?.filter(isMeant) ?? []).slice(0, ROWS_MAX);
	if (rows.length === 0 && difference === undefined) {
		const message = `${id}: no row of the compared books and no difference has this name; give a reference, an order number, a row such as acquirer:clearing.csv:17:sale, or the id of a difference`;
		throw new CloseoutError("NOT_FOUND", message);
	}
	const names = new Set(rows.map(rowName));
	const about = (row: MoneyRow) => names.has(rowName(row));
	const batches = new Set(rows.map(batchKey));
	const isInBatch = (row: MoneyRow) => row.leg !== "bank" && batches.has(batchKey(row) ?? "");
	const decided: Decided[] = [];
	for (const { rows: own, pass, why, score, points = [] } of result.matches) {
		if (!own.some((row) => about(row) || (payouts.has(pass) && isInBatch(row)))) continue;
		const words = options.rules.passes.find(({ name }) => name === pass)?.why;
		decided.push({ type: "matched", rule: pass, words, why, score, points, rows: own.map(shown) });
	}
	for (const one of result.differences) {
		const own = new Set(one.evidence.map(placeOf));
		if (one === difference || rows.some((row) => own.has(placeOf({ leg: row.leg, ...row.source }))))
			decided.push({ type: "different", difference: one });
	}
	for (const { row, missingAt, until } of result.waiting) {
		if (about(row)) decided.push({ type: "waiting", missingAt, until, rows: [shown(row)] });
	}
	for (const row of result.unrelated) {
		if (about(row)) decided.push({ type: "unrelated", rows: [shown(row)] });
	}
	for (const { left, right, rule, score, leftOut } of result.candidates) {
		if (!about(left.row) && !about(right.row)) continue;
		const own = [shown(left.row), shown(right.row)];
		decided.push({ type: "candidate", rule: rule.name, leftOut, ...score, rows: own });
	}
	const manual = await store.listManualDecisions(options.tenant);
	return {
		id,
		rows: rows.map(shown),
		decided,
		manual: manual.filter((one) => one.rows.some((name) => names.has(name))),
	};
}

function placeOf(row: { readonly leg: Leg; readonly file: string; readonly line: number }): string {
	return `${row.leg}:${row.file}:${row.line}`;
}

function shown(row: MoneyRow): ExplainedRow {
	const { leg, source, terminalId, businessDate, reference, kind, amountMinor, currency, status } =
		row;
	const place = { name: rowName(row), leg, file: source.file, line: source.line };
	const money = { kind, amountMinor, currency, status };
	return { ...place, terminal: terminalId, businessDate, reference, ...money };
}
