/** A field of a JSON value, or undefined. */
export function fieldOf(value: unknown, name: string): unknown {
	if (typeof value !== "object" || value === null) return undefined;
	return new Map<string, unknown>(Object.entries(value)).get(name);
}
