import { CloseoutError } from "../../../protocol/error.ts";
import { TRAINING_RECORDS_MAX } from "../../../protocol/limits.ts";
import type { EncodedRecord } from "../../../protocol/record.ts";
import type { RecordStore } from "../core.ts";
import type { SkimRange } from "../journal/skim.ts";

/** The records of a training: in memory, bounded, and gone with it. */
export class MemoryJournal implements RecordStore {
	readonly #records: EncodedRecord[] = [];

	/** Throws `MEDIA_FULL` at the bound. */
	append(records: readonly EncodedRecord[]): number {
		if (this.#records.length + records.length > TRAINING_RECORDS_MAX)
			throw new CloseoutError("MEDIA_FULL", "the training is full; leave it");
		this.#records.push(...records);
		return this.#records.length - records.length + 1;
	}

	read(sequence: number): EncodedRecord | undefined {
		return this.#records[sequence - 1];
	}

	scan(
		from: number,
		to: number,
		visit: (sequence: number, record: EncodedRecord) => boolean,
	): void {
		for (let sequence = Math.max(1, from); sequence <= to; sequence++) {
			const record = this.read(sequence);
			if (record === undefined || !visit(sequence, record)) return;
		}
	}

	skim(from: number, to: number, { kinds, recordsMax, visit }: SkimRange): number {
		let next = from;
		this.scan(from, Math.min(to, from + recordsMax - 1), (sequence, record) => {
			next = sequence + 1;
			if (kinds.has(record.kind)) visit(sequence, record);
			return true;
		});
		return next;
	}
}
