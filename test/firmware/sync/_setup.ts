import { Core } from "../../../firmware/core/core.ts";
import type { Journal } from "../../../firmware/core/journal/journal.ts";
import { Journal as JournalClass } from "../../../firmware/core/journal/journal.ts";
import { outbox, recordStore } from "../../../firmware/core/journal-store.ts";
import type { Clock } from "../../../firmware/core/port.ts";
import { emptyState, encodeState } from "../../../firmware/core/state/state.ts";
import { type CommandHandler, Sync, type SyncOptions } from "../../../firmware/core/sync/sync.ts";
import { digest } from "../../_helper/digest.ts";
import { journalOn, silentLog, smallMedia, smallSegmentBytes } from "../../_helper/journal.ts";
import { MemoryStorage } from "../../_helper/memory-storage.ts";
import { Random } from "../../_helper/random.ts";
import { FakeHost, tenant, terminal } from "./_fake-host.ts";

export class FakeClock implements Clock {
	wallMs = 1_790_000_000_000;
	ms = 0;
	now() {
		return { wallMs: this.wallMs, zoneMinutes: 480 };
	}
	monotonicMs(): number {
		return this.ms;
	}
	set(wallMs: number): void {
		this.wallMs = wallMs;
	}
	advance(ms: number): void {
		this.ms += ms;
		this.wallMs += ms;
	}
}

export interface Scene {
	readonly host: FakeHost;
	readonly clock: FakeClock;
	readonly core: Core;
	readonly journal: Journal;
	readonly sync: Sync;
	/** Appends `count` records of a reminder. */
	sell(count: number): void;
	/** Steps until nothing more happens at this instant. */
	settle(): void;
}

/** A terminal with an empty journal of epoch 1, and a host that knows its key. */
export function scene(
	onCommand: CommandHandler = () => ({ accepted: true, detail: "" }),
	changed: Partial<SyncOptions> = {},
): Scene {
	const storage = new MemoryStorage({ ...smallMedia, sizeBytes: 131_072 });
	const entropy = new Random(11);
	const format = {
		terminalId: terminal,
		epoch: 1,
		digest,
		entropy,
		segmentBytes: smallSegmentBytes,
	};
	JournalClass.format(storage, format);
	const host = new FakeHost();
	const clock = new FakeClock();
	const journal = journalOn(storage, () => encodeState(core.state));
	journal.open();
	const core: Core = new Core({ journal: recordStore(journal), clock, state: emptyState() });
	const credentials = { tenant, terminal, epoch: 1, key: host.key };
	const firmware = "closeout test";
	const sync = new Sync({
		core,
		outbox: outbox(journal),
		link: host,
		clock,
		entropy,
		digest,
		log: silentLog,
		credentials,
		firmware,
		onPullAck: () => undefined,
		onCommand,
		...changed,
	});
	const settle = () => {
		for (let round = 0; round < 100; round++) sync.step();
	};
	const sell = (count: number) => {
		for (let index = 0; index < count; index++) {
			core.record("reminder", { reminder: "shiftEnd", step: index, action: "shown" });
		}
	};
	return { host, clock, core, journal, sync, sell, settle };
}
