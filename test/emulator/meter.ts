import type { Engine, EngineMeters } from "./engine/terminal-engine.ts";

export type CommandKind = "start" | "step" | "query";

/** What commands of one kind have cost since the terminal was made. */
export interface KindMeter {
	readonly count: number;
	readonly computrons: number;
	readonly computronsMax: number;
}

const nothing: KindMeter = { count: 0, computrons: 0, computronsMax: 0 };

/** Sums up what an engine says about its commands. On Node there is nothing to sum up but their number. */
export class Meter {
	#last: EngineMeters | undefined;
	readonly #kinds = new Map<CommandKind, KindMeter>();

	add(kind: CommandKind, engine: Engine): void {
		this.#last = engine.meters();
		const computrons = this.#last?.computrons ?? 0;
		const before = this.#kinds.get(kind) ?? nothing;
		this.#kinds.set(kind, {
			count: before.count + 1,
			computrons: before.computrons + computrons,
			computronsMax: Math.max(before.computronsMax, computrons),
		});
	}

	report() {
		return {
			lastComputrons: this.#last?.computrons ?? null,
			heapSlots: this.#last?.heapSlots ?? null,
			reservedBytes: this.#last?.reservedBytes ?? null,
			start: this.#kinds.get("start") ?? nothing,
			step: this.#kinds.get("step") ?? nothing,
			query: this.#kinds.get("query") ?? nothing,
		};
	}
}
