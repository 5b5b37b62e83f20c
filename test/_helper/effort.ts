/**
 * The same tests run on Node and inside XS, where the same work takes some thirty times as long. There the cases
 * are thinned out: the code under test is the same, and Node has seen every case.
 */
export const insideXs = typeof process === "undefined";

/** A number of cases: as given on Node, a fraction of it inside XS. */
export function thin(count: number, factor = 25): number {
	return insideXs ? Math.ceil(count / factor) : count;
}

/** The distance between cases: as given on Node, a multiple of it inside XS. */
export function stride(distance: number, factor = 25): number {
	return insideXs ? distance * factor : distance;
}
