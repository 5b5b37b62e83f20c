import { LOST_RANGES_MAX } from "../../../protocol/limits.ts";
import type { RecordBody, Stamp } from "../../../protocol/record.ts";
import type { State } from "./state.ts";

/** Only the record of a whole round changes what is known of the media; single segments are evidence. */
export function foldScrub(
	state: State,
	{ wallS }: Stamp,
	{ segment, findings, repaired }: RecordBody<"scrub">,
): State {
	if (segment !== 0) return state;
	return { ...state, check: { wallS, findings, repaired }, lost: findings === 0 ? [] : state.lost };
}

/** A gap may be told twice, when the power went between its record and its repair. */
export function withLost(lost: State["lost"], { from, to }: RecordBody<"gap">): State["lost"] {
	if (lost.some((known) => known.from <= from && known.to >= to)) return lost;
	if (lost.length < LOST_RANGES_MAX) return [...lost, { from, to }];
	const last = lost[LOST_RANGES_MAX - 1] ?? { from, to };
	const wide = { from: Math.min(last.from, from), to: Math.max(last.to, to) };
	return [...lost.slice(0, -1), wide];
}
