import { daysBetween } from "../../protocol/time.ts";
import { addMinor, type MoneyRow } from "./row.ts";
import type { BankRules } from "./rules.ts";
import { isPayoutDate, type Settlement } from "./settlement.ts";

/** All batches of business dates that one bank line pays. */
interface PaidRun {
	readonly settlements: readonly Settlement[];
	readonly why: string;
}

/** The batches of one business date, summed. */
interface Day {
	readonly date: number;
	readonly settlements: readonly Settlement[];
	readonly netMinor: number;
	readonly grossMinor: number;
}

/**
 * Finds days, or a few days in a row, whose unpaid batches sum up to a bank line: first those of all terminals, then
 * of one, the oldest first and the shortest run first.
 */
export class PayoutRuns {
	readonly #unpaid: ReadonlySet<Settlement>;
	readonly #rules: BankRules;

	/** `unpaid` shrinks while its batches are paid. */
	constructor(unpaid: ReadonlySet<Settlement>, rules: BankRules) {
		this.#unpaid = unpaid;
		this.#rules = rules;
	}

	/** The run that the line pays by one of these sums; `terminalId` is set when it names one. */
	take(
		line: MoneyRow,
		sums: readonly number[],
		terminalId: string | undefined,
	): PaidRun | undefined {
		const open = [...this.#unpaid].filter(
			(one) => one.currency === line.currency && isPayoutDate(one, line, this.#rules.payoutDaysMax),
		);
		const terminals = new Set(open.map((one) => one.terminalId));
		const all = terminalId === undefined ? [open] : [];
		const single = (terminalId === undefined ? [...terminals] : [terminalId]).map((terminal) =>
			open.filter((one) => one.terminalId === terminal),
		);
		for (const settlements of [...all, ...single]) {
			const run = this.#find(daysOf(settlements), sums);
			if (run !== undefined) return run;
		}
		return undefined;
	}

	#find(days: readonly Day[], sums: readonly number[]): PaidRun | undefined {
		for (let length = 1; length <= this.#rules.payoutRunDays; length++) {
			for (let first = 0; first + length <= days.length; first++) {
				const run = days.slice(first, first + length);
				const net = run.reduce((sum, day) => addMinor(sum, day.netMinor), 0);
				const gross = run.reduce((sum, day) => addMinor(sum, day.grossMinor), 0);
				const inRow = daysBetween(run[0]?.date ?? 0, run.at(-1)?.date ?? 0) === length - 1;
				if (!inRow || !sums.some((sum) => sum === net || sum === gross)) continue;
				const settlements = run.flatMap((day) => day.settlements);
				const dates = run.map(({ date }) => date).join(", ");
				return {
					settlements,
					why: `the bank line equals the sum of all unpaid batches of ${dates}`,
				};
			}
		}
		return undefined;
	}
}

function daysOf(settlements: readonly Settlement[]): Day[] {
	const byDate = new Map<number, Settlement[]>();
	for (const settlement of settlements) {
		const day = byDate.get(settlement.businessDate);
		if (day === undefined) byDate.set(settlement.businessDate, [settlement]);
		else day.push(settlement);
	}
	return [...byDate]
		.map(([date, own]) => ({
			date,
			settlements: own,
			netMinor: own.reduce((sum, { netMinor }) => addMinor(sum, netMinor), 0),
			grossMinor: own.reduce((sum, { grossMinor }) => addMinor(sum, grossMinor), 0),
		}))
		.sort((a, b) => a.date - b.date);
}
