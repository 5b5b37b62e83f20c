import { matchBank } from "./bank.ts";
import { matchBooks } from "./books.ts";
import {
	type Expected,
	type MatchInput,
	type MatchOptions,
	type MatchResult,
	makeDecisions,
} from "./decision.ts";
import { nameDifferences } from "./difference.ts";
import { foldVoids } from "./operation.ts";
import { pairOperations } from "./pairing.ts";

/**
 * Compares the books. Terminal and acquirer are joined first; what they agree on, or the only one of them that
 * is given, is what the bank should have. A difference that was found between terminal and acquirer is not found
 * again at the bank: a bank line agrees when it agrees with either of them.
 *
 * Rows of one leg may come in any order; the result is in one order.
 */
export function matchLegs(input: MatchInput, options: MatchOptions = {}): MatchResult {
	const decisions = makeDecisions(options);
	const terminal = foldVoids(input.terminal ?? []);
	const acquirer = foldVoids(input.acquirer ?? []);
	let expected: Expected[];
	if (input.terminal !== undefined && input.acquirer !== undefined) {
		expected = matchBooks(pairOperations(terminal, acquirer), decisions);
	} else {
		expected = [
			...terminal.map((operation) => ({ terminal: operation, extra: false })),
			...acquirer.map((operation) => ({ acquirer: operation, extra: false })),
		];
	}
	if (input.bank !== undefined) matchBank(expected, input, options, decisions);
	const { findings, matches, waiting, unrelated } = decisions;
	return { differences: nameDifferences(findings), matches, waiting, unrelated };
}
