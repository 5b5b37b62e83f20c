import { createHash, createHmac } from "node:crypto";
import { Core, type RecordStore } from "../../firmware/core/core.ts";
import type { SkimRange } from "../../firmware/core/journal/skim.ts";
import type { Clock, Digest, WallTime } from "../../firmware/core/port.ts";
import { emptyState, type State } from "../../firmware/core/state/state.ts";
import { GROUP_RECORDS_MAX } from "../../protocol/limits.ts";
import { type AnyRecord, decodeRecord, type EncodedRecord } from "../../protocol/record.ts";
import { skimEach } from "./skim-each.ts";

/** A journal in memory that can lose records, for the rules that print. */
export class ListJournal implements RecordStore {
	readonly #records: (EncodedRecord | undefined)[] = [];
	/** How often a record was looked at, as a measure of work. */
	readCount = 0;

	append(records: readonly EncodedRecord[]): number {
		if (records.length > GROUP_RECORDS_MAX) throw new RangeError("group too long");
		const first = this.head + 1;
		this.#records.push(...records);
		return first;
	}

	read(sequence: number): EncodedRecord | undefined {
		this.readCount++;
		return this.#records[sequence - 1];
	}

	scan(
		from: number,
		to: number,
		visit: (sequence: number, record: EncodedRecord) => boolean,
	): void {
		for (let sequence = Math.max(1, from); sequence <= Math.min(to, this.head); sequence++) {
			const record = this.read(sequence);
			if (record !== undefined && !visit(sequence, record)) return;
		}
	}

	skim(from: number, to: number, range: SkimRange): number {
		return skimEach((sequence) => this.read(sequence), from, Math.min(to, this.head), range);
	}

	get head(): number {
		return this.#records.length;
	}

	/** Both copies of these records become unreadable. */
	destroy(from: number, to = from): void {
		for (let sequence = from; sequence <= to; sequence++) this.#records[sequence - 1] = undefined;
	}

	/** What is left, decoded. */
	*decoded(): Generator<readonly [number, AnyRecord]> {
		for (const [index, record] of this.#records.entries()) {
			if (record !== undefined) yield [index + 1, decodeRecord(record)];
		}
	}
}

/** 2026-11-21 08:00:00 in Shanghai; moves only when told. */
export class HandClock implements Clock {
	wallMs = Date.UTC(2026, 10, 21, 0, 0, 0);
	#monotonicMs = 0;

	now(): WallTime {
		return { wallMs: this.wallMs, zoneMinutes: 480 };
	}

	monotonicMs(): number {
		return this.#monotonicMs;
	}

	set(wallMs: number): void {
		this.wallMs = wallMs;
	}

	advance(ms: number): void {
		this.wallMs += ms;
		this.#monotonicMs += ms;
	}
}

export const nodeDigest: Digest = {
	sha256: (bytes) => new Uint8Array(createHash("sha256").update(bytes).digest()),
	hmacSha256: (key, bytes) => new Uint8Array(createHmac("sha256", key).update(bytes).digest()),
};

/** A core over the journal as after a start: everything is folded from the first record. */
export function startCore(journal: ListJournal, clock: Clock, state: State = emptyState()): Core {
	const core = new Core({ journal, clock, state });
	core.replay(journal.head);
	return core;
}
