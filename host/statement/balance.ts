import { moneyText } from "../core/row.ts";
import type { Tally } from "./tally.ts";

interface Step {
	readonly beforeMinor: number;
	readonly balanceMinor: number;
	readonly line: number;
}

/**
 * Checks a column of running balances, one for each currency, whether the file is written oldest or newest first.
 * Holds one balance for each currency and direction.
 */
export class RunningBalance {
	readonly #tally: Tally;
	readonly #last = new Map<string, Step>();
	#steps = 0;
	#oldestFirst = 0;
	#newestFirst = 0;
	#oldestGap = 0;
	#newestGap = 0;
	#firstBreak: { line: number; oldest: string; newest: string } | undefined;

	constructor(tally: Tally) {
		this.#tally = tally;
	}

	/** A line that moved `movedMinor` and left `balanceMinor`. */
	step(currency: string, movedMinor: number, balanceMinor: number, line: number): void {
		const last = this.#last.get(currency);
		const beforeMinor = balanceMinor - movedMinor;
		this.#last.set(currency, { beforeMinor, balanceMinor, line });
		if (last === undefined) return;
		this.#steps += 1;
		const oldestFirst = last.balanceMinor === beforeMinor;
		const newestFirst = last.beforeMinor === balanceMinor;
		if (oldestFirst) this.#oldestFirst += 1;
		if (newestFirst) this.#newestFirst += 1;
		this.#oldestGap += Math.abs(beforeMinor - last.balanceMinor);
		this.#newestGap += Math.abs(last.beforeMinor - balanceMinor);
		if (oldestFirst || newestFirst) return;
		this.#firstBreak ??= {
			line,
			oldest: moneyText(beforeMinor - last.balanceMinor, currency),
			newest: moneyText(last.beforeMinor - balanceMinor, currency),
		};
	}

	/** A finding when neither direction holds for every line. */
	end(): void {
		const good = Math.max(this.#oldestFirst, this.#newestFirst);
		if (good === this.#steps) return;
		// Where no line fits at all, the direction with the smaller gaps is the likelier one.
		const isNewest =
			this.#newestFirst === this.#oldestFirst
				? this.#newestGap < this.#oldestGap
				: this.#newestFirst > this.#oldestFirst;
		const { line = 1, oldest = "", newest = "" } = this.#firstBreak ?? {};
		const gap = isNewest ? newest : oldest;
		this.#tally.find(
			"control-total",
			line,
			`the running balance does not follow from the amounts at ${this.#steps - good} of ${this.#steps} lines, here by ${gap}; lines may be missing`,
		);
	}
}
