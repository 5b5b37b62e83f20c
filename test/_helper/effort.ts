/**
 * The same tests run on Node, inside XS, where the same work takes some thirty times as long, and once for each
 * mutant of a mutation run, which sets CLOSEOUT_THIN. There the cases are thinned out: the code under test is the
 * same, and a plain run on Node has seen every case.
 */
export const insideXs = typeof process === "undefined";

const isThin = insideXs || process.env.CLOSEOUT_THIN !== undefined;

/** A number of cases: as given on Node, a fraction of it where cases are thinned out. */
export function thin(count: number, factor = 25): number {
	return isThin ? Math.ceil(count / factor) : count;
}

/** The distance between cases: as given on Node, a multiple of it where cases are thinned out. */
export function stride(distance: number, factor = 25): number {
	return isThin ? distance * factor : distance;
}
