import { addBankDays, isWeekday } from "./calendar.ts";
import type { Difference, Finding } from "./difference.ts";
import type { Operation } from "./operation.ts";
import type { Leg, MoneyRow } from "./row.ts";

/** The id under which terminal and acquirer settled a batch. */
export interface SettlementName {
	readonly id: string;
	readonly terminalId: string;
	readonly batch: number;
	readonly businessDate?: number;
}

/** Bank days in which a row may wait for its counterpart before it is called missing. */
export const WAIT_BANK_DAYS = 3;

export interface MatchInput {
	/** A leg that is not given is not compared; an empty one is compared and lacks everything. */
	readonly terminal?: readonly MoneyRow[];
	readonly acquirer?: readonly MoneyRow[];
	readonly bank?: readonly MoneyRow[];
	/** Ids of settlements, for bank lines that name them. */
	readonly settlements?: readonly SettlementName[];
}

export interface MatchOptions {
	/** `yyyymmdd` of the run. Without it nothing waits: what has no counterpart is missing. */
	readonly asOf?: number;
	readonly waitBankDays?: number;
	/** Monday to Friday unless given. */
	readonly isBankDay?: (date: number) => boolean;
	/** How the bank pays; found for each terminal from the lines unless given. */
	readonly bankMode?: "sale" | "batch";
	/** Says of a bank line that names no known terminal, batch or settlement whether it is ours to explain. */
	readonly isCardMoney?: (row: MoneyRow) => boolean;
}

/** Rows that were recognised as one transaction or one payout, with the reason in words. */
export interface Match {
	readonly rows: readonly MoneyRow[];
	readonly pass: string;
	readonly why: string;
}

/** A row without counterpart that is not yet called missing. */
export interface Waiting {
	readonly row: MoneyRow;
	readonly missingAt: Leg;
	/** Last `yyyymmdd` on which it waits. */
	readonly until: number;
}

export interface MatchResult {
	readonly differences: readonly Difference[];
	readonly matches: readonly Match[];
	readonly waiting: readonly Waiting[];
	/** Bank lines that are not about card money. */
	readonly unrelated: readonly MoneyRow[];
}

/** A transaction as the books together have it; the bank is compared with this. */
export interface Expected {
	readonly terminal?: Operation;
	readonly acquirer?: Operation;
	/** A second copy of another one: the bank need not have it, but may. */
	readonly extra: boolean;
}

/** Collects what a run decides. */
export interface Decisions {
	readonly findings: Finding[];
	readonly matches: Match[];
	readonly waiting: Waiting[];
	readonly unrelated: MoneyRow[];
	/** Calls the rows missing at a leg, or lets them wait when their time is not over. */
	readonly missing: (
		finding: Finding,
		date: number | undefined,
		/** Rows that wait, when they are more than the finding shows. */
		rows?: readonly MoneyRow[],
	) => void;
}

/** Decisions of a run that follows these options. */
export function makeDecisions(options: MatchOptions): Decisions {
	const findings: Finding[] = [];
	const waiting: Waiting[] = [];
	const days = options.waitBankDays ?? WAIT_BANK_DAYS;
	return {
		findings,
		matches: [],
		waiting,
		unrelated: [],
		missing(finding, date, rows = finding.rows) {
			const until =
				date === undefined ? undefined : addBankDays(date, days, options.isBankDay ?? isWeekday);
			if (options.asOf === undefined || until === undefined || options.asOf > until) {
				findings.push(finding);
			} else {
				for (const row of rows) waiting.push({ row, missingAt: finding.leg, until });
			}
		},
	};
}
