import type { Leg } from "./row.ts";

/**
 * What counts as the same transaction and as the same money, as data: a JSON document of this shape, see
 * `host/match/README.md`. Passes run in order, each over what the earlier ones left, so a weaker rule never takes
 * a row away from a stronger one.
 */
export interface Rules {
	readonly version: 1;
	/** Bank days in which a row may wait for its counterpart before it is called missing. */
	readonly waitBankDays: number;
	readonly calendar: Calendar;
	readonly rewrites: readonly Rewrite[];
	readonly passes: readonly PassRule[];
	/** What two amounts of one transaction may differ by and still agree. */
	readonly accepts: readonly AcceptRule[];
	readonly bank: BankRules;
}

/** Says in both languages, for the people who read a decision. */
export interface Words {
	readonly en: string;
	readonly "zh-CN": string;
}

export const weekdays = [
	"monday",
	"tuesday",
	"wednesday",
	"thursday",
	"friday",
	"saturday",
	"sunday",
] as const;
export type Weekday = (typeof weekdays)[number];

/** Days on which banks book. Dates are `yyyymmdd`. */
export interface Calendar {
	readonly closedWeekdays: readonly Weekday[];
	/** Public holidays. */
	readonly closed: readonly number[];
	/** Weekend days that are worked, as before and after Chinese holidays. */
	readonly open: readonly number[];
}

/** Rewrites the reference of rows of one leg before anything is compared. */
export interface Rewrite {
	readonly name: string;
	readonly leg: Leg;
	/** A regular expression of JavaScript, with the flag `u`. */
	readonly pattern: string;
	readonly replace: string;
	readonly why: Words;
}

export const keyParts = [
	"terminal",
	"date",
	"kind",
	"reference",
	"trace",
	"amount",
	"currency",
	"order",
	"authorisation",
	"lastFour",
] as const;
export type KeyPart = (typeof keyParts)[number];

export const shapes = ["one-to-one", "one-to-many", "many-to-one"] as const;

/** One way to recognise a transaction of the terminal in another book. */
export interface PassRule {
	readonly name: string;
	/** The other book. */
	readonly book: "acquirer" | "shop";
	/** `one-to-many`: one row of the terminal, several of the other book that sum up to it. */
	readonly shape: (typeof shapes)[number];
	/** What must be there on both sides and equal; terminal and date may be absent on both. */
	readonly same: readonly KeyPart[];
	/** Parts of which one side must have none. */
	readonly absent?: readonly KeyPart[];
	/** Days by which the books may date it differently. */
	readonly daysMax?: number;
	/** Seconds by which the clocks may differ; both sides must have a time. */
	readonly secondsMax?: number;
	/** What the amounts may differ by, the larger of the two bounds. Without it amounts may be anything. */
	readonly amount?: Tolerance;
	/** Points out of 100 that a candidate needs. With it, two candidates that are equally good are left to people. */
	readonly scoreMin?: number;
	readonly why: Words;
}

export interface Tolerance {
	readonly minor: number;
	/** Thousandths of the terminal's amount. */
	readonly permille: number;
}

/** A difference of amount or currency that is none. */
export interface AcceptRule {
	readonly name: string;
	/**
	 * `tolerance`: more or less by rounding. `fee`: the other book is less by a fee, stated or not. `fx`: the other
	 * book is in another currency, at a rate.
	 */
	readonly type: "tolerance" | "fee" | "fx";
	readonly book: "acquirer" | "bank" | "shop";
	/** Currency of the terminal; any when left out. */
	readonly currency?: string;
	readonly within: Tolerance;
	/** Of `fx`: units of `to` for one unit of `currency`, as decimal text, and the dates it holds for. */
	readonly to?: string;
	readonly rate?: string;
	readonly from?: number;
	readonly until?: number;
	readonly why: Words;
}

export interface BankRules {
	/** Days after the business date within which a payout is recognised by its amount alone. */
	readonly payoutDaysMax: number;
	/** Business dates in a row that one payout may cover, as over a weekend. */
	readonly payoutRunDays: number;
	/** Percent that a payout may be short and still be called less a fee that nobody stated. */
	readonly feePercentMax: number;
}
