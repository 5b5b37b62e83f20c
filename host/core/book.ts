import type { AnyRecord, RecordBody } from "../../protocol/record.ts";

/**
 * What the records of one stream come to, one thing a row. Identifiers are the sequence numbers of the records
 * that made the things, unique within terminal and epoch.
 */
export interface Transaction {
	readonly seq: number;
	readonly type: RecordBody<"intent">["type"];
	readonly method: RecordBody<"intent">["method"];
	readonly amountMinor: number;
	readonly currency: string;
	readonly trace: number | null;
	readonly original: number | null;
	readonly orderId: string | null;
	readonly operator: string;
	readonly wallS: number;
	readonly zoneMinutes: number;
	/** `open` until an outcome is recorded. */
	readonly outcome: "open" | RecordBody<"outcome">["outcome"];
	/** Where it belongs: the record of its outcome, of its intent before that. Day and batch go by it. */
	readonly placeSeq: number;
	readonly outcomeSeq: number | null;
	readonly outcomeWallS: number | null;
	readonly source: RecordBody<"outcome">["source"] | null;
	readonly schemeGroup: RecordBody<"outcome">["group"] | null;
	readonly scheme: string | null;
	readonly reference: string | null;
	readonly authorisation: string | null;
	readonly response: string | null;
	readonly lastFour: string | null;
	/** Result of the last reversal attempt. */
	readonly reversal: RecordBody<"reversal">["result"] | null;
	readonly reversalSeq: number | null;
	/** An outcome that contradicts the one that counts; evidence, in no total. */
	readonly contradicted: RecordBody<"outcome">["outcome"] | null;
	/** Money was taken although the transaction had ended without; open until it is reversed. */
	readonly reopenedSeq: number | null;
	/** The settlement in whose upload it was sent. */
	readonly uploadedSeq: number | null;
	/** 1 when the acquirer took the upload of it. */
	readonly uploadAccepted: number | null;
}

export type GroupTotals = RecordBody<"settleBegin">["groups"][number];
export type GroupVerdict = RecordBody<"settleVerdict">["verdicts"][number];
export type Exception = RecordBody<"dayClose">["exceptions"][number];

export interface Settlement {
	readonly seq: number;
	readonly batch: number;
	/** The batch: records `firstSeq` to `lastSeq`. */
	readonly firstSeq: number;
	readonly lastSeq: number;
	readonly trigger: RecordBody<"settleBegin">["trigger"];
	readonly currency: string;
	readonly groups: readonly GroupTotals[];
	readonly wallS: number;
	readonly zoneMinutes: number;
	readonly sentCount: number;
	/** Verdict per group, the last one told. */
	readonly verdicts: readonly GroupVerdict[];
	readonly endSeq: number | null;
	readonly uploadedCount: number;
}

export interface Period {
	/** The record that opened it. */
	readonly seq: number;
	readonly kind: "day" | "shift";
	readonly number: number;
	readonly businessDate: number | null;
	readonly operator: string | null;
	/** First record that belongs to it: the one after the last close of the same kind. */
	readonly firstSeq: number;
	/** The closing record; null while open. */
	readonly lastSeq: number | null;
	readonly openS: number;
	readonly closeS: number | null;
	readonly carried: readonly Exception[];
	readonly exceptions: readonly Exception[];
}

export interface PrintDebt {
	readonly seq: number;
	readonly document: RecordBody<"printDue">["document"];
	readonly subject: number;
	readonly copy: number;
	readonly by: string;
	readonly reason: string | null;
	readonly wallS: number;
	readonly state: RecordBody<"printProgress">["state"];
	readonly row: number;
	readonly stateBy: string | null;
	readonly stateReason: string | null;
	readonly stateSeq: number;
}

/** Any other record: overrides, reminders, starts, gaps, clock changes, pulls; `unreadable` for what is not known. */
export type Note = {
	readonly seq: number;
	readonly wallS: number;
} & (NoteOf | { readonly kind: "unreadable"; readonly body: { readonly why: string } });

type NoteKind = Exclude<
	AnyRecord["kind"],
	| "dayOpen"
	| "dayClose"
	| "shiftOpen"
	| "shiftClose"
	| "intent"
	| "outcome"
	| "reversal"
	| "reopened"
	| "settleBegin"
	| "settleSent"
	| "settleVerdict"
	| "uploadSent"
	| "settleEnd"
	| "printDue"
	| "printProgress"
>;
type NoteOf = {
	readonly [K in NoteKind]: { readonly kind: K; readonly body: RecordBody<K> };
}[NoteKind];

/** True for a transaction that moves money and stands in the totals of its batch. */
export function entersTotals({ type, outcome }: Transaction): boolean {
	return outcome === "approved" && type !== "preAuthorisation" && type !== "cancellation";
}

/** A reversal that nobody knows the end of: a blocker. */
export function isReversalPending({
	outcome,
	reversal,
	reopenedSeq,
	contradicted,
}: Transaction): boolean {
	if (reopenedSeq !== null || contradicted === "approved") return false;
	const isOpen = outcome === "open" || outcome === "unknown";
	return isOpen && reversal !== null && reversal !== "reversed";
}

/** Money was taken that must be given back: by a reversal, or by a refund that `givenBack` knows. */
export function isRefundOwed(
	{ seq, outcome, reversal, reopenedSeq, contradicted }: Transaction,
	givenBack: ReadonlySet<number>,
): boolean {
	if (givenBack.has(seq)) return false;
	if (reopenedSeq !== null) return true;
	const isOpen = outcome === "open" || outcome === "unknown";
	return isOpen && contradicted === "approved" && reversal !== "reversed";
}

/** An outcome that nobody knows and no reversal has taken back. */
export function isUnknown({ outcome, reversal }: Transaction): boolean {
	return (outcome === "open" || outcome === "unknown") && reversal === null;
}
