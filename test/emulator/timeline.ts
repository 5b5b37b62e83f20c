/**
 * Time of the emulated world. It moves only when told to, so a day is as fast as the machine and the same each
 * time; `npm start` moves it along with the real clock. Milliseconds throughout.
 */
export class Timeline {
	#nowMs = 0;
	#wallMs: number;
	#order = 0;
	#timers: { readonly atMs: number; readonly order: number; readonly run: () => void }[] = [];

	constructor(wallMs: number) {
		this.#wallMs = wallMs;
	}

	/** Milliseconds since this world began; never goes back. */
	get nowMs(): number {
		return this.#nowMs;
	}

	/** True wall time of the world; a terminal's own clock may differ. */
	get wallMs(): number {
		return this.#wallMs;
	}

	/** Runs something later. Timers of the same instant run in the order they were made. */
	after(delayMs: number, run: () => void): void {
		this.#order += 1;
		this.#timers.push({ atMs: this.#nowMs + delayMs, order: this.#order, run });
		this.#timers.sort((left, right) => left.atMs - right.atMs || left.order - right.order);
	}

	/** When the next timer is due, or undefined. */
	nextMs(): number | undefined {
		return this.#timers[0]?.atMs;
	}

	/** Moves to an instant and runs what is due by then, each timer at its own time. */
	moveTo(atMs: number): void {
		for (
			let timer = this.#timers[0];
			timer !== undefined && timer.atMs <= atMs;
			timer = this.#timers[0]
		) {
			this.#timers.shift();
			this.#set(timer.atMs);
			timer.run();
		}
		this.#set(atMs);
	}

	#set(atMs: number): void {
		this.#wallMs += Math.max(0, atMs - this.#nowMs);
		this.#nowMs = Math.max(atMs, this.#nowMs);
	}
}
