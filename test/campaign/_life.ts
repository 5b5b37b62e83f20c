import type { NewRecord } from "../../firmware/core/journal/group.ts";
import { Journal } from "../../firmware/core/journal/journal.ts";
import type { StorageGeometry } from "../../firmware/core/port.ts";
import { Bench } from "../firmware/terminal/_bench.ts";
import { chainAfter, genesis, type KnownRecord } from "./_independent.ts";
import { Media, type Step } from "./_media.ts";
import { workDay } from "./_work-day.ts";

/** What had been promised to people and to the host when a step began. */
export interface Promised {
	/** Records up to here were confirmed. */
	readonly confirmed: number;
	/** Last record of the group that is being appended; `confirmed` when none is. */
	readonly inFlightTo: number;
	/** Records before this one may be gone: confirmed by the host and given free. */
	readonly mayFreeBelow: number;
	/** What the terminal was doing. */
	readonly doing: Doing;
}

export type Doing = "format" | "open" | "append" | "reclaim" | "close" | "scrub" | "other";

export interface LifeStep extends Step {
	readonly promised: Promised;
}

/** A terminal's life on its media: every change in order, and what was promised before each. */
export interface Life {
	readonly geometry: StorageGeometry;
	readonly segmentBytes: number;
	readonly steps: readonly LifeStep[];
	/** Every record ever confirmed or in flight; the first has sequence 1. */
	readonly records: readonly KnownRecord[];
	/** What stands on the media in the end, shut down in order. */
	readonly finalImage: Uint8Array;
	readonly finally: Promised;
	/** Segments that were begun, and that were given free. */
	readonly marks: Readonly<Record<Doing, number>>;
}

/** `day`: all of it. `short`: the same with a tenth of the sales, for the zoo and quick looks. */
export type LifeSize = "day" | "short";

const geometries: Readonly<Record<LifeSize, StorageGeometry & { readonly segmentBytes: number }>> =
	{
		day: {
			sizeBytes: 2 * 40 * 8_192,
			sectorBytes: 4_096,
			writeAlign: 4,
			eraseValue: 0xff,
			segmentBytes: 8_192,
		},
		short: {
			sizeBytes: 2 * 8 * 8_192,
			sectorBytes: 4_096,
			writeAlign: 4,
			eraseValue: 0xff,
			segmentBytes: 8_192,
		},
	};

const lives = new Map<LifeSize, Life>();

/** The life of this size; recorded once in a process and always the same. */
export function lifeOf(size: LifeSize): Life {
	const known = lives.get(size);
	if (known !== undefined) return known;
	const life = new Recorder(size).run();
	lives.set(size, life);
	return life;
}

class Recorder {
	readonly #size: LifeSize;
	readonly #steps: LifeStep[] = [];
	readonly #records: KnownRecord[] = [];
	readonly #marks: Record<Doing, number> = {
		format: 0,
		open: 0,
		append: 0,
		reclaim: 0,
		close: 0,
		scrub: 0,
		other: 0,
	};
	#chain: Uint8Array | undefined;
	#acknowledged = 0;
	#now: Promised = { confirmed: 0, inFlightTo: 0, mayFreeBelow: 1, doing: "other" };

	constructor(size: LifeSize) {
		this.#size = size;
	}

	run(): Life {
		const { segmentBytes, ...geometry } = geometries[this.#size];
		const media = new Media(geometry);
		media.onStep = (step) => this.#steps.push({ ...step, promised: this.#now });
		const restore = this.#listen();
		try {
			workDay(new Bench([], { storage: media, segmentBytes }), this.#size === "day" ? 300 : 30);
		} finally {
			restore();
		}
		return {
			geometry,
			segmentBytes,
			steps: this.#steps,
			records: this.#records,
			finalImage: media.bytes.slice(),
			finally: this.#now,
			marks: this.#marks,
		};
	}

	/** Listens to what is asked of the journal and what it promises, at its door and not within. */
	#listen(): () => void {
		const recorder = this;
		const { append, open, reclaim, close, acknowledge } = Journal.prototype;
		const { format } = Journal;
		Journal.format = (storage, options) => {
			recorder.#during("format", () => format(storage, options));
			recorder.#chain = genesis(options.terminalId, options.epoch);
		};
		Journal.prototype.open = function () {
			return recorder.#during("open", () => open.call(this));
		};
		Journal.prototype.append = function (records) {
			recorder.#begin(records);
			const first = recorder.#during("append", () => append.call(this, records));
			recorder.#now = { ...recorder.#now, confirmed: recorder.#now.inFlightTo };
			return first;
		};
		Journal.prototype.acknowledge = function (sequence, chain) {
			const isTaken = acknowledge.call(this, sequence, chain);
			if (isTaken) recorder.#acknowledged = Math.max(recorder.#acknowledged, sequence);
			return isTaken;
		};
		Journal.prototype.reclaim = function (keepFrom) {
			const bound = Math.min(keepFrom, recorder.#acknowledged + 1);
			const mayFreeBelow = Math.max(bound, recorder.#now.mayFreeBelow);
			recorder.#now = { ...recorder.#now, mayFreeBelow };
			const freed = recorder.#during("reclaim", () => reclaim.call(this, keepFrom));
			return freed;
		};
		Journal.prototype.close = function () {
			recorder.#during("close", () => close.call(this));
		};
		return () => {
			Journal.format = format;
			Object.assign(Journal.prototype, { append, open, reclaim, close, acknowledge });
		};
	}

	#during<T>(doing: Doing, run: () => T): T {
		this.#marks[doing] += 1;
		this.#now = { ...this.#now, doing };
		const result = run();
		this.#now = { ...this.#now, doing: "other" };
		return result;
	}

	#begin(records: readonly NewRecord[]): void {
		for (const [index, { kind, payload }] of records.entries()) {
			const sequence = this.#records.length + 1;
			const flags = index === records.length - 1 ? 1 : 0;
			const chain = chainAfter(this.#chain ?? new Uint8Array(32), {
				sequence,
				kind,
				flags,
				payload,
			});
			this.#chain = chain;
			this.#records.push({ sequence, kind, flags, payload: payload.slice(), chain });
		}
		this.#now = { ...this.#now, inFlightTo: this.#records.length };
	}
}
