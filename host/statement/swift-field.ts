import { CloseoutError } from "../../protocol/error.ts";
import { parseAmount } from "../../protocol/money.ts";
import { daysBetween, isDate } from "../../protocol/time.ts";
import type { Amount } from "./camt-entry.ts";
import { inField } from "./statement.ts";

/** First year of a century of two-digit years: 80 to 99 are of the last century. */
const PIVOT_YEAR = 80;

/** Field 60a, 62a, 64, 65: mark, date, currency, amount. Some banks leave out the currency of a closing balance. */
export interface SwiftBalance extends Amount {
	readonly date: number;
}

export function readBalance(text: string, currency: string | undefined): SwiftBalance {
	const match = /^(R?[CD])(\d{6})([A-Z]{3})?([\d.,]+)\W*$/.exec(text);
	const own = match?.[3] ?? currency;
	if (match === null || own === undefined) {
		throw new CloseoutError("SCHEMA", `"${text}" is not a balance such as C261120EUR12,50`);
	}
	const amountMinor = signOf(match[1] ?? "") * swiftAmount(match[4] ?? "", own);
	return { date: swiftDate(match[2] ?? ""), currency: own, amountMinor };
}

/** Field 90C and 90D of MT942: number and sum. Field 34F: currency, mark, amount. */
export function readSum(text: string): { count: number; amountMinor: number; currency: string } {
	const match = /^(\d{1,5})([A-Z]{3})([\d.,]+)\s*$/.exec(text);
	if (match === null) {
		throw new CloseoutError("SCHEMA", `"${text}" is not a number and sum such as 3EUR12,50`);
	}
	const currency = match[2] ?? "";
	return {
		count: Number(match[1]),
		currency,
		amountMinor: swiftAmount(match[3] ?? "", currency),
	};
}

/** Field 61, `6!n[4!n]2a[1!a]15d1!a3!c16x[//16x]` and supplementary details on a line of their own: value date, entry date, mark, funds code, amount,
 * type, reference of the owner, and of the bank. */
export interface SwiftLine {
	readonly date: number;
	readonly amountMinor: number;
	/** The mark says the line is only expected (EC, ED). */
	readonly isExpected: boolean;
	readonly references: readonly string[];
	readonly feeMinor: number;
	readonly text: string;
}

const linePattern =
	/^(?<value>\d{6})(?<entry>\d{4})?(?<mark>[RE]?[CD])(?<funds>[A-Z])?(?<amount>[\d.,]+) ?(?<type>[A-Z][A-Z0-9 ]{3})(?<refs>.*)$/;

/** Throws `SCHEMA`; `lines` are those of the field, of which the second may be the supplementary details. */
export function readLine(lines: readonly string[], currency: string): SwiftLine {
	const [first = "", ...more] = lines;
	// A line that does not end where the standard says was broken on the way; its parts belong together.
	const isWhole = linePattern.test(first);
	const parts = linePattern.exec(isWhole ? first : lines.join(""))?.groups;
	if (parts === undefined) {
		throw new CloseoutError(
			"SCHEMA",
			`"${first}" is not a statement line such as 2611201120C12,50NTRFNONREF`,
		);
	}
	const mark = parts.mark ?? "";
	const [owner = "", ...bank] = (parts.refs ?? "").split("//");
	const supplementary = isWhole ? more.join(" ").trim() : "";
	return {
		date: bookingDate(parts.value ?? "", parts.entry),
		amountMinor: signOf(mark) * swiftAmount(parts.amount ?? "", currency),
		isExpected: mark.startsWith("E"),
		references: [owner.trim(), bank.join("//").trim()].filter(isReference),
		feeMinor: chargesOf(supplementary, currency),
		text: supplementary,
	};
}

/** A reversal of a credit takes money, a reversal of a debit gives it back. */
function signOf(mark: string): 1 | -1 {
	const isCredit = mark.endsWith("C");
	return isCredit === mark.startsWith("R") ? -1 : 1;
}

function isReference(text: string): boolean {
	return !/^(|N|-|NONREF|NOTPROVIDED|EREF\+?|KREF\+?|PREF\+?|MREF\+?)$/i.test(text);
}

function chargesOf(text: string, currency: string): number {
	const [, unit, amount = ""] = /\/CHGS\/([A-Z]{3})([\d.,]+)/.exec(text) ?? [];
	return unit === currency ? swiftAmount(amount, currency) : 0;
}

/** `12,50`, `12,`, `12`, and `12.50` as some banks write; the last mark is the decimal one. */
export function swiftAmount(text: string, currency: string): number {
	const [, whole = "", fraction = ""] = /^(.*?)(?:[.,](\d*))?$/.exec(text) ?? [];
	const digits = whole.replaceAll(/\D/g, "").replace(/^0+(?=\d)/, "");
	return parseAmount(`${digits || "0"}.${fraction || "0"}`, currency);
}

/** `yymmdd` to `yyyymmdd`. Throws `SCHEMA`. */
export function swiftDate(text: string): number {
	const date = centuryDate(text);
	if (isDate(date)) return date;
	throw new CloseoutError("SCHEMA", `"${text}" is not a date yymmdd`);
}

function centuryDate(text: string): number {
	const year = Number(text.slice(0, 2));
	return (year < PIVOT_YEAR ? 2000_00_00 : 1900_00_00) + Number(text);
}

/** The entry date `mmdd` in the year that brings it nearest to the value date; else the value date. */
function bookingDate(value: string, entry: string | undefined): number {
	if (entry === undefined) return inField("value date", () => swiftDate(value));
	const valueDate = centuryDate(value);
	const year = Math.floor(valueDate / 10_000);
	const [first, ...others] = [year, year - 1, year + 1]
		.map((one) => one * 10_000 + Number(entry))
		.filter(isDate);
	if (first === undefined) {
		throw new CloseoutError("SCHEMA", `the entry date "${entry}" is not a date mmdd`);
	}
	if (!isDate(valueDate)) return first;
	const away = (date: number) => Math.abs(daysBetween(valueDate, date));
	return others.reduce((best, date) => (away(date) < away(best) ? date : best), first);
}
