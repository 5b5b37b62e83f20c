import type { MoneyRow } from "./row.ts";

/** What a person decided about rows: that they are one transaction, or that they are not. */
export interface ManualDecision {
	/** Counted from 1 in the order of deciding; later ones outdo earlier ones. */
	readonly number: number;
	readonly type: "match" | "unmatch";
	/** Names of rows, see `rowName`; at least two. */
	readonly rows: readonly string[];
	readonly by: string;
	readonly why: string;
	/** Seconds since 1970. */
	readonly atS: number;
}

/** True for two rows that must not be taken for one transaction. */
export type Parted = (a: MoneyRow, b: MoneyRow) => boolean;

/** What holds after all decisions. */
export interface Manual {
	readonly groups: readonly ManualDecision[];
	readonly parted: Parted;
}

export const nothingManual: Manual = { groups: [], parted: () => false };

/** A row by where it came from: `acquirer:clearing-20261120.csv:17:sale`, `terminal:till-0001.1:53:sale`. */
export function rowName({ leg, source, kind }: MoneyRow): string {
	return `${leg}:${source.file}:${source.line}:${kind}`;
}

/** Decisions in order: an `unmatch` ends the matches that it shares two rows with, and parts its rows for good. */
export function foldDecisions(decisions: readonly ManualDecision[]): Manual {
	if (decisions.length === 0) return nothingManual;
	let groups: ManualDecision[] = [];
	const parted = new Set<string>();
	for (const decision of decisions) {
		const names = new Set(decision.rows);
		const shares = ({ rows }: ManualDecision) => rows.filter((row) => names.has(row)).length > 1;
		groups = groups.filter((group) => !shares(group));
		const pairs = decision.rows.flatMap((a) => decision.rows.map((b) => pairName(a, b)));
		for (const pair of pairs) {
			if (decision.type === "unmatch") parted.add(pair);
			else parted.delete(pair);
		}
		if (decision.type === "match") groups.push(decision);
	}
	return {
		groups,
		parted: (a, b) => parted.size > 0 && parted.has(pairName(rowName(a), rowName(b))),
	};
}

function pairName(a: string, b: string): string {
	return a < b ? `${a}\n${b}` : `${b}\n${a}`;
}
