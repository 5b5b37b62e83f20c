import { matchBank } from "./bank.ts";
import { matchBooks, matchShop } from "./books.ts";
import {
	type Expected,
	type MatchInput,
	type MatchOptions,
	type MatchResult,
	makeDecisions,
} from "./decision.ts";
import { defaultRules } from "./default-rules.ts";
import { nameDifferences } from "./difference.ts";
import { foldDecisions } from "./manual.ts";
import { foldVoids } from "./operation.ts";
import { pairOperations } from "./pairing.ts";
import { rewriteRows } from "./rewrite.ts";
import { takeManual } from "./take-manual.ts";

/**
 * Compares the books. Terminal and acquirer are joined first; what they agree on, or the only one of them that
 * is given, is what the bank should have. A difference that was found between terminal and acquirer is not found
 * again at the bank: a bank line agrees when it agrees with either of them. Orders of a shop are compared with the
 * terminal. What people decided comes before every rule.
 *
 * Rows of one leg may come in any order; the result is in one order.
 */
export function matchLegs(input: MatchInput, options: MatchOptions = {}): MatchResult {
	const rules = options.rules ?? defaultRules;
	const decisions = makeDecisions(options);
	const manual = foldDecisions(options.manual ?? []);
	const rewritten = rewriteRows(input, rules.rewrites);
	const open = takeManual(
		{
			terminal: foldVoids(rewritten.terminal ?? []),
			acquirer: foldVoids(rewritten.acquirer ?? []),
			shop: foldVoids(rewritten.shop ?? []),
			bank: rewritten.bank ?? [],
		},
		manual,
		decisions,
	);
	const { terminal, acquirer } = open;
	const passes = (book: "acquirer" | "shop") => rules.passes.filter((rule) => rule.book === book);
	let expected: Expected[];
	if (input.terminal !== undefined && input.acquirer !== undefined) {
		const pairing = pairOperations(terminal, acquirer, passes("acquirer"), manual);
		expected = matchBooks(pairing, rules.accepts, manual, decisions);
	} else {
		expected = [
			...terminal.map((operation) => ({ terminal: operation, extra: false })),
			...acquirer.map((operation) => ({ acquirer: operation, extra: false })),
		];
	}
	if (input.shop !== undefined && input.terminal !== undefined) {
		const pairing = pairOperations(open.ordered, open.shop, passes("shop"), manual);
		matchShop(pairing, rules.accepts, manual, decisions);
	}
	if (input.bank !== undefined) {
		const bank = { ...rewritten, bank: open.bank };
		matchBank([...open.expected, ...expected], bank, { ...options, rules }, manual, decisions);
	}
	const { findings, matches, waiting, unrelated, candidates } = decisions;
	return { differences: nameDifferences(findings), matches, waiting, unrelated, candidates };
}
