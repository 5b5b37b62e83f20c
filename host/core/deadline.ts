import { addDays } from "../../protocol/time.ts";
import type { DifferenceReason } from "./difference.ts";
import type { Words } from "./rules.ts";

/** What a deadline is about: a difference of that reason, or money that is not settled. */
export type DeadlineReason = DifferenceReason | "unsettled";

/** One line of the table of deadlines: after so many days money of this kind can be lost. */
export interface DeadlineRule {
	readonly name: string;
	/** ISO 3166-1 alpha-2 of the shop; any when left out. */
	readonly countries?: readonly string[];
	/** Names of card schemes as outcomes state them, in capitals; any when left out. */
	readonly schemes?: readonly string[];
	/** What it holds for; any when left out. */
	readonly reasons?: readonly DeadlineReason[];
	/** Calendar days after the business date; the last day on which something can be done. */
	readonly days: number;
	readonly why: Words;
	/** Where the number comes from. */
	readonly source: string;
}

/** The table: the first line that fits counts. */
export interface DeadlineTable {
	readonly version: 1;
	/** ISO 3166-1 alpha-2 of the shop. */
	readonly country: string;
	readonly deadlines: readonly DeadlineRule[];
}

export interface Deadline {
	/** `yyyymmdd`, the last day. */
	readonly date: number;
	/** Name of the line of the table. */
	readonly rule: string;
}

/** The deadline of something of a business date; undefined when no line of the table fits. */
export function deadlineOf(
	table: DeadlineTable,
	about: {
		readonly reason: DeadlineReason;
		readonly scheme: string | undefined;
		readonly businessDate: number;
	},
): Deadline | undefined {
	const scheme = about.scheme?.trim().toUpperCase();
	const rule = table.deadlines.find(
		({ countries, schemes, reasons }) =>
			(countries === undefined || countries.includes(table.country)) &&
			(schemes === undefined || (scheme !== undefined && schemes.includes(scheme))) &&
			(reasons === undefined || reasons.includes(about.reason)),
	);
	if (rule === undefined) return undefined;
	return { date: addDays(about.businessDate, rule.days), rule: rule.name };
}
