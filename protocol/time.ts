/**
 * Calendar arithmetic without `Date`, the same on every engine. Dates are integers `yyyymmdd` of the proleptic
 * Gregorian calendar; instants are seconds since 1970-01-01T00:00:00Z; a zone is minutes east of UTC.
 */
const DAY_SECONDS = 86_400;

export interface CivilTime {
	readonly year: number;
	readonly month: number;
	readonly day: number;
	readonly hour: number;
	readonly minute: number;
	readonly second: number;
}

/** Local calendar fields of an instant. */
export function civilTime(wallS: number, zoneMinutes: number): CivilTime {
	const localS = wallS + zoneMinutes * 60;
	const days = Math.floor(localS / DAY_SECONDS);
	const inDay = localS - days * DAY_SECONDS;
	return {
		...civilDate(days),
		hour: Math.floor(inDay / 3600),
		minute: Math.floor((inDay % 3600) / 60),
		second: inDay % 60,
	};
}

/** Minutes since local midnight. */
export function minuteOfDay(wallS: number, zoneMinutes: number): number {
	const { hour, minute } = civilTime(wallS, zoneMinutes);
	return hour * 60 + minute;
}

/**
 * The business date of an instant: the local date, or the day before while the local time is earlier than the
 * cut-over. Decided once, when a day opens, and stored; a shift after midnight keeps the date it opened with.
 */
export function businessDateAt(wallS: number, zoneMinutes: number, cutOverMinutes: number): number {
	const { year, month, day } = civilTime(wallS - cutOverMinutes * 60, zoneMinutes);
	return year * 10_000 + month * 100 + day;
}

/** Days from `from` to `to`, both `yyyymmdd`; negative when `to` is earlier. */
export function daysBetween(from: number, to: number): number {
	return dayNumber(to) - dayNumber(from);
}

/** `yyyymmdd` moved by a number of days. */
export function addDays(date: number, days: number): number {
	const { year, month, day } = civilDate(dayNumber(date) + days);
	return year * 10_000 + month * 100 + day;
}

/** True for a `yyyymmdd` that the calendar has. */
export function isDate(date: number): boolean {
	return (
		Number.isSafeInteger(date) &&
		date > 1970_00_00 &&
		date <= 9999_12_31 &&
		addDays(date, 0) === date
	);
}

/** `2026-11-21` */
export function formatDate(date: number): string {
	const digits = String(date).padStart(8, "0");
	return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
}

/** `2026-11-21 18:05:09`, local time. */
export function formatDateTime(wallS: number, zoneMinutes: number): string {
	const time = civilTime(wallS, zoneMinutes);
	const date = formatDate(time.year * 10_000 + time.month * 100 + time.day);
	return `${date} ${two(time.hour)}:${two(time.minute)}:${two(time.second)}`;
}

/** `18:05` from minutes since midnight. */
export function formatMinute(minute: number): string {
	return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

function two(value: number): string {
	return value < 10 ? `0${value}` : String(value);
}

/** Days since 1970-01-01. Years are counted from March, so that the leap day is the last of its year. */
function dayNumber(date: number): number {
	const month = Math.floor(date / 100) % 100;
	const year = Math.floor(date / 10_000) - (month <= 2 ? 1 : 0);
	const era = Math.floor(year / 400);
	const yearOfEra = year - era * 400;
	const monthFromMarch = (month + 9) % 12;
	const dayOfYear = Math.floor((153 * monthFromMarch + 2) / 5) + (date % 100) - 1;
	const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
	return era * 146_097 + yearOfEra * 365 + leapDays + dayOfYear - 719_468;
}

function civilDate(days: number): { year: number; month: number; day: number } {
	const shifted = days + 719_468;
	const era = Math.floor(shifted / 146_097);
	const dayOfEra = shifted - era * 146_097;
	const yearOfEra = Math.floor(
		(dayOfEra -
			Math.floor(dayOfEra / 1460) +
			Math.floor(dayOfEra / 36_524) -
			Math.floor(dayOfEra / 146_096)) /
			365,
	);
	const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
	const dayOfYear = dayOfEra - (365 * yearOfEra + leapDays);
	const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
	const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
	const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
	return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}
