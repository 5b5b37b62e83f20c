/**
 * A text with its `{name}` places filled in.
 *
 * @example fill("{count} not settled", { count: 3 }) // "3 not settled"
 */
export function fill(template: string, values: Readonly<Record<string, string | number>>): string {
	return template.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}
