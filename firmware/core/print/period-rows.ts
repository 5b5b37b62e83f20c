import { OPEN_TRANSACTIONS_MAX } from "../../../protocol/limits.ts";
import type { RecordOf } from "../../../protocol/record.ts";
import type { Core } from "../core.ts";
import { type ReadRange, SequenceSet } from "./journal-reader.ts";
import type { RowFilter } from "./list-period.ts";
import type { ListIntent, ListOutcome, ListRecord, ListStamp } from "./list-record.ts";

type IntentRecord = Extract<ListRecord, { kind: "intent" }>;
type OutcomeRecord = Extract<ListRecord, { kind: "outcome" }>;

/**
 * How a transaction appears in a period: `approved` is a row; the others are listed apart. `late` is an approval and
 * `denied` a refusal that contradicts what was recorded before, `orphan` an approval whose intent the media no
 * longer hold.
 */
export type EntryStanding =
	| "approved"
	| "declined"
	| "reversed"
	| "late"
	| "denied"
	| "orphan"
	| "unknown";

export interface ListEntry {
	readonly standing: EntryStanding;
	/** Record that ended the transaction; its intent while it has no end. */
	readonly sequence: number;
	readonly transaction: number;
	/** When the transaction was made, as far as the journal says. */
	readonly stamp: ListStamp;
	readonly intent: ListIntent | null;
	readonly outcome: ListOutcome | null;
}

/**
 * Picks the entries of a list out of the records of its period, which are given in order. Membership is by the
 * record that ended the transaction, as `protocol/list-hash.ts` says.
 */
export class PeriodRows {
	readonly #core: Core;
	readonly #filter: RowFilter | null;
	/** Transactions of the period that have ended in it so far. */
	readonly ended: SequenceSet;
	readonly #begun: SequenceSet;
	/** Transactions of the period that have not ended so far. */
	openCount = 0;
	/** Intents read lately, since the outcome mostly follows its intent. */
	readonly #intents = new Map<number, IntentRecord>();

	/** Without a range it does not note which transactions have begun and ended: that is for whoever counts them. */
	constructor(core: Core, filter: RowFilter | null, range: ReadRange = { first: 1, last: 0 }) {
		this.#core = core;
		this.#filter = filter;
		this.ended = new SequenceSet(range);
		this.#begun = new SequenceSet(range);
	}

	/**
	 * True when the list is about this transaction. Without an end it may be of any scheme, so it is on the list of
	 * each.
	 */
	accepts(intent: ListIntent | null, outcome: ListOutcome | null): boolean {
		if (this.#filter === null) return true;
		const { operator, group } = this.#filter;
		if (operator !== null && intent?.operator !== operator) return false;
		return group === null || outcome === null || outcome.group === group;
	}

	/** The entry that this record makes, if it makes one. */
	take(sequence: number, record: ListRecord): ListEntry | undefined {
		switch (record.kind) {
			case "intent":
				this.#remember(sequence, record);
				return undefined;
			case "outcome":
				return this.#outcome(sequence, record);
			case "reversal":
				if (record.body.result !== "reversed") return undefined;
				this.#end(record.body.transaction);
				return this.#entry("reversed", sequence, record, null);
			default:
				return undefined;
		}
	}

	#outcome(sequence: number, record: OutcomeRecord): ListEntry | undefined {
		const { body } = record;
		if (body.outcome === "unknown") return undefined;
		const isApproved = body.outcome === "approved";
		if (body.source === "contradicting") {
			return this.#entry(isApproved ? "late" : "denied", sequence, record, body);
		}
		this.#end(body.transaction);
		return this.#entry(isApproved ? "approved" : "declined", sequence, record, body);
	}

	#entry(
		standing: EntryStanding,
		sequence: number,
		record: OutcomeRecord | RecordOf<"reversal">,
		outcome: ListOutcome | null,
	): ListEntry | undefined {
		const { transaction } = record.body;
		const intent = this.#intentOf(transaction);
		if (!this.accepts(intent?.body ?? null, outcome)) return undefined;
		return {
			standing: intent === undefined && standing === "approved" ? "orphan" : standing,
			sequence,
			transaction,
			stamp: intent?.stamp ?? record.stamp,
			intent: intent?.body ?? null,
			outcome,
		};
	}

	#remember(sequence: number, record: IntentRecord): void {
		if (this.accepts(record.body, null)) {
			this.openCount++;
			this.#begun.add(sequence);
		}
		if (this.#intents.size >= OPEN_TRANSACTIONS_MAX) {
			for (const oldest of this.#intents.keys()) {
				this.#intents.delete(oldest);
				break;
			}
		}
		this.#intents.set(sequence, record);
	}

	#intentOf(transaction: number): IntentRecord | undefined {
		const remembered = this.#intents.get(transaction);
		if (remembered !== undefined) {
			this.#intents.delete(transaction);
			return remembered;
		}
		const record = transaction > 0 ? this.#core.recordAt(transaction) : undefined;
		return record?.kind === "intent" ? record : undefined;
	}

	#end(transaction: number): void {
		if (this.ended.has(transaction)) return;
		this.ended.add(transaction);
		if (this.#begun.has(transaction)) this.openCount--;
	}
}
