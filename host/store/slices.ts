/** Rows of one INSERT: few different numbers, so that the texts of the statements come again and stay prepared. */
const SIZES = [64, 8, 1] as const;

/** The rows in order, in slices of a few fixed sizes. */
export function slices<T>(rows: readonly T[]): readonly (readonly T[])[] {
	const parts: (readonly T[])[] = [];
	let start = 0;
	for (const size of SIZES) {
		for (; start + size <= rows.length; start += size) parts.push(rows.slice(start, start + size));
	}
	return parts;
}
