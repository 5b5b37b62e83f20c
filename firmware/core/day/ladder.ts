/** Steps of the reminders as functions of time alone. Times are wall seconds; minutes of the day are local. */

const DAY_SECONDS = 86_400;
const HOUR_SECONDS = 3_600;

/** Milliseconds until clocks show the next minute: rules by wall time change nothing in between. */
export function untilNextMinute(wallS: number): number {
	return (60 - (wallS % 60)) * 1000;
}

/** The last time, `atS` included, at which local clocks showed this minute of the day. */
export function lastTimeAt(minute: number, atS: number, zoneMinutes: number): number {
	const localS = atS + zoneMinutes * 60;
	const midnightS = localS - (localS % DAY_SECONDS);
	const sameDayS = midnightS + minute * 60;
	return (sameDayS <= localS ? sameDayS : sameDayS - DAY_SECONDS) - zoneMinutes * 60;
}

/** The first time after `atS` at which local clocks show this minute of the day. */
export function nextTimeAt(minute: number, atS: number, zoneMinutes: number): number {
	return lastTimeAt(minute, atS, zoneMinutes) + DAY_SECONDS;
}

const MINUTES_BEFORE_END = [30, 15, 5, 0] as const;

/**
 * Step of the shift-end reminder: 0 to 3 for 30, 15, 5 and 0 minutes before the end, then one more each
 * `repeatMinutes`. Null before the first and for steps that lay before the shift opened.
 */
export function shiftEndStep(
	endS: number,
	openedS: number,
	nowS: number,
	repeatMinutes: number,
): number | null {
	const last = MINUTES_BEFORE_END.length - 1;
	if (nowS >= endS) return last + Math.floor((nowS - endS) / (repeatMinutes * 60));
	for (let step = last; step >= 0; step--) {
		const dueS = endS - (MINUTES_BEFORE_END[step] ?? 0) * 60;
		if (nowS >= dueS) return dueS >= openedS ? step : null;
	}
	return null;
}

/**
 * Step of the ladder of unsettled money: 0 at the end of the shift, 1 two hours later (prompt), 2 after 24 h
 * (manager), 3 after 48 h (the host alarms as well), 4 and 5 after 7 and 21 days, the deadlines at which card
 * schemes let a guarantee or an authorisation lapse. Null before the first.
 */
export function unsettledStep(
	oldestS: number,
	shiftEndS: number | null,
	nowS: number,
): number | null {
	const dues = [
		shiftEndS,
		shiftEndS === null ? null : shiftEndS + 2 * HOUR_SECONDS,
		oldestS + DAY_SECONDS,
		oldestS + 2 * DAY_SECONDS,
		oldestS + 7 * DAY_SECONDS,
		oldestS + 21 * DAY_SECONDS,
	];
	for (let step = dues.length - 1; step >= 0; step--) {
		const dueS = dues[step];
		if (dueS !== null && dueS !== undefined && nowS >= dueS) return step;
	}
	return null;
}
