import type { GroupTotals, Transaction } from "./book.ts";

/**
 * Totals by scheme group of transactions that enter them, as a settlement states them: refunds are credits,
 * voids stand apart, everything else is a debit. Groups without transactions are left out; order of first use.
 */
export function sumTotals(transactions: readonly Transaction[]): readonly GroupTotals[] {
	const groups = new Map<GroupTotals["group"], GroupTotals>();
	for (const transaction of transactions) {
		const group = transaction.schemeGroup;
		if (group === null) continue;
		groups.set(group, add(groups.get(group) ?? noTotals(group), transaction));
	}
	return [...groups.values()];
}

function add(before: GroupTotals, { type, amountMinor }: Transaction): GroupTotals {
	if (type === "refund") {
		const { creditCount, creditMinor } = before;
		return { ...before, creditCount: creditCount + 1, creditMinor: creditMinor + amountMinor };
	}
	if (type === "void") {
		const { voidCount, voidMinor } = before;
		return { ...before, voidCount: voidCount + 1, voidMinor: voidMinor + amountMinor };
	}
	const { debitCount, debitMinor } = before;
	return { ...before, debitCount: debitCount + 1, debitMinor: debitMinor + amountMinor };
}

export function noTotals(group: GroupTotals["group"]): GroupTotals {
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

/** True when both say the same of every group; a group that one leaves out counts as zero. */
export function equalTotals(left: readonly GroupTotals[], right: readonly GroupTotals[]): boolean {
	const names = new Set([...left, ...right].map(({ group }) => group));
	return [...names].every((name) => {
		const one = left.find(({ group }) => group === name) ?? noTotals(name);
		const other = right.find(({ group }) => group === name) ?? noTotals(name);
		return (
			one.debitCount === other.debitCount &&
			one.debitMinor === other.debitMinor &&
			one.creditCount === other.creditCount &&
			one.creditMinor === other.creditMinor &&
			one.voidCount === other.voidCount &&
			one.voidMinor === other.voidMinor
		);
	});
}
