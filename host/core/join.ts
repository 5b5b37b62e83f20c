import { joinExactly } from "./exact/join.ts";
import { LEFT, RIGHT, type Side } from "./exact/layout.ts";
import { PartitionedRows } from "./exact/rows.ts";
import { TextHash } from "./exact/text-hash.ts";

/** What one row of a side is known by, and what must agree besides. */
export interface Keyed {
	/** None for a row that takes no part; several for one that has several names. */
	readonly keys: readonly string[];
	readonly amountMinor: number;
	readonly mark: string;
}

/** Places of the rows that share a key, on both sides, in order. */
export interface JoinGroup {
	readonly left: readonly number[];
	readonly right: readonly number[];
}

const KEY_SEED = 1;
const MARK_SEED = 2;

/**
 * Joins two sides by text keys through the exact join over typed arrays. Gives every key that both sides have: those
 * of one row on each side that agree first, then the others. A row with several keys may be in several groups.
 * Groups come in the order of their first left row. The texts of every group are compared, not their hashes only.
 */
export function joinGroups(left: readonly Keyed[], right: readonly Keyed[]): JoinGroup[] {
	const rows = new PartitionedRows();
	add(rows, LEFT, left);
	add(rows, RIGHT, right);
	const agreed: JoinGroup[] = [];
	const others: JoinGroup[] = [];
	const shares = (a: number, b: number) =>
		left[a]?.keys.some((key) => right[b]?.keys.includes(key));
	joinExactly(
		rows,
		(exception) => {
			if (exception.left.length === 0 || exception.right.length === 0) return;
			others.push(...sortOut(exception, left, right));
		},
		(a, b) => {
			if (shares(a, b)) agreed.push({ left: [a], right: [b] });
		},
	);
	return [...agreed.sort(byFirst), ...others.sort(byFirst)];
}

function add(rows: PartitionedRows, side: Side, keyed: readonly Keyed[]): void {
	const key = new TextHash(KEY_SEED);
	const mark = new TextHash(MARK_SEED);
	for (const [place, one] of keyed.entries()) {
		if (one.keys.length === 0) continue;
		mark.take(one.mark);
		for (const text of one.keys) {
			key.take(text);
			rows.add(side, key.high, key.low, one.amountMinor, mark.high, mark.low, place);
		}
	}
}

/** The rows of one hash by their texts, which are almost always one. */
function sortOut(
	group: {
		readonly left: readonly { readonly place: number }[];
		readonly right: readonly { readonly place: number }[];
	},
	left: readonly Keyed[],
	right: readonly Keyed[],
): JoinGroup[] {
	const byText = new Map<string, { left: number[]; right: number[] }>();
	for (const side of ["left", "right"] as const) {
		for (const { place } of group[side]) {
			for (const text of (side === "left" ? left : right)[place]?.keys ?? []) {
				const same = byText.get(text) ?? { left: [], right: [] };
				same[side].push(place);
				byText.set(text, same);
			}
		}
	}
	return [...byText.values()].filter((one) => one.left.length > 0 && one.right.length > 0);
}

function byFirst(a: JoinGroup, b: JoinGroup): number {
	return (a.left[0] ?? 0) - (b.left[0] ?? 0) || (a.right[0] ?? 0) - (b.right[0] ?? 0);
}
