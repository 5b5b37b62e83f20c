/** Places of the rows that share a key, on both sides; one side may be empty. */
export interface JoinGroup {
	readonly left: readonly number[];
	readonly right: readonly number[];
}

/**
 * Full outer hash join by text keys: every place with a key is in exactly one group, with its multiplicity;
 * places whose key is undefined take no part. Groups come in the order in which their keys first appear, left
 * before right. Only keys and places cross this border, so that the inside may become a partitioned join over
 * typed arrays without a change outside.
 */
export function outerGroups(
	leftKeys: readonly (string | undefined)[],
	rightKeys: readonly (string | undefined)[],
): JoinGroup[] {
	const groups = new Map<string, { left: number[]; right: number[] }>();
	collect(leftKeys, "left");
	collect(rightKeys, "right");
	return [...groups.values()];

	function collect(keys: readonly (string | undefined)[], side: "left" | "right"): void {
		for (const [place, key] of keys.entries()) {
			if (key === undefined) continue;
			const group = groups.get(key);
			if (group === undefined) {
				groups.set(
					key,
					side === "left" ? { left: [place], right: [] } : { left: [], right: [place] },
				);
			} else {
				group[side].push(place);
			}
		}
	}
}
