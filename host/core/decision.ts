import { addBankDays, bankDays } from "./calendar.ts";
import { defaultRules } from "./default-rules.ts";
import type { Difference, Finding } from "./difference.ts";
import type { ManualDecision } from "./manual.ts";
import type { Operation } from "./operation.ts";
import type { Candidate } from "./pass.ts";
import type { Leg, MoneyRow } from "./row.ts";
import type { Rules } from "./rules.ts";
import type { AgreedBatch } from "./settlement.ts";

/** The id under which terminal and acquirer settled a batch. */
export interface SettlementName {
	readonly id: string;
	readonly terminalId: string;
	readonly batch: number;
	readonly businessDate?: number;
}

export interface MatchInput {
	/** A leg that is not given is not compared; an empty one is compared and lacks everything. */
	readonly terminal?: readonly MoneyRow[];
	readonly acquirer?: readonly MoneyRow[];
	readonly bank?: readonly MoneyRow[];
	/** Orders of the shop. */
	readonly shop?: readonly MoneyRow[];
	/** Batches of what terminal and acquirer agree on and that is not among the rows. */
	readonly agreed?: ReadonlyMap<string, AgreedBatch>;
	/** Ids of settlements, for bank lines that name them. */
	readonly settlements?: readonly SettlementName[];
}

export interface MatchOptions {
	/** `yyyymmdd` of the run. Without it nothing waits: what has no counterpart is missing. */
	readonly asOf?: number;
	/** The shipped ones unless given. */
	readonly rules?: Rules;
	/** What people decided, in order. */
	readonly manual?: readonly ManualDecision[];
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
	/** Points out of 100 and the reasons for them, where candidates were weighed. */
	readonly score?: number;
	readonly points?: readonly string[];
}

/** A row without counterpart that is not yet called missing. */
export interface Waiting {
	readonly row: MoneyRow;
	readonly missingAt: Leg;
	/** Last `yyyymmdd` on which it waits. */
	readonly until: number;
	/** Further rows of its batch that wait with it and are not held. */
	readonly others: number;
}

export interface MatchResult {
	readonly differences: readonly Difference[];
	readonly matches: readonly Match[];
	readonly waiting: readonly Waiting[];
	/** Bank lines that are not about card money. */
	readonly unrelated: readonly MoneyRow[];
	/** Pairs of open rows that a rule weighed and did not take. */
	readonly candidates: readonly Candidate[];
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
	readonly candidates: Candidate[];
	/** Calls the rows missing at a leg, or lets them wait when their time is not over. */
	readonly missing: (
		finding: Finding,
		date: number | undefined,
		/** Rows that wait, when they are more than the finding shows. */
		rows?: readonly MoneyRow[],
		/** Further ones that are not held. */
		unheld?: number,
	) => void;
}

/** Decisions of a run that follows these options. */
export function makeDecisions(options: MatchOptions): Decisions {
	const findings: Finding[] = [];
	const waiting: Waiting[] = [];
	const { calendar, waitBankDays } = options.rules ?? defaultRules;
	const isBankDay = bankDays(calendar);
	return {
		findings,
		matches: [],
		waiting,
		unrelated: [],
		candidates: [],
		missing(finding, date, rows = finding.rows, unheld = 0) {
			const until = date === undefined ? undefined : addBankDays(date, waitBankDays, isBankDay);
			if (options.asOf === undefined || until === undefined || options.asOf > until) {
				findings.push(finding);
			} else {
				for (const [place, row] of rows.entries()) {
					const others = place === 0 ? unheld : 0;
					waiting.push({ row, missingAt: finding.leg, until, others });
				}
			}
		},
	};
}
