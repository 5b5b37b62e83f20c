import {
	type AnyRecord,
	decodeRecord,
	type EncodedRecord,
	type RecordKind,
	recordKinds,
} from "../../../protocol/record.ts";
import type { Core } from "../core.ts";
import type { SkimRange } from "../journal/skim.ts";
import { decodeForList, type ListRecord } from "./list-record.ts";

/** Records looked at in one go: they are held until the reader's owner has taken them. */
export const READ_RECORDS_MAX = 32;

export type ReadRecord<R = AnyRecord> = readonly [sequence: number, record: R];

export interface ReadRange {
	readonly first: number;
	readonly last: number;
}

interface ReaderOptions<R> {
	/** Only these are decoded. */
	readonly kinds: readonly RecordKind[];
	readonly decode: (record: EncodedRecord) => R;
	readonly onMissing?: SkimRange["onMissing"];
	/** True for a range that was read whole before. */
	readonly isAgain?: boolean;
}

/** Reads a range of the journal a few records at a time, and tells which of it the media no longer hold. */
export class JournalReader<R = AnyRecord> {
	readonly #core: Core;
	readonly #last: number;
	readonly #skim: SkimRange;
	#records: ReadRecord<R>[] = [];
	#next: number;

	constructor(core: Core, { first, last }: ReadRange, options: ReaderOptions<R>) {
		const { kinds, decode, onMissing = () => {}, isAgain } = options;
		this.#core = core;
		this.#next = first;
		this.#last = Math.min(last, core.state.sequence);
		this.#skim = {
			kinds: new Set(kinds.map((kind) => recordKinds[kind].number)),
			checksAll: isAgain !== true,
			recordsMax: READ_RECORDS_MAX,
			visit: (sequence, record) => this.#records.push([sequence, decode(record)]),
			onMissing,
		};
	}

	/** True once the range is read to its end. */
	get done(): boolean {
		return this.#next > this.#last;
	}

	/** Looks at the next `READ_RECORDS_MAX` records and returns those of the kinds asked for. */
	read(): readonly ReadRecord<R>[] {
		this.#records = [];
		if (!this.done) this.#next = this.#core.skim(this.#next, this.#last, this.#skim);
		return this.#records;
	}
}

/** Reads whole records of certain kinds. */
export function readerOf(
	core: Core,
	range: ReadRange,
	kinds: readonly RecordKind[],
	onMissing?: SkimRange["onMissing"],
): JournalReader {
	const decode = decodeRecord;
	return new JournalReader(core, range, { kinds, decode, ...(onMissing && { onMissing }) });
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
		const index = place >> 3;
		const byte = this.#bits[index];
		if (byte !== undefined) this.#bits[index] = byte | (1 << (place & 7));
	}

	has(sequence: number): boolean {
		const place = sequence - this.#first;
		return ((this.#bits[place >> 3] ?? 0) & (1 << (place & 7))) !== 0;
	}
}

/** Reads what a list says of records of certain kinds. */
export function listReaderOf(
	core: Core,
	range: ReadRange,
	options: Omit<ReaderOptions<ListRecord>, "decode"> & { readonly withOperator?: boolean },
): JournalReader<ListRecord> {
	const withOperator = options.withOperator === true;
	const decode = (record: EncodedRecord) => decodeForList(record, withOperator);
	return new JournalReader(core, range, { ...options, decode });
}
