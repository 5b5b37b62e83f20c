import type { RecordStore } from "../../firmware/core/core.ts";
import type { SkimRange } from "../../firmware/core/journal/skim.ts";
import { assert } from "../../protocol/error.ts";
import { GROUP_RECORDS_MAX } from "../../protocol/limits.ts";
import { type AnyRecord, decodeRecord, type EncodedRecord } from "../../protocol/record.ts";
import { skimEach } from "./skim-each.ts";

/** The power went. Whatever ran is over; what was appended before is durable. */
export class PowerCut {
	readonly after: number;
	constructor(after: number) {
		this.after = after;
	}
}

export interface Cut {
	/** Counts appends from 1 over the whole life of the journal. */
	readonly append: number;
	/** True: the group is durable and nothing follows. False: not even the group is. */
	readonly durable: boolean;
}

/** A journal that is a list, and that can lose power at one append. */
export class FakeJournal implements RecordStore {
	readonly #records: (EncodedRecord | undefined)[] = [];
	readonly #cut: Cut | null;
	appends = 0;

	constructor(cut: Cut | null = null) {
		this.#cut = cut;
	}

	get last(): number {
		return this.#records.length;
	}

	append(records: readonly EncodedRecord[]): number {
		assert(records.length > 0 && records.length <= GROUP_RECORDS_MAX, "group fits its bound");
		this.appends += 1;
		const cut = this.#cut?.append === this.appends ? this.#cut : null;
		if (cut?.durable === false) throw new PowerCut(this.appends);
		this.#records.push(...records);
		if (cut !== null) throw new PowerCut(this.appends);
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
		for (let sequence = Math.max(1, from); sequence <= Math.min(to, this.last); sequence++) {
			const record = this.read(sequence);
			if (record !== undefined && !visit(sequence, record)) return;
		}
	}

	skim(from: number, to: number, range: SkimRange): number {
		return skimEach((sequence) => this.read(sequence), from, Math.min(to, this.last), range);
	}

	/** The media no longer hold this record. */
	destroy(sequence: number): void {
		this.#records[sequence - 1] = undefined;
	}

	/** Everything in it, with sequence numbers. */
	all(): readonly (AnyRecord & { readonly sequence: number })[] {
		return this.#records.flatMap((record, index) =>
			record === undefined ? [] : [{ ...decodeRecord(record), sequence: index + 1 }],
		);
	}
}
