import Timer from "timer";

/** What a loop drives: `Terminal` of the core. */
export interface Stepped {
	/** Does what is due and returns the milliseconds until it has to be called again by itself. */
	step(): number;
}

export interface LoopOptions {
	/** Makes and starts what is driven; called again after a failure. */
	readonly start: () => Stepped;
	/** Tells of a failure that the core could not handle. */
	readonly onFailure: (error: unknown) => void;
}

/** The longest sleep: a clock that was set is noticed in this time. */
const SLEEP_MAX_MS = 60_000;
/** Pause before a new start after a failure, so that a terminal which fails at once can still be serviced. */
const RESTART_MS = 5_000;

/**
 * Calls the core when it wants to be called and when an adapter has something for it. Adapters only note what has
 * come and wake the loop; nothing of the core ever runs inside their callbacks.
 */
export class Loop {
	readonly #options: LoopOptions;
	#driven: Stepped | undefined;
	#timer: Timer | undefined;

	constructor(options: LoopOptions) {
		this.#options = options;
	}

	/** Runs the core as soon as the present callback has returned. */
	wake(): void {
		this.#sleep(0);
	}

	#sleep(waitMs: number): void {
		Timer.clear(this.#timer);
		this.#timer = Timer.set(() => this.#run(), waitMs);
	}

	#run(): void {
		this.#timer = undefined;
		try {
			this.#driven ??= this.#options.start();
			const waitMs = this.#driven.step();
			// An adapter may have woken the loop in the middle of the step; that call is not put off.
			if (this.#timer === undefined || waitMs <= 0) this.#sleep(bounded(waitMs));
		} catch (error) {
			this.#driven = undefined;
			this.#options.onFailure(error);
			this.#sleep(RESTART_MS);
		}
	}
}

function bounded(waitMs: number): number {
	return Math.ceil(Math.max(0, Math.min(waitMs, SLEEP_MAX_MS)));
}
