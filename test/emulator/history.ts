/** The newest of many things, each with a number that is never given again; the oldest are forgotten. */
export class History<T> {
	readonly #max: number;
	#entries: { readonly number: number; readonly value: T }[] = [];
	#last = 0;

	constructor(max: number) {
		this.#max = max;
	}

	/** Number of the newest entry, 0 before the first. */
	get last(): number {
		return this.#last;
	}

	get newest(): T | undefined {
		return this.#entries.at(-1)?.value;
	}

	add(value: T): number {
		this.#last += 1;
		this.#entries.push({ number: this.#last, value });
		if (this.#entries.length > 2 * this.#max) this.#entries = this.#entries.slice(-this.#max);
		return this.#last;
	}

	/** What came after `number` and is still known, in order. */
	since(number: number): readonly { readonly number: number; readonly value: T }[] {
		return this.#entries.slice(-this.#max).filter((entry) => entry.number > number);
	}
}
