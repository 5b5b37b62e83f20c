/** Takes what stands in a map the longest out of it until no more than `max` entries are left. */
export function forgetOldest(entries: Map<string, unknown>, max: number): void {
	for (const name of entries.keys()) {
		if (entries.size <= max) return;
		entries.delete(name);
	}
}
