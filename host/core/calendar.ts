import { assert } from "../../protocol/error.ts";
import { addDays, daysBetween } from "../../protocol/time.ts";
import { type Calendar, weekdays } from "./rules.ts";

/** A known Monday, from which the days of the week are counted. */
const MONDAY = 2024_01_01;

/** Days in a row that a rule may call closed before it is taken for broken. */
const CLOSED_DAYS_MAX = 60;

/** Which dates are bank days by a calendar. Worked weekends outdo holidays, and both outdo weekdays. */
export function bankDays(calendar: Calendar): (date: number) => boolean {
	const closed = new Set(calendar.closed);
	const open = new Set(calendar.open);
	const closedWeekdays = new Set(calendar.closedWeekdays.map((day) => weekdays.indexOf(day)));
	return (date) => {
		if (open.has(date)) return true;
		return !closed.has(date) && !closedWeekdays.has(weekdayOf(date));
	};
}

/** 0 for Monday. */
function weekdayOf(date: number): number {
	return ((daysBetween(MONDAY, date) % 7) + 7) % 7;
}

/** The date that lies `count` bank days after `date`. */
export function addBankDays(
	date: number,
	count: number,
	isBankDay: (date: number) => boolean,
): number {
	let day = date;
	let left = count;
	let closed = 0;
	while (left > 0) {
		day = addDays(day, 1);
		const open = isBankDay(day);
		if (open) left -= 1;
		closed = open ? 0 : closed + 1;
		assert(closed <= CLOSED_DAYS_MAX, `no bank day in ${CLOSED_DAYS_MAX} days after ${date}`);
	}
	return day;
}
