import type { Notice } from "../part.ts";

/** What a person needs to see first: a customer who waits, then what stops the work, then what only tells. */
const ranks: Readonly<Record<Notice["type"], number>> = Object.freeze({
	duplicate: 0,
	refused: 1,
	printer: 2,
	settlement: 3,
	settled: 4,
	transaction: 5,
	otherImage: 6,
	storageFault: 6,
	recovered: 7,
	check: 8,
	reminder: 9,
});

/** The notices, most urgent first; equals keep their order. */
export function byUrgency(notices: readonly Notice[]): readonly Notice[] {
	return [...notices].sort((left, right) => rank(left) - rank(right));
}

function rank(notice: Notice): number {
	return notice.type === "transaction" && notice.phase === "inFlight" ? 0 : ranks[notice.type];
}
