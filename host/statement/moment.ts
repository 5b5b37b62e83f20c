import { CloseoutError } from "../../protocol/error.ts";
import { isDate } from "../../protocol/time.ts";

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
