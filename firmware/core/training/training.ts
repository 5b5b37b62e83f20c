import { Core } from "../core.ts";
import { Day } from "../day/day.ts";
import { findTrace } from "../day/ledger.ts";
import { refuseUnless } from "../day/refusal.ts";
import { Search } from "../day/search.ts";
import type { Actor, Part, TrainingDoor } from "../part.ts";
import type { PrintIdentity } from "../print/document.ts";
import { PrintQueue } from "../print/queue.ts";
import { emptyState } from "../state/state.ts";
import type { TerminalOptions } from "../terminal-options.ts";
import { Ui, type UiOptions } from "../ui/ui.ts";
import { byUrgency } from "../ui/urgency.ts";
import { markedDisplay, markedDocument } from "./marks.ts";
import { MemoryJournal } from "./memory-journal.ts";
import { PracticeApp } from "./practice-app.ts";

export interface TrainingOptions {
	readonly terminal: TerminalOptions;
	/** The real one, which learns that a training begins and ends, and nothing else. */
	readonly core: Core;
	readonly day: Pick<Day, "blockers" | "notices">;
	readonly identity: PrintIdentity;
	readonly ui: Pick<UiOptions, "standing" | "checkPin" | "service" | "copyCode">;
}

/**
 * Training: the same rules, screens and papers over a journal in memory and an application that charges nobody, with
 * a mark on all of them. It ends with the power at the latest; the real day goes on behind it.
 */
export class Training implements Part, TrainingDoor {
	readonly #options: TrainingOptions;
	#room: ReturnType<typeof openRoom> | undefined;

	constructor(options: TrainingOptions) {
		this.#options = options;
	}

	get isOn(): boolean {
		return this.#room !== undefined;
	}

	/** True while a piece of its paper is in the printer: nothing else may print into it. */
	get isPrinting(): boolean {
		return this.#room?.queue.isPrinting === true;
	}

	/** Throws `REFUSED` while a sale runs, a question waits or anything stands in the way of a close. */
	enter(by: Actor): void {
		const { core, day } = this.#options;
		const asks = day.notices().some(({ type }) => type === "duplicate");
		const isQuiet = core.state.open.length === 0 && day.blockers("day").length === 0;
		refuseUnless(isQuiet && !asks, "trainingNotNow");
		core.record("training", { action: "entered", by: by.name });
		this.#room = openRoom(this.#options, this);
	}

	leave(): void {
		const room = this.#room;
		if (room === undefined) return;
		const { core } = this.#options;
		core.record("training", { action: "left", by: core.state.shift?.operator ?? "" });
		room.queue.close();
		this.#room = undefined;
	}

	sell(amountMinor: number): void {
		const room = this.#room;
		if (room === undefined) return;
		const { state, configuration } = room.core;
		room.app.sell(amountMinor, configuration.currency, state.shift?.operator ?? "");
	}

	/** Keys come first, so that a training that is full can be left. */
	step(): number {
		const room = this.#room;
		if (room === undefined) return Number.POSITIVE_INFINITY;
		const { core, day, queue, search, ui, app } = room;
		let wait = ui.step();
		const before = core.state;
		for (let message = app.take(); message !== undefined; message = app.take()) {
			day.onMessage(message);
			wait = 0;
		}
		wait = Math.min(wait, day.step(), search.step());
		const isFree = this.#options.core.state.debts.every(({ state }) => state === "unknown");
		if (isFree || queue.isPrinting) wait = Math.min(wait, queue.step());
		return core.state === before ? wait : 0;
	}
}

function openRoom(
	{ terminal, core: real, identity, ui: outside }: TrainingOptions,
	door: TrainingDoor,
) {
	const { ports, gbTable, firmware } = terminal;
	const { clock, vault, digest, entropy, printer, keypad, display } = ports;
	const journal = new MemoryJournal();
	const core = new Core({ journal, clock, state: emptyState() });
	core.recordStart({ firmware, clean: true, profile: "training" });
	const settings = real.state.changedSettings;
	if (settings.length > 0) core.record("configuration", { version: 1, source: "system", settings });
	const app = new PracticeApp();
	const day = new Day({ core, toApp: app.toApp, vault, digest, entropy, clock });
	const queue = new PrintQueue({
		...{ core, printer, digest, table: gbTable },
		// The epoch is that of real records.
		identity: { ...identity, epoch: null },
		blockers: () => day.blockers("day"),
		marked: markedDocument,
	});
	const search = new Search({ core, first: () => 1 });
	const ui = new Ui({
		...outside,
		...{ core, commands: day, keypad, search, training: door },
		display: markedDisplay(display),
		notices: () => byUrgency([...day.notices(), ...queue.notices()]),
		findTrace: (trace) => findTrace(core, trace, 1),
	});
	return { core, day, queue, search, ui, app };
}
