import type { Manual } from "./manual.ts";
import type { Operation } from "./operation.ts";
import { type Candidate, type Found, runPass } from "./pass.ts";
import type { PassRule } from "./rules.ts";

export interface Pairing {
	readonly found: readonly Found[];
	readonly candidates: readonly Candidate[];
	/** What is left over on each side. */
	readonly left: readonly Operation[];
	readonly right: readonly Operation[];
}

/** Pairs the operations of two books; every operation is in exactly one thing found or left over on its side. */
export function pairOperations(
	left: readonly Operation[],
	right: readonly Operation[],
	rules: readonly PassRule[],
	{ parted }: Manual,
): Pairing {
	const found: Found[] = [];
	const candidates: Candidate[] = [];
	let [openLeft, openRight] = [left, right];
	for (const rule of rules) {
		if (openLeft.length === 0 || openRight.length === 0) break;
		const result = runPass(rule, openLeft, openRight, parted);
		candidates.push(...result.candidates);
		if (result.found.length === 0) continue;
		const taken = new Set<Operation>();
		for (const one of result.found) {
			found.push(one);
			for (const operation of [...one.left, ...one.right]) taken.add(operation);
		}
		openLeft = openLeft.filter((operation) => !taken.has(operation));
		openRight = openRight.filter((operation) => !taken.has(operation));
	}
	const open = new Set([...openLeft, ...openRight]);
	return {
		found,
		candidates: candidates.filter((one) => open.has(one.left) && open.has(one.right)),
		left: openLeft,
		right: openRight,
	};
}
