import type { Machine } from "./machine.ts";
import type { Timeline } from "./timeline.ts";

/** `quiet`: at every instant the network comes to rest before time goes on. `free`: it takes its own time. */
export type Pace = "quiet" | "free";

/**
 * Moves time and the terminals in it together: from one instant at which something is due to the next, and at
 * each of them every terminal, in the order of their ids, until none has anything to do.
 */
export class Clockwork {
	readonly #timeline: Timeline;
	readonly #machines: () => readonly Machine[];

	constructor(timeline: Timeline, machines: () => readonly Machine[]) {
		this.#timeline = timeline;
		this.#machines = machines;
	}

	/** The next instant at which anything is due. */
	nextMs(): number {
		const wakes = this.#machines().map(({ wakeAtMs }) => wakeAtMs);
		return Math.min(this.#timeline.nextMs() ?? Number.POSITIVE_INFINITY, ...wakes);
	}

	/** Brings all terminals to rest at the present instant. */
	async rest(pace: Pace): Promise<void> {
		for (const machine of this.#machines()) {
			if (pace === "quiet") await machine.quietLink();
			else {
				machine.deliver();
				await machine.settle();
			}
		}
	}

	/** Moves to an instant through everything that is due before it. */
	async moveTo(targetMs: number, pace: Pace): Promise<void> {
		await this.rest(pace);
		for (let next = this.nextMs(); next <= targetMs; next = this.nextMs()) {
			this.#timeline.moveTo(Math.max(next, this.#timeline.nowMs));
			await this.rest(pace);
		}
		this.#timeline.moveTo(targetMs);
	}

	/** Moves on until the condition holds; true when it did within the limit. */
	async until(
		condition: () => Promise<boolean>,
		limitMs: number,
		pace: Pace = "quiet",
	): Promise<boolean> {
		const endMs = this.#timeline.nowMs + limitMs;
		await this.rest(pace);
		while (!(await condition())) {
			const next = this.nextMs();
			if (next > endMs) {
				await this.moveTo(endMs, pace);
				return condition();
			}
			this.#timeline.moveTo(Math.max(next, this.#timeline.nowMs));
			await this.rest(pace);
		}
		return true;
	}
}
