/** Takes what stands in a map the longest out of it until no more than `max` entries are left. */
export function forgetOldest(entries: Map<string, unknown>, max: number): void {
	while (entries.size > max) {
		const { value = "" } = entries.keys().next();
		entries.delete(value);
	}
}
