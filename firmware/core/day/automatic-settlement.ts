import type { Core } from "../core.ts";
import type { Part } from "../part.ts";
import { isHeldByTips } from "./blocker.ts";
import { isUnsettled, oldestUnsettledS } from "./catch-up.ts";
import { lastTimeAt, untilNextMinute } from "./ladder.ts";
import type { Reminder } from "./reminder.ts";
import type { Settlement } from "./settlement.ts";

const DAY_MINUTES = 1_440;

export interface AutomaticSettlementOptions {
	readonly core: Core;
	readonly settlement: Pick<Settlement, "settle">;
	readonly reminder: Pick<Reminder, "isSnoozed">;
}

interface Window {
	readonly startS: number;
	/** When this terminal's turn comes, and when the operator is asked before it. */
	readonly turnS: number;
	readonly askS: number;
	readonly endS: number;
}

/**
 * Settles by itself in a window of the day, once a window, never during a transaction and never while wall time
 * is not trusted. A window that passed while the terminal was off is made up for at the next start.
 */
export class AutomaticSettlement implements Part {
	readonly #core: Core;
	readonly #settlement: Pick<Settlement, "settle">;
	readonly #reminder: Pick<Reminder, "isSnoozed">;
	#startLooked = false;
	#nextTryMs = 0;

	constructor({ core, settlement, reminder }: AutomaticSettlementOptions) {
		this.#core = core;
		this.#settlement = settlement;
		this.#reminder = reminder;
	}

	step(): number {
		const { autoSettleStartMinute: start, autoSettleEndMinute: end } = this.#core.configuration;
		this.#noteObeyed();
		if (start < 0 || end < 0 || !this.#core.state.clockTrusted)
			return untilNextMinute(this.#core.stamp().wallS);
		this.#catchUp(end);
		const open = this.#window(start, end);
		const { wallS } = this.#core.stamp();
		if (wallS < open.askS || wallS >= open.endS) return untilNextMinute(this.#core.stamp().wallS);
		// A tip that is not decided is for a person; the reminders go on meanwhile.
		if (!isUnsettled(this.#core.state) || isHeldByTips(this.#core.state) || this.#isDone(open))
			return untilNextMinute(this.#core.stamp().wallS);
		this.#ask(open);
		if (wallS >= open.turnS && !this.#reminder.isSnoozed("automaticSettlement")) this.#try();
		return untilNextMinute(this.#core.stamp().wallS);
	}

	/** Once after each start, as soon as the clock can be believed. */
	#catchUp(end: number): void {
		if (this.#startLooked) return;
		this.#startLooked = true;
		const oldestS = oldestUnsettledS(this.#core.state);
		const { wallS, zoneMinutes } = this.#core.stamp();
		const isLate = oldestS !== null && oldestS < lastTimeAt(end, wallS, zoneMinutes);
		if (isLate && !isHeldByTips(this.#core.state)) {
			this.#settlement.settle("catchUp");
		}
	}

	#window(start: number, end: number): Window {
		const { autoSettleAskMinutes, autoSettleSlotSeconds } = this.#core.configuration;
		const { wallS, zoneMinutes } = this.#core.stamp();
		const askedS = autoSettleAskMinutes * 60;
		const startS = lastTimeAt(start, wallS + askedS, zoneMinutes);
		const lengthS = ((end - start + DAY_MINUTES) % DAY_MINUTES) * 60;
		const turnS = startS + Math.min(autoSettleSlotSeconds, lengthS);
		return { startS, turnS, askS: turnS - askedS, endS: startS + lengthS };
	}

	/** True when a settlement was begun since the operator was to be asked, by whomever. */
	#isDone({ askS }: Window): boolean {
		const last = this.#core.state.settlements.at(-1);
		const begun = last && this.#core.recordAt(last.settlement);
		return begun !== undefined && begun.stamp.wallS >= askS;
	}

	/** The step of this reminder names its window, so that each window asks once. */
	#ask({ startS }: Window): void {
		const step = Math.floor(startS / 60);
		const { reminders } = this.#core.state;
		const standing = reminders.find(({ reminder }) => reminder === "automaticSettlement");
		if (this.#core.configuration.autoSettleAskMinutes === 0 || standing?.step === step) return;
		this.#core.record("reminder", { reminder: "automaticSettlement", step, action: "shown" });
	}

	#try(): void {
		const nowMs = this.#core.stamp().monotonicMs;
		if (nowMs < this.#nextTryMs) return;
		if (this.#core.state.open.some(({ phase }) => phase === "inFlight")) return;
		this.#settlement.settle("automatic");
		this.#nextTryMs = nowMs + this.#core.configuration.autoSettleRetryMinutes * 60_000;
	}

	#noteObeyed(): void {
		const { reminders } = this.#core.state;
		const standing = reminders.find(({ reminder }) => reminder === "automaticSettlement");
		if (standing === undefined || isUnsettled(this.#core.state)) return;
		const { reminder, step } = standing;
		this.#core.record("reminder", { reminder, step, action: "obeyed" });
	}
}
