import { HOLDS_MAX, OPEN_TIPS_MAX } from "../../../protocol/limits.ts";
import type { RecordBody } from "../../../protocol/record.ts";
import { withoutOverride } from "./override.ts";
import type { OpenTransaction, State } from "./state.ts";

/** What waits for somebody after it was approved: a pre-authorisation for its end, a sale for its tip. */
export function withHold(
	state: State,
	{
		transaction,
		amountMinor,
		trace,
	}: Pick<OpenTransaction, "transaction" | "amountMinor" | "trace">,
): State {
	// Admission leaves room for every pre-authorisation that is open; a journal of earlier rules may hold more.
	const kept = state.holds.slice(-(HOLDS_MAX - 1));
	const expiryS = null;
	return { ...state, holds: [...kept, { transaction, amountMinor, trace, expiryS }] };
}

export function foldHoldExpiry(
	state: State,
	{ transaction, expiryS }: RecordBody<"holdExpiry">,
): State {
	const holds = state.holds.map((hold) =>
		hold.transaction === transaction ? { ...hold, expiryS } : hold,
	);
	return { ...state, holds };
}

/** One sale more waits: what was lifted before is not lifted for it. */
export function foldTipOpen(state: State, { transaction }: RecordBody<"tipOpen">): State {
	const tips = [...state.tips, transaction].slice(-OPEN_TIPS_MAX);
	return withoutOverride({ ...state, tips }, "openTip");
}

/** Neither a tip nor an end is waited for any more. */
export function foldEnded(state: State, transaction: number): State {
	const { holds, tips } = state;
	const isHeld = holds.some((hold) => hold.transaction === transaction);
	if (!isHeld && !tips.includes(transaction)) return state;
	return {
		...state,
		holds: holds.filter((hold) => hold.transaction !== transaction),
		tips: tips.filter((tip) => tip !== transaction),
	};
}
