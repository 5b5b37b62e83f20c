import type { RecordBody } from "../../protocol/record.ts";
import type { Exception, Period, PrintDebt, Settlement, Transaction } from "./book.ts";

/** A lifted blocker: who took it upon himself, and why. `subject` null lifts all of its kind. */
export interface Override {
	readonly seq: number;
	readonly blocker: Exception["blocker"];
	readonly subject: number | null;
	readonly by: string;
	readonly reason: string;
}

/** 补录: a sale of another terminal or of paper, entered by a person. It is in no total of cards. */
export interface Supplement {
	readonly seq: number;
	readonly wallS: number;
	readonly origin: RecordBody<"supplement">["origin"];
	readonly method: RecordBody<"supplement">["method"];
	readonly amountMinor: number;
	readonly currency: string;
	/** `yyyymmdd`, when it was sold. */
	readonly soldDate: number;
	readonly trace: number | null;
	readonly lastFour: string | null;
	readonly operator: string;
	/** Who approved it, and why it was entered. */
	readonly by: string;
	readonly reason: string;
	readonly withdrawn: boolean;
}

export interface Range {
	readonly from: number;
	readonly to: number;
}

/** Everything that is known of one day of one terminal, in one life of its journal. */
export interface DayFacts {
	readonly period: Period;
	/** Records of the day: from after the last close to its own, or to the last one that is here. */
	readonly range: Range;
	/** Those placed in the day and in every batch that reaches into it, in the order of their places. */
	readonly transactions: readonly Transaction[];
	/** Settlements whose batch reaches into the day, and those begun in it. */
	readonly settlements: readonly Settlement[];
	/** Debts made in the day or about something in it. */
	readonly printDebts: readonly PrintDebt[];
	readonly overrides: readonly Override[];
	readonly supplements: readonly Supplement[];
	/** Transactions whose late money was refunded, on whatever day. */
	readonly givenBack: ReadonlySet<number>;
	/** Records of the day that are destroyed. */
	readonly lost: readonly Range[];
	/** Records of the day that this version cannot read. */
	readonly unreadable: number;
	readonly stream: {
		readonly watermark: number;
		readonly claimed: number;
		readonly projected: number;
		readonly frozen: boolean;
		readonly fenced: boolean;
	};
}

export const missingTypes = [
	"notClosed",
	"recordsToCome",
	"notFolded",
	"recordsLost",
	"recordsMaybeLost",
	"recordsUnreadable",
	"fork",
	"unsettled",
	"settlementOpen",
	"notAgreed",
	"cannotConfirm",
	"totalsDiffer",
	"unknownOutcome",
	"pendingReversal",
	"refundOwed",
	"printOwed",
	"listMissing",
] as const;
export type MissingType = (typeof missingTypes)[number];

/** One thing that keeps a day from being complete, or that would if a person had not lifted it. */
export interface Missing {
	readonly type: MissingType;
	readonly count: number;
	/** What it is about: a settlement, or the first record of a range. */
	readonly subject?: number;
	readonly document?: PrintDebt["document"];
	/** Money at risk, in minor units; debits less credits. */
	readonly amountMinor?: number;
	readonly currency?: string;
}

/** What a judge of one aspect found. */
export interface Findings {
	readonly missing: readonly Missing[];
	readonly lifted: readonly Missing[];
}

export function isWithin(sequence: number, { from, to }: Range): boolean {
	return sequence >= from && sequence <= to;
}

/** A finding about transactions with the money that they are about. */
export function moneyMissing(
	type: MissingType,
	transactions: readonly Transaction[],
	subject?: number,
): Missing {
	const about = subject ?? transactions[0]?.seq;
	const currency = transactions[0]?.currency;
	const amountMinor = transactions.reduce((sum, transaction) => sum + signed(transaction), 0);
	return {
		type,
		count: transactions.length,
		amountMinor,
		...(about === undefined ? {} : { subject: about }),
		...(currency === undefined ? {} : { currency }),
	};
}

function signed({ type, amountMinor }: Transaction): number {
	return type === "refund" || type === "void" ? -amountMinor : amountMinor;
}
