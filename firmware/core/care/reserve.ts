import {
	CHECKPOINT_BYTES_MAX,
	CLOSING_RECORD_BYTES,
	CLOSING_RECORDS_PER_DEBT,
	CLOSING_RECORDS_PER_OPEN,
	CLOSING_RECORDS_PER_WAIT,
	CLOSING_RESERVE_SEGMENTS,
} from "../../../protocol/limits.ts";
import type { Usage } from "../journal/usage.ts";
import type { State } from "../state/state.ts";

/** Header, seal and the end of a segment into which the next group does not fit. */
const SEGMENT_WASTE_BYTES = 2_048;

/**
 * Segments that must stay free so that everything open can still be settled, printed and closed: a fixed part for
 * the settlement, the close and their papers, and room for what grows with the day. The acquirer may ask for each
 * transaction of the batch in an upload; each print owed is sent and confirmed; each open transaction is enquired,
 * reversed and printed.
 */
export function closingReserve(
	state: State,
	{ segmentBytes, segmentsTotal }: Pick<Usage, "segmentBytes" | "segmentsTotal">,
): number {
	const records =
		unsettledCount(state) +
		state.debts.length * CLOSING_RECORDS_PER_DEBT +
		state.open.length * CLOSING_RECORDS_PER_OPEN +
		(state.tips.length + state.holds.length) * CLOSING_RECORDS_PER_WAIT;
	const usableBytes = Math.max(
		segmentBytes - CHECKPOINT_BYTES_MAX - SEGMENT_WASTE_BYTES,
		Math.floor(segmentBytes / 3),
	);
	const fixed = Math.min(CLOSING_RESERVE_SEGMENTS, Math.floor(segmentsTotal / 4));
	return fixed + Math.ceil((records * CLOSING_RECORD_BYTES) / usableBytes);
}

function unsettledCount({ batch, settlement }: State): number {
	const groups = [...batch.groups, ...(settlement?.groups ?? [])];
	return groups.reduce(
		(sum, { debitCount, creditCount, voidCount }) => sum + debitCount + creditCount + voidCount,
		0,
	);
}

/**
 * The oldest record that work still needs: of the open day, the batch, a settlement, an open transaction, a sale
 * that waits for its tip, a print owed. A pre-authorisation stands in the state with all that its end needs. What is older is kept for its retention time only.
 */
export function neededFrom(state: State): number {
	const { day, batch, settlement, settlements, open, tips, debts, sequence } = state;
	const needed = [
		sequence + 1,
		...(day === null ? [] : [day.first]),
		...(batch.groups.length === 0 ? [] : [batch.first]),
		...(settlement === null ? [] : [settlement.first]),
		...open.map(({ transaction }) => transaction),
		...tips,
		...debts.flatMap(({ debt, subject }) => {
			const settled = settlements.find((other) => other.settlement === subject);
			return [debt, settled?.first ?? (subject || debt)];
		}),
	];
	return Math.min(...needed);
}
