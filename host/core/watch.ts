import { addDays, businessDateAt } from "../../protocol/time.ts";

/** What the watch looks for. */
export const watchTypes = [
	/** Nothing was heard of a terminal, or never. */
	"silent",
	/** Money that no settlement covers. */
	"unsettled",
	/** Paper that is owed. */
	"unprinted",
	/** Records are lost, or journals contradict one another. */
	"gap",
	/** A clock was moved by more than it may. */
	"clock",
	/** A print was sent and nobody knows whether it is on paper. */
	"paper",
	/** Money whose deadline is near: unsettled, or of a case that has not ended. */
	"deadline",
] as const;
export type WatchType = (typeof watchTypes)[number];

export const severities = ["notice", "warning", "alarm"] as const;
export type Severity = (typeof severities)[number];

/** One thing to look for. */
export interface WatchRule {
	readonly name: string;
	readonly type: WatchType;
	readonly severity: Severity;
	/** How long it must have been so; of `clock` by how much the clock was moved. */
	readonly afterMinutes?: number;
	/** Of `deadline`: days before the last day. */
	readonly daysBefore?: number;
	/** Of `unsettled` and `deadline`: amounts below are left alone, in minor units. */
	readonly minorMin?: number;
	/** Only these terminals. */
	readonly terminals?: readonly string[];
}

/** Money that may be lost after a day. */
export interface MoneyAtRisk {
	/** What it is: `unsettled`, or the id of a case. */
	readonly about: string;
	readonly count: number;
	readonly amountMinor: number;
	readonly currency: string;
	/** `yyyymmdd` */
	readonly deadline: number | null;
	readonly sinceS: number;
}

/** What is known of one terminal when the watch looks. Times are seconds since 1970. */
export interface TerminalFacts {
	readonly terminal: string;
	readonly name: string;
	/** Null when it has never spoken. */
	readonly seenS: number | null;
	readonly enrolled: boolean;
	readonly money: readonly MoneyAtRisk[];
	/** Prints that are due, by the time of the oldest. */
	readonly owed: { readonly count: number; readonly sinceS: number } | null;
	/** Prints that were sent and never confirmed. */
	readonly unconfirmed: { readonly count: number; readonly sinceS: number } | null;
	readonly gaps: readonly { readonly about: string; readonly count: number }[];
	/** Moves of the clock: record, and by how many seconds. */
	readonly clockMoves: readonly { readonly record: string; readonly seconds: number }[];
}

/** One thing that was found. Its id is the same as long as it is the same thing. */
export interface WatchFinding {
	readonly id: string;
	readonly rule: string;
	readonly type: WatchType;
	readonly severity: Severity;
	readonly terminal: string;
	readonly name: string;
	/** What exactly: a case, a range of records. */
	readonly about: string;
	readonly count: number;
	readonly amountMinor: number | null;
	readonly currency: string | null;
	readonly deadline: number | null;
	/** Since when it is so; null where that has no meaning. */
	readonly sinceS: number | null;
}

export interface Looking {
	readonly nowS: number;
	/** Minutes east of UTC by which today's date is told. */
	readonly zoneMinutes: number;
}

/** What rules find in the facts of one terminal, in the order of the rules. */
export function watchTerminal(
	rules: readonly WatchRule[],
	facts: TerminalFacts,
	looking: Looking,
): readonly WatchFinding[] {
	return rules
		.filter(({ terminals }) => terminals === undefined || terminals.includes(facts.terminal))
		.flatMap((rule) =>
			seen[rule.type](rule, facts, looking).map((part) => named(rule, facts, part)),
		);
}

type Part = Partial<
	Pick<WatchFinding, "about" | "count" | "amountMinor" | "currency" | "deadline" | "sinceS">
>;
type Look = (rule: WatchRule, facts: TerminalFacts, looking: Looking) => readonly Part[];

function named(rule: WatchRule, { terminal, name }: TerminalFacts, part: Part): WatchFinding {
	const { about = "" } = part;
	return {
		id: [rule.name, terminal, about].filter(Boolean).join("~"),
		rule: rule.name,
		type: rule.type,
		severity: rule.severity,
		terminal,
		name,
		about,
		count: part.count ?? 1,
		amountMinor: part.amountMinor ?? null,
		currency: part.currency ?? null,
		deadline: part.deadline ?? null,
		sinceS: part.sinceS ?? null,
	};
}

const isOver = ({ afterMinutes = 0 }: WatchRule, sinceS: number, { nowS }: Looking) =>
	nowS - sinceS >= afterMinutes * 60;

const seen: Readonly<Record<WatchType, Look>> = {
	silent: (rule, { seenS, enrolled }, looking) => {
		if (seenS === null) return enrolled ? [{ sinceS: null }] : [];
		return isOver(rule, seenS, looking) ? [{ sinceS: seenS }] : [];
	},
	unsettled: (rule, { money }, looking) =>
		money
			.filter(({ about, amountMinor }) => about === "unsettled" && isWorth(rule, amountMinor))
			.filter(({ sinceS }) => isOver(rule, sinceS, looking))
			.map((one) => ({ ...one, about: one.currency })),
	unprinted: (rule, { owed }, looking) =>
		owed !== null && isOver(rule, owed.sinceS, looking) ? [owed] : [],
	paper: (rule, { unconfirmed }, looking) =>
		unconfirmed !== null && isOver(rule, unconfirmed.sinceS, looking) ? [unconfirmed] : [],
	gap: (_rule, { gaps }) => gaps,
	clock: ({ afterMinutes = 0 }, { clockMoves }) =>
		clockMoves
			.filter(({ seconds }) => Math.abs(seconds) >= afterMinutes * 60)
			.map(({ record, seconds }) => ({ about: record, count: Math.abs(seconds) })),
	deadline: (rule, { money }, { nowS, zoneMinutes }) => {
		const horizon = addDays(businessDateAt(nowS, zoneMinutes, 0), rule.daysBefore ?? 0);
		return money.filter(
			({ deadline, amountMinor }) =>
				deadline !== null && deadline <= horizon && isWorth(rule, amountMinor),
		);
	},
};

function isWorth({ minorMin = 0 }: WatchRule, amountMinor: number): boolean {
	return Math.abs(amountMinor) >= minorMin;
}
