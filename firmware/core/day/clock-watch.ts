import { CLOCK_DRIFT_SECONDS_MAX } from "../../../protocol/limits.ts";
import type { Core } from "../core.ts";
import type { Part } from "../part.ts";
import { untilNextMinute } from "./ladder.ts";

export interface ClockWatchOptions {
	readonly core: Core;
}

/**
 * Compares wall time with monotonic time and with the last record. A jump is journalled once with both times and
 * takes the trust away until somebody sets the clock; while it is gone nothing happens by wall time.
 */
export class ClockWatch implements Part {
	readonly #core: Core;
	/** Wall seconds at monotonic zero, as believed since the last time the clock was moved on purpose. */
	#zeroS: number | null = null;
	#lastClock = 0;

	constructor({ core }: ClockWatchOptions) {
		this.#core = core;
	}

	step(): number {
		const { wallS, monotonicMs } = this.#core.stamp();
		const zeroS = wallS - Math.floor(monotonicMs / 1000);
		const { lastClock, stoppedWallS } = this.#core.state;
		if (this.#zeroS === null) {
			// Time without power cannot be measured; only a clock that went back gives itself away.
			if (wallS < stoppedWallS - CLOCK_DRIFT_SECONDS_MAX) this.#jumped(stoppedWallS, wallS);
		} else if (lastClock === this.#lastClock) {
			const driftS = zeroS - this.#zeroS;
			if (Math.abs(driftS) > CLOCK_DRIFT_SECONDS_MAX) this.#jumped(wallS - driftS, wallS);
		}
		this.#zeroS = zeroS;
		this.#lastClock = this.#core.state.lastClock;
		return untilNextMinute(this.#core.stamp().wallS);
	}

	#jumped(oldWallS: number, newWallS: number): void {
		this.#core.record("clock", { oldWallS, newWallS, source: "jump" });
	}
}
