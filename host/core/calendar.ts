import { assert } from "../../protocol/error.ts";
import { addDays, daysBetween } from "../../protocol/time.ts";

/** A known Monday, from which the days of the week are counted. */
const MONDAY = 2024_01_01;

/** Days in a row that a rule may call closed before it is taken for broken. */
const CLOSED_DAYS_MAX = 60;

/** Monday to Friday. Public holidays differ by country; who knows them passes a rule of their own. */
export function isWeekday(date: number): boolean {
	return ((daysBetween(MONDAY, date) % 7) + 7) % 7 < 5;
}

/** The date that lies `count` bank days after `date`. */
export function addBankDays(
	date: number,
	count: number,
	isBankDay: (date: number) => boolean = isWeekday,
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
