import type { MatchInput } from "./decision.ts";
import type { MoneyRow } from "./row.ts";
import type { Rewrite } from "./rules.ts";

/** Rewrites the references of a row as the rules say; each rule once, in order. */
export function rowRewriter(rewrites: readonly Rewrite[]): (row: MoneyRow) => MoneyRow {
	const changes = rewrites.map(({ leg, pattern, replace }) => {
		const expression = new RegExp(pattern, "u");
		return { leg, apply: (text: string) => text.replace(expression, replace) };
	});
	return (row) => {
		const own = changes.filter(({ leg }) => leg === row.leg);
		if (own.length === 0) return row;
		const change = (text: string) => own.reduce((done, { apply }) => apply(done), text);
		const { references } = row;
		return {
			...row,
			reference: change(row.reference),
			...(references === undefined ? {} : { references: references.map(change) }),
		};
	};
}

/** All rows with their references rewritten. */
export function rewriteRows(input: MatchInput, rewrites: readonly Rewrite[]): MatchInput {
	if (rewrites.length === 0) return input;
	const rewrite = rowRewriter(rewrites);
	const { terminal, acquirer, bank, shop, ...others } = input;
	return {
		...others,
		...(terminal === undefined ? {} : { terminal: terminal.map(rewrite) }),
		...(acquirer === undefined ? {} : { acquirer: acquirer.map(rewrite) }),
		...(bank === undefined ? {} : { bank: bank.map(rewrite) }),
		...(shop === undefined ? {} : { shop: shop.map(rewrite) }),
	};
}
