import {
	type Configuration,
	configure,
	defaultConfiguration,
} from "../../protocol/configuration.ts";
import { assert } from "../../protocol/error.ts";
import { GROUP_RECORDS_MAX } from "../../protocol/limits.ts";
import {
	type AnyRecord,
	decodeRecord,
	type EncodedRecord,
	encodeRecord,
	type RecordBody,
	type RecordKind,
	type Stamp,
} from "../../protocol/record.ts";
import type { SkimRange } from "./journal/skim.ts";
import type { Clock } from "./port.ts";
import { fold } from "./state/fold.ts";
import type { State } from "./state/state.ts";

/** The part of the journal that the rules use; sequences count from 1. */
export interface RecordStore {
	/** Makes one group durable, all of it or nothing, and returns the sequence number of its first record. */
	append(records: readonly EncodedRecord[]): number;
	read(sequence: number): EncodedRecord | undefined;
	/** Visits records from `from` to `to` in order until `visit` returns false; destroyed ones are left out. */
	scan(from: number, to: number, visit: (sequence: number, record: EncodedRecord) => boolean): void;
	/** Visits some of those of certain kinds; returns the first sequence number that was not looked at. */
	skim(from: number, to: number, range: SkimRange): number;
}

/** A record to be made: its kind and its own fields. The stamp is added when it is appended. */
export type Entry = {
	readonly [K in RecordKind]: readonly [kind: K, body: RecordBody<K>];
}[RecordKind];

export interface CoreOptions {
	readonly journal: RecordStore;
	readonly clock: Clock;
	/** State at `state.sequence`, from a checkpoint; later records are folded by `replay`. */
	readonly state: State;
}

/**
 * The journal and the state folded from it, for the rules that act on both. `record` is the only way anything
 * changes: it returns when the record is durable and folded, and effects are run only after that.
 */
export class Core {
	readonly #journal: RecordStore;
	readonly #clock: Clock;
	#state: State;
	#configuration: Configuration = defaultConfiguration();
	#configuredBy: State["changedSettings"] = [];

	constructor({ journal, clock, state }: CoreOptions) {
		this.#journal = journal;
		this.#clock = clock;
		this.#state = state;
	}

	get state(): State {
		return this.#state;
	}

	/** The settings in force: the defaults with the changes that the journal holds. */
	get configuration(): Configuration {
		if (this.#configuredBy !== this.#state.changedSettings) {
			this.#configuredBy = this.#state.changedSettings;
			this.#configuration = configure(defaultConfiguration(), this.#configuredBy);
		}
		return this.#configuration;
	}

	/** Now, as it would be stamped on a record. */
	stamp(): Stamp {
		const { wallMs, zoneMinutes } = this.#clock.now();
		return {
			wallS: Math.floor(wallMs / 1000),
			zoneMinutes,
			boot: this.#state.boot,
			monotonicMs: Math.floor(this.#clock.monotonicMs()),
		};
	}

	/** Appends one record and returns its sequence number. */
	record<K extends RecordKind>(kind: K, body: RecordBody<K>): number {
		return this.#append([encodeRecord(kind, this.stamp(), body)]);
	}

	/** Appends records that must stand or fall together and returns the sequence number of the first. */
	recordGroup(entries: readonly Entry[]): number {
		const stamp = this.stamp();
		return this.#append(entries.map(([kind, body]) => encodeRecord(kind, stamp, body)));
	}

	/**
	 * Begins a boot: the start record, under the boot number that later stamps carry, in one group with what the
	 * start has found. The journal tells its findings again until this group is durable.
	 */
	recordStart(body: RecordBody<"start">, found: readonly Entry[] = []): void {
		const stamp = { ...this.stamp(), boot: this.#state.boot + 1 };
		const entries: readonly Entry[] = [["start", body], ...found];
		for (let from = 0; from < entries.length; from += GROUP_RECORDS_MAX) {
			const group = entries.slice(from, from + GROUP_RECORDS_MAX);
			this.#append(group.map(([kind, fields]) => encodeRecord(kind, stamp, fields)));
		}
	}

	/** The record at a sequence number, or undefined when the media no longer hold it. */
	recordAt(sequence: number): AnyRecord | undefined {
		const encoded = this.#journal.read(sequence);
		return encoded && decodeRecord(encoded);
	}

	/** Visits decoded records in order, one at a time in memory, until `visit` returns false. */
	scan(from: number, to: number, visit: (sequence: number, record: AnyRecord) => boolean): void {
		this.#journal.scan(from, to, (sequence, encoded) => visit(sequence, decodeRecord(encoded)));
	}

	/** Visits some records of certain kinds without decoding them, see `Journal.skim`. */
	skim(from: number, to: number, range: SkimRange): number {
		return this.#journal.skim(from, to, range);
	}

	/** Folds the records after the checkpoint, at start. `last` is the head of the journal. */
	replay(last: number): void {
		this.scan(this.#state.sequence + 1, last, (sequence, record) => {
			this.#state = fold(this.#state, sequence, record);
			return true;
		});
		if (this.#state.sequence < last) this.#state = { ...this.#state, sequence: last };
	}

	#append(records: readonly EncodedRecord[]): number {
		const first = this.#journal.append(records);
		assert(first > this.#state.sequence, `sequence ${first} follows ${this.#state.sequence}`);
		for (const [index, record] of records.entries()) {
			this.#state = fold(this.#state, first + index, decodeRecord(record));
		}
		return first;
	}
}
