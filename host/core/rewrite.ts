import type { MatchInput } from "./decision.ts";
import type { MoneyRow } from "./row.ts";
import type { Rewrite } from "./rules.ts";

/** The rows with their references as the rules rewrite them; each rule once, in order. */
export function rewriteRows(input: MatchInput, rewrites: readonly Rewrite[]): MatchInput {
	if (rewrites.length === 0) return input;
	const changes = rewrites.map(({ leg, pattern, replace }) => {
		const expression = new RegExp(pattern, "u");
		return { leg, apply: (text: string) => text.replace(expression, replace) };
	});
	const rewrite = (row: MoneyRow): MoneyRow => {
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
	const { terminal, acquirer, bank, shop, ...others } = input;
	return {
		...others,
		...(terminal === undefined ? {} : { terminal: terminal.map(rewrite) }),
		...(acquirer === undefined ? {} : { acquirer: acquirer.map(rewrite) }),
		...(bank === undefined ? {} : { bank: bank.map(rewrite) }),
		...(shop === undefined ? {} : { shop: shop.map(rewrite) }),
	};
}
