import {
	type AnyRecord,
	decodeRecord,
	type RecordKind,
	recordKinds,
} from "../../../protocol/record.ts";
import type { Core } from "../core.ts";

/** Records looked at in one go: a step that prints must not keep the terminal from selling. */
export const READ_RECORDS_MAX = 32;

export type ReadRecord = readonly [sequence: number, record: AnyRecord];

export interface ReadRange {
	readonly first: number;
	readonly last: number;
}

/**
 * Reads a range of the journal a few records at a time, and tells which of it the media no longer hold. Only the
 * kinds asked for are decoded, because decoding is most of the work.
 */
export class JournalReader {
	readonly #core: Core;
	readonly #last: number;
	readonly #kinds: ReadonlySet<number>;
	readonly #onMissing: (from: number, to: number) => void;
	#next: number;

	constructor(
		core: Core,
		{ first, last }: ReadRange,
		kinds: readonly RecordKind[],
		onMissing: (from: number, to: number) => void = () => {},
	) {
		this.#core = core;
		this.#next = first;
		this.#last = Math.min(last, core.state.sequence);
		this.#kinds = new Set(kinds.map((kind) => recordKinds[kind].number));
		this.#onMissing = onMissing;
	}

	/** True once the range is read to its end. */
	get done(): boolean {
		return this.#next > this.#last;
	}

	/** Looks at the next `READ_RECORDS_MAX` records and returns those of the kinds asked for. */
	read(): readonly ReadRecord[] {
		const records: ReadRecord[] = [];
		let left = READ_RECORDS_MAX;
		if (this.done) return records;
		this.#core.scanEncoded(this.#next, this.#last, (sequence, record) => {
			if (sequence > this.#next) this.#onMissing(this.#next, sequence - 1);
			this.#next = sequence + 1;
			if (this.#kinds.has(record.kind)) records.push([sequence, decodeRecord(record)]);
			left--;
			return left > 0;
		});
		if (left > 0 && !this.done) {
			this.#onMissing(this.#next, this.#last);
			this.#next = this.#last + 1;
		}
		return records;
	}
}

/** A set of sequence numbers of one range, one bit each; what lies outside is left out. */
export class SequenceSet {
	readonly #first: number;
	readonly #bits: Uint8Array;

	constructor({ first, last }: ReadRange) {
		this.#first = first;
		this.#bits = new Uint8Array(Math.max(0, Math.ceil((last - first + 1) / 8)));
	}

	add(sequence: number): void {
		const place = sequence - this.#first;
		const index = Math.floor(place / 8);
		const byte = this.#bits[index];
		if (byte !== undefined) this.#bits[index] = byte | (1 << (place & 7));
	}

	has(sequence: number): boolean {
		const place = sequence - this.#first;
		return ((this.#bits[Math.floor(place / 8)] ?? 0) & (1 << (place & 7))) !== 0;
	}
}
