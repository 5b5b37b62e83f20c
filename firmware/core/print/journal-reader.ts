import type { AnyRecord } from "../../../protocol/record.ts";
import type { Core } from "../core.ts";

/** Records read at once: a step that prints must not keep the terminal from selling. */
export const READ_RECORDS_MAX = 32;

export type ReadRecord = readonly [sequence: number, record: AnyRecord];

/** Reads a range of the journal a few records at a time, and tells which of it the media no longer hold. */
export class JournalReader {
	readonly #core: Core;
	readonly #last: number;
	readonly #onMissing: (from: number, to: number) => void;
	#next: number;

	constructor(
		core: Core,
		first: number,
		last: number,
		onMissing: (from: number, to: number) => void = () => {},
	) {
		this.#core = core;
		this.#next = first;
		this.#last = Math.min(last, core.state.sequence);
		this.#onMissing = onMissing;
	}

	/** True once the range is read to its end. */
	get done(): boolean {
		return this.#next > this.#last;
	}

	/** The next records, at most `READ_RECORDS_MAX`. */
	read(): readonly ReadRecord[] {
		const records: ReadRecord[] = [];
		if (this.done) return records;
		this.#core.scan(this.#next, this.#last, (sequence, record) => {
			if (sequence > this.#next) this.#onMissing(this.#next, sequence - 1);
			this.#next = sequence + 1;
			records.push([sequence, record]);
			return records.length < READ_RECORDS_MAX;
		});
		if (records.length < READ_RECORDS_MAX && !this.done) {
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

	constructor(first: number, last: number) {
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
