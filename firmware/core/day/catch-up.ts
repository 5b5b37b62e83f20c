import type { Configuration } from "../../../protocol/configuration.ts";
import type { Stamp } from "../../../protocol/record.ts";
import { businessDateAt, daysBetween } from "../../../protocol/time.ts";
import type { State } from "../state/state.ts";

/** True while money waits: approvals in the batch or a settlement without an end. */
export function isUnsettled(state: State): boolean {
	return state.batch.groups.length > 0 || state.settlement !== null;
}

/** Wall seconds of the oldest approval that is not settled, or null. */
export function oldestUnsettledS(state: State): number | null {
	return state.settlement?.oldestWallS ?? state.batch.oldestWallS;
}

/**
 * Days by which the shop's work is late: an earlier business date is still open, or one was left with money
 * unsettled or paper owed. 0 when nothing is late. By wall time, so the caller asks only while it is trusted.
 */
export function daysLate(state: State, configuration: Configuration, now: Stamp): number {
	const { day } = state;
	const dateOf = (wallS: number) =>
		businessDateAt(wallS, now.zoneMinutes, configuration.cutOverMinute);
	const today = dateOf(now.wallS);
	if (day !== null && day.businessDate < today) return daysBetween(day.businessDate, today);
	const oldestS = oldestUnsettledS(state);
	const first = day?.first ?? state.sequence + 1;
	const debtLeft = state.debts.some(({ debt }) => debt < first);
	const lastDate = state.days.at(-1)?.businessDate ?? today;
	const dates = [
		...(isUnsettled(state) && oldestS !== null ? [dateOf(oldestS)] : []),
		...(debtLeft ? [lastDate] : []),
	];
	return Math.max(0, ...dates.map((date) => daysBetween(date, today)));
}
