import type { OutboxReader } from "../sync/outbox.ts";

/** Records looked at in one step. */
const RECORDS_PER_STEP = 32;

/** Counts the places of a journal where records are destroyed, a few records at a time. */
export class GapCount {
	readonly #outbox: OutboxReader;
	readonly #last: number;
	#next: number;
	#gaps = 0;

	constructor(outbox: OutboxReader) {
		this.#outbox = outbox;
		this.#next = outbox.first();
		this.#last = outbox.head().sequence;
	}

	/** Undefined until all records were looked at. */
	get gaps(): number | undefined {
		return this.#next > this.#last ? this.#gaps : undefined;
	}

	step(): void {
		let left = RECORDS_PER_STEP;
		if (this.#next > this.#last) return;
		this.#outbox.scanChained(this.#next, this.#last, ({ sequence }) => {
			if (sequence > this.#next) this.#gaps += 1;
			this.#next = sequence + 1;
			left -= 1;
			return left > 0;
		});
		if (left === 0 || this.#next > this.#last) return;
		this.#gaps += 1;
		this.#next = this.#last + 1;
	}
}
