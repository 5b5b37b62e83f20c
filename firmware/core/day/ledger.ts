import type { RecordBody } from "../../../protocol/record.ts";
import type { Core } from "../core.ts";
import type { Outcome } from "../part.ts";
import { entersTotals } from "../state/totals.ts";

/** Questions to the journal that the state does not answer. Each is one pass in constant memory. */

export type Intent = RecordBody<"intent">;

/** A transaction as the journal tells it. */
export interface LedgerEntry {
	readonly transaction: number;
	readonly intent: Intent;
	/** The last outcome that counts, and its sequence number; null while there is none. */
	readonly outcome: Outcome | null;
	readonly outcomeAt: number;
	/** Evidence that contradicts it, once recorded. */
	readonly contradicted: readonly Outcome[];
	readonly reversed: boolean;
	/** Approved voids that refer to it. */
	readonly voided: boolean;
	readonly refundedMinor: number;
	/** Approved tips to it. */
	readonly tips: readonly number[];
	/** Whether it was said that a tip may be added. */
	readonly tipTold: boolean;
}

/** The intent of a transaction, or undefined when that sequence number is none or is destroyed. */
export function intentOf(core: Core, transaction: number): Intent | undefined {
	const record = transaction > 0 ? core.recordAt(transaction) : undefined;
	return record?.kind === "intent" ? record.body : undefined;
}

/** Everything that happened to a transaction, or undefined when its intent is not in the journal. */
export function entryOf(core: Core, transaction: number): LedgerEntry | undefined {
	const intent = intentOf(core, transaction);
	if (intent === undefined) return undefined;
	let outcome: Outcome | null = null;
	let outcomeAt = 0;
	let reversed = false;
	let voided = false;
	let refundedMinor = 0;
	let tipTold = false;
	const tips: number[] = [];
	const contradicted: Outcome[] = [];
	const followers = new Map<number, Intent>();
	core.scan(transaction + 1, core.state.sequence, (sequence, record) => {
		if (record.kind === "intent" && record.body.original === transaction) {
			followers.set(sequence, record.body);
		} else if (record.kind === "reversal" && record.body.transaction === transaction) {
			if (record.body.result === "reversed") reversed = true;
		} else if (record.kind === "tipOpen" && record.body.transaction === transaction) {
			tipTold = true;
		} else if (record.kind === "outcome") {
			const follower = followers.get(record.body.transaction);
			if (record.body.transaction === transaction) {
				if (record.body.source === "contradicting") contradicted.push(record.body.outcome);
				else {
					outcome = record.body.outcome;
					outcomeAt = sequence;
				}
			} else if (follower !== undefined && record.body.outcome === "approved") {
				if (record.body.source === "contradicting") return true;
				if (follower.type === "void") voided = true;
				if (follower.type === "refund") refundedMinor += follower.amountMinor;
				if (follower.type === "tip") tips.push(record.body.transaction);
			}
		}
		return true;
	});
	return {
		transaction,
		intent,
		outcome,
		outcomeAt,
		contradicted,
		reversed,
		voided,
		refundedMinor,
		tips,
		tipTold,
	};
}

/** The newest transaction with this trace number within the records from `from` on. Trace numbers come again. */
export function findTrace(core: Core, trace: number, from: number): number | undefined {
	let found: number | undefined;
	core.scan(from, core.state.sequence, (sequence, record) => {
		if (record.kind !== "intent" || record.body.trace !== trace) return true;
		if (record.body.type !== "void" && record.body.type !== "refund") found = sequence;
		return true;
	});
	return found;
}

export interface ApprovedOutcome {
	readonly outcomeAt: number;
	readonly outcome: RecordBody<"outcome">;
	/** Undefined when the record of the intent is destroyed. */
	readonly intent: Intent | undefined;
}

/** The first transaction within the range whose approval entered the totals of its batch. */
export function nextApproved(core: Core, from: number, to: number): ApprovedOutcome | undefined {
	let next = from;
	while (next <= to) {
		const found = nextApprovedRecord(core, next, to);
		if (found === undefined) return undefined;
		const intent = intentOf(core, found.outcome.transaction);
		if (intent === undefined || entersTotals(intent.type)) return { ...found, intent };
		next = found.outcomeAt + 1;
	}
	return undefined;
}

function nextApprovedRecord(
	core: Core,
	from: number,
	to: number,
): Omit<ApprovedOutcome, "intent"> | undefined {
	let found: Omit<ApprovedOutcome, "intent"> | undefined;
	core.scan(from, to, (sequence, record) => {
		if (record.kind !== "outcome" || record.body.outcome !== "approved") return true;
		if (record.body.source === "contradicting") return true;
		found = { outcomeAt: sequence, outcome: record.body };
		return false;
	});
	return found;
}
