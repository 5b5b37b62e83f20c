import type { GroupTotals, OpenTransaction, State } from "./state.ts";

/** A pre-authorisation moves no money until its completion, and none when it is cancelled. */
export function entersTotals(type: OpenTransaction["type"]): boolean {
	return type !== "preAuthorisation" && type !== "cancellation";
}

/** Totals with one approved transaction more. */
export function added(
	groups: readonly GroupTotals[],
	group: GroupTotals["group"],
	{ type, amountMinor }: Pick<OpenTransaction, "type" | "amountMinor">,
): readonly GroupTotals[] {
	const before = groups.find((other) => other.group === group) ?? emptyTotals(group);
	const after =
		type === "refund"
			? {
					...before,
					creditCount: before.creditCount + 1,
					creditMinor: before.creditMinor + amountMinor,
				}
			: type === "void"
				? { ...before, voidCount: before.voidCount + 1, voidMinor: before.voidMinor + amountMinor }
				: {
						...before,
						debitCount: before.debitCount + 1,
						debitMinor: before.debitMinor + amountMinor,
					};
	if (!groups.includes(before)) return [...groups, after];
	return groups.map((other) => (other === before ? after : other));
}

/** What is not settled: how many transactions, and how much moves to the merchant by them. */
export function unsettledTotals({ batch, settlement }: Pick<State, "batch" | "settlement">): {
	readonly count: number;
	readonly amountMinor: number;
} {
	let count = 0;
	let amountMinor = 0;
	for (const group of [...batch.groups, ...(settlement?.groups ?? [])]) {
		count += group.debitCount + group.creditCount + group.voidCount;
		amountMinor += group.debitMinor - group.creditMinor - group.voidMinor;
	}
	return { count, amountMinor };
}

function emptyTotals(group: GroupTotals["group"]): GroupTotals {
	return {
		group,
		debitCount: 0,
		debitMinor: 0,
		creditCount: 0,
		creditMinor: 0,
		voidCount: 0,
		voidMinor: 0,
	};
}
