import type { GroupTotals, OpenTransaction } from "./state.ts";

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
