import { OPEN_TRANSACTIONS_MAX } from "../../../protocol/limits.ts";
import type { AnyRecord, RecordOf, Stamp } from "../../../protocol/record.ts";
import type { Core } from "../core.ts";
import type { Intent, OutcomeBody } from "./document.ts";
import { SequenceSet } from "./journal-reader.ts";

/**
 * How a transaction appears in a period: `approved` is a row and counts; the others are listed apart. `late` is an
 * approval after the transaction had ended, `orphan` one whose intent the media no longer hold.
 */
export type EntryStanding = "approved" | "declined" | "reversed" | "late" | "orphan" | "unknown";

export interface ListEntry {
	readonly standing: EntryStanding;
	/** Record that ended the transaction; its intent while it has no end. */
	readonly sequence: number;
	readonly transaction: number;
	/** When the transaction was made, as far as the journal says. */
	readonly stamp: Stamp;
	readonly intent: Intent | null;
	readonly outcome: OutcomeBody | null;
}

/**
 * Picks the entries of a list out of the records of its period, which are given in order. Membership is by the
 * record that ended the transaction, as `protocol/list-hash.ts` says; a transaction ends once.
 */
export class PeriodRows {
	readonly #core: Core;
	readonly #first: number;
	/** Transactions of the period that have ended in it so far. */
	readonly ended: SequenceSet;
	readonly #begun: SequenceSet;
	/** Transactions of the period that have not ended so far. */
	openCount = 0;
	/** Intents read lately, since the outcome mostly follows its intent. */
	readonly #intents = new Map<number, RecordOf<"intent">>();

	constructor(core: Core, first: number, last: number) {
		this.#core = core;
		this.#first = first;
		this.ended = new SequenceSet(first, last);
		this.#begun = new SequenceSet(first, last);
	}

	/** The entry that this record makes, if it makes one. */
	take(sequence: number, record: AnyRecord): ListEntry | undefined {
		switch (record.kind) {
			case "intent":
				this.#remember(sequence, record);
				return undefined;
			case "outcome":
				return this.#outcome(sequence, record);
			case "reversal":
				if (record.body.result !== "reversed") return undefined;
				this.#end(record.body.transaction, sequence);
				return this.#entry("reversed", sequence, record, null);
			default:
				return undefined;
		}
	}

	#outcome(sequence: number, record: RecordOf<"outcome">): ListEntry | undefined {
		const { body } = record;
		if (body.outcome === "unknown") return undefined;
		const isFirst = this.#end(body.transaction, sequence);
		if (body.outcome === "approved") {
			return this.#entry(isFirst ? "approved" : "late", sequence, record, body);
		}
		return isFirst ? this.#entry("declined", sequence, record, body) : undefined;
	}

	#entry(
		standing: EntryStanding,
		sequence: number,
		record: RecordOf<"outcome" | "reversal">,
		outcome: OutcomeBody | null,
	): ListEntry {
		const { transaction } = record.body;
		const intent = this.#intentOf(transaction);
		return {
			standing: intent === undefined && standing === "approved" ? "orphan" : standing,
			sequence,
			transaction,
			stamp: intent?.stamp ?? record.stamp,
			intent: intent?.body ?? null,
			outcome,
		};
	}

	#remember(sequence: number, record: RecordOf<"intent">): void {
		this.openCount++;
		this.#begun.add(sequence);
		if (this.#intents.size >= OPEN_TRANSACTIONS_MAX) {
			for (const oldest of this.#intents.keys()) {
				this.#intents.delete(oldest);
				break;
			}
		}
		this.#intents.set(sequence, record);
	}

	#intentOf(transaction: number): RecordOf<"intent"> | undefined {
		const remembered = this.#intents.get(transaction);
		if (remembered !== undefined) {
			this.#intents.delete(transaction);
			return remembered;
		}
		const record = transaction > 0 ? this.#core.recordAt(transaction) : undefined;
		return record?.kind === "intent" ? record : undefined;
	}

	/** True when the transaction had not ended before. */
	#end(transaction: number, sequence: number): boolean {
		if (transaction < this.#first) return !this.#endedBetween(transaction, sequence);
		if (this.ended.has(transaction)) return false;
		this.ended.add(transaction);
		if (this.#begun.has(transaction)) this.openCount--;
		return true;
	}

	/** For a transaction of an earlier period, which is rare: looks through the journal since then. */
	#endedBetween(transaction: number, sequence: number): boolean {
		let ended = false;
		this.#core.scan(transaction + 1, sequence - 1, (_sequence, record) => {
			ended = endsTransaction(record, transaction);
			return !ended;
		});
		return ended;
	}
}

function endsTransaction(record: AnyRecord, transaction: number): boolean {
	if (record.kind === "outcome") {
		return record.body.transaction === transaction && record.body.outcome !== "unknown";
	}
	if (record.kind !== "reversal") return false;
	return record.body.transaction === transaction && record.body.result === "reversed";
}
