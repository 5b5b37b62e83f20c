import { CloseoutError } from "../../protocol/error.ts";
import { holdsCardNumber } from "../core/card.ts";
import { type ManualDecision, rowName } from "../core/manual.ts";
import type { MoneyRow } from "../core/row.ts";
import type { Store } from "../store/store.ts";
import { type CompareOptions, compareBooks } from "./compare-books.ts";

/** Rows of one decision; more are a rule's work. */
const ROWS_MAX = 50;

/**
 * Keeps what a person decided about rows, with who and why, so that every later comparison follows it. Throws
 * `NOT_FOUND` for a row that is in none of the compared books, `USAGE` for fewer than two rows or no reason, and
 * `CARD_DATA` for a reason with a card number.
 */
export async function decide(
	store: Store,
	decision: Omit<ManualDecision, "number" | "atS">,
	options: Omit<CompareOptions, "hold">,
): Promise<ManualDecision> {
	const { type, by, why } = decision;
	const rows = [...new Set(decision.rows)].sort();
	if (rows.length < 2 || rows.length > ROWS_MAX)
		throw new CloseoutError("USAGE", `a decision is about 2 to ${ROWS_MAX} rows; name them all`);
	if (by.trim() === "" || why.trim() === "")
		throw new CloseoutError("USAGE", "a decision needs who decides and why; give both");
	if (holdsCardNumber([by, why])) {
		const message = "the reason or the name holds a card number; say it without";
		throw new CloseoutError("CARD_DATA", message);
	}
	const asked = new Set(rows);
	const hold = (row: MoneyRow) => asked.has(rowName(row));
	const { input } = await compareBooks(store, { ...options, hold });
	const known = new Set<string>();
	for (const leg of [input.terminal, input.acquirer, input.shop, input.bank]) {
		for (const row of leg ?? []) known.add(rowName(row));
	}
	const lost = rows.find((row) => !known.has(row));
	if (lost !== undefined) {
		const message = `${lost}: no such row in the compared books; "closeout match explain" shows the names of rows`;
		throw new CloseoutError("NOT_FOUND", message);
	}
	return store.addManualDecision({ tenant: options.tenant, type, rows, by, why });
}
