import type { AddOn } from "../addon/add-on.ts";
import type { Summary } from "../core/summary.ts";
import type { ToyAcquirer } from "./toy-acquirer.ts";

/** The part of the add-on that this application calls. */
export type CafeAddOn = Pick<
	AddOn,
	"intend" | "conclude" | "openShift" | "settle" | "close" | "subscribe"
>;

export interface CafeOptions {
	readonly addOn: CafeAddOn;
	readonly acquirer: ToyAcquirer;
	readonly operator: string;
	/** Shows one line in the application's own part of the screen. */
	readonly show: (line: string) => void;
}

/** An application that takes payments: all that it does for closing its day is to call the add-on. */
export class Cafe {
	readonly #options: CafeOptions;
	#trace = 0;
	#summary: Summary = { phase: "off" };

	constructor(options: CafeOptions) {
		this.#options = options;
		options.addOn.subscribe((summary) => {
			this.#summary = summary;
			options.show(lineOf(summary));
		});
	}

	/** A customer pays by card. True when the money is taken and recorded. */
	async sell(amountMinor: number): Promise<boolean> {
		const { addOn, acquirer, operator, show } = this.#options;
		if (this.#summary.phase === "running" && this.#summary.shift === null)
			await addOn.openShift(operator);
		this.#trace += 1;
		const money = { amountMinor, currency: "CNY", trace: this.#trace, operator };
		const charge = { type: "sale", method: "card", ...money } as const;
		const permission = await addOn.intend(charge);
		if (!permission.granted) {
			show(`! ${permission.reason}`);
			return false;
		}
		const result = acquirer.authorise(permission.transaction, charge);
		await addOn.conclude(permission.transaction, result);
		return result.outcome === "approved";
	}

	async settle(): Promise<boolean> {
		const { addOn, operator } = this.#options;
		return (await addOn.settle(operator)).done;
	}

	/** True when the shift is closed; else what stands in the way is shown. */
	async closeShift(): Promise<boolean> {
		const { addOn, operator, show } = this.#options;
		const closed = await addOn.close("shift", operator);
		if (closed.done) return true;
		if ("reason" in closed) show(`! ${closed.reason}`);
		else show(`! ${closed.blockers.map(({ blocker, count }) => `${blocker} ${count}`).join(", ")}`);
		return false;
	}
}

function lineOf(summary: Summary): string {
	if (summary.phase !== "running") return summary.phase;
	const { count, amountMinor } = summary.unsettled;
	const shift = summary.shift === null ? "-" : summary.shift.operator;
	return `${shift} | ${count} x ${(amountMinor / 100).toFixed(2)} | print ${summary.prints}`;
}
