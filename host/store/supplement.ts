import type { Supplement } from "../core/day-facts.ts";
import type { StoredNote } from "./book-rows.ts";

/** Entries of sales among the notes of a period, in order, with what became of each. */
export function supplementsOf(notes: readonly StoredNote[]): readonly Supplement[] {
	const withdrawn = new Set(
		notes.flatMap(({ kind, body }) => (kind === "supplementWithdrawn" ? [body.supplement] : [])),
	);
	return notes.flatMap(({ kind, seq, wallS, body }) => {
		if (kind !== "supplement") return [];
		const { trace, lastFour } = body;
		return [
			{
				seq,
				wallS,
				origin: body.origin as Supplement["origin"],
				method: body.method as Supplement["method"],
				amountMinor: Number(body.amountMinor),
				currency: String(body.currency),
				soldDate: Number(body.soldDate),
				trace: typeof trace === "number" ? trace : null,
				lastFour: typeof lastFour === "string" ? lastFour : null,
				operator: String(body.operator),
				by: String(body.by),
				reason: String(body.reason),
				withdrawn: withdrawn.has(seq),
			},
		];
	});
}
