import { CloseoutError } from "../../protocol/error.ts";
import { addDays, isDate } from "../../protocol/time.ts";
import { instantIn } from "./zone.ts";

/** `2026-11-20` (a zone may follow, as XML Schema allows) to `yyyymmdd`. Throws `SCHEMA`. */
export function parseDate(text: string): number {
	const match = /^(\d{4})-(\d{2})-(\d{2})(?:Z|[+-]\d{2}:\d{2})?$/.exec(text);
	const date = match === null ? 0 : Number(`${match[1]}${match[2]}${match[3]}`);
	if (isDate(date)) return date;
	throw new CloseoutError("SCHEMA", `"${text}" is not a date such as 2026-11-20`);
}

/** A date and time of ISO 8601: the local date, and the instant when a zone is given. */
export interface Moment {
	readonly date: number;
	/** Seconds since 1970-01-01T00:00:00Z, fractions dropped; undefined without a zone. */
	readonly at: number | undefined;
}

/** `2026-11-20T18:03:11+08:00`, seconds and zone optional, fractions of any length. Throws `SCHEMA`. */
export function parseMoment(text: string): Moment {
	const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(:\d{2})?(?:\.\d+)?(Z|[+-]\d{2}:\d{2})?$/.exec(
		text,
	);
	if (match === null) {
		throw new CloseoutError("SCHEMA", `"${text}" is not a time such as 2026-11-20T18:03:11+08:00`);
	}
	const [, day = "", minute = "", second = ":00", zone] = match;
	const date = parseDate(day);
	const millis = Date.parse(`${day}T${minute}${second}${zone ?? "Z"}`);
	if (Number.isNaN(millis)) throw new CloseoutError("SCHEMA", `"${text}" is not a time of day`);
	return { date, at: zone === undefined ? undefined : Math.floor(millis / 1000) };
}

/** Seconds since 1970 as `2026-11-20T10:03:11Z`. */
export function formatMoment(at: number): string {
	return `${new Date(at * 1000).toISOString().slice(0, 19)}Z`;
}

/** What a date of digits and marks alone does not say: whether `1/2` is a day and a month or a month and a day. */
export type DateOrder = "ymd" | "dmy" | "mdy";

const dateShapes: Readonly<Record<DateOrder, RegExp>> = {
	ymd: /^(?<y>\d{4})[-/.年]?(?<m>\d{1,2})[-/.月]?(?<d>\d{1,2})日?$/,
	dmy: /^(?<d>\d{1,2})[-/.](?<m>\d{1,2})[-/.](?<y>\d{4}|\d{2})$/,
	mdy: /^(?<m>\d{1,2})[-/.](?<d>\d{1,2})[-/.](?<y>\d{4}|\d{2})$/,
};

/**
 * A local date as reports write it, to `yyyymmdd`: `2026-11-20`, `20261120`, `2026/1/2`, `2026年11月20日`, and in
 * the other orders `20.11.2026` or `11/20/26`. Throws `SCHEMA`.
 */
export function parseLocalDate(text: string, order: DateOrder = "ymd"): number {
	const parts = dateShapes[order].exec(text.trim())?.groups ?? {};
	const year = parts.y?.length === 2 ? 2000 + Number(parts.y) : Number(parts.y);
	const date = year * 10_000 + Number(parts.m) * 100 + Number(parts.d);
	if (isDate(date)) return date;
	throw new CloseoutError("SCHEMA", `"${text}" is not a date (${order})`);
}

/** Seconds since midnight of `09:05`, `9:05:07`, `090507`, `9:05:07 PM`, with full-width colons as well. Throws `SCHEMA`. */
export function parseClock(text: string): number {
	const plain = text.trim().replaceAll("：", ":");
	const match =
		/^(?<h>\d{1,2}):(?<m>\d{2})(?::(?<s>\d{2})(?:[.,]\d+)?)?(?:\s*(?<half>[AP])M)?$/i.exec(plain) ??
		/^(?<h>\d{2})(?<m>\d{2})(?<s>\d{2})$/.exec(plain);
	const { h = "", m = "", s = "0", half } = match?.groups ?? {};
	const isPm = half?.toUpperCase() === "P";
	const hour = half === undefined ? Number(h) : (Number(h) % 12) + (isPm ? 12 : 0);
	if (match === null || hour > 23 || Number(m) > 59 || Number(s) > 59) {
		throw new CloseoutError("SCHEMA", `"${text}" is not a time of day`);
	}
	return hour * 3600 + Number(m) * 60 + Number(s);
}

/**
 * A local date and time in one text (`2026-11-20 18:03:11`, `2026/11/20T18:03 -0800`, `20261120180311`) and the
 * instant when the text or `zone` says where the clock stands. Throws `SCHEMA`.
 */
export function parseLocalMoment(text: string, zone?: string, order: DateOrder = "ymd"): Moment {
	const plain = text.trim();
	const digits = /^(\d{8})(\d{6})$/.exec(plain);
	const match =
		digits ??
		/^(\S+?)(?:[T\s]+(\d[\d:.,：]*(?:\s*[AaPp][Mm])?))?(?:\s*(Z|[+-]\d{2}:?\d{2}))?$/.exec(plain);
	const [, day = plain, clock, own] = match ?? [];
	const date = parseLocalDate(day, order);
	const place = own === "Z" ? "UTC" : (own ?? zone);
	if (clock === undefined || place === undefined) {
		if (clock !== undefined) parseClock(clock);
		return { date, at: undefined };
	}
	return { date, at: wallInstant(date, parseClock(clock), place) };
}

/** The instant of a local date and seconds since its midnight; undefined in a zone that nobody knows. */
export function wallInstant(date: number, clockS: number, zone: string): number | undefined {
	const midnightMs = Date.UTC(
		Math.floor(date / 10_000),
		(Math.floor(date / 100) % 100) - 1,
		date % 100,
	);
	return instantIn(zone, midnightMs / 1000 + clockS);
}

/**
 * Month and day `mmdd` in the year that `near` tells: the same, or the one before for the last days of December in
 * a file of January. Throws `SCHEMA`.
 */
export function dateNear(near: number, monthDay: number): number {
	const sameYear = Math.floor(near / 10_000) * 10_000 + monthDay;
	const date = sameYear > addDays(near, 1) ? sameYear - 10_000 : sameYear;
	if (isDate(date)) return date;
	throw new CloseoutError("SCHEMA", `"${String(monthDay).padStart(4, "0")}" is not a date mmdd`);
}
