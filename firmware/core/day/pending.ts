import { REVERSAL_ATTEMPTS_MAX } from "../../../protocol/limits.ts";
import type { AppMessage } from "../../../protocol/payment-app.ts";
import type { Core } from "../core.ts";
import type { AppPart, ToApp } from "../part.ts";
import type { OpenTransaction } from "../state/state.ts";
import { refuseUnless } from "./refusal.ts";
import { recordUnknown } from "./sales.ts";

/** When an open transaction is next asked after. In memory only: after a restart everything is asked at once. */
interface Plan {
	readonly sinceMs: number;
	nextMs: number;
	/** What was sent in this boot, so that each sending has its own number. */
	enquiries: number;
	reversals: number;
}

export interface PendingOptions {
	readonly core: Core;
	readonly toApp: ToApp;
}

/**
 * Sees every open transaction to its end: enquires in short steps while the cashier waits, in long ones
 * afterwards, and reverses when told to. Nothing is ever given up; what has no end stays a blocker.
 */
export class Pending implements AppPart {
	readonly #core: Core;
	readonly #toApp: ToApp;
	readonly #plans = new Map<number, Plan>();

	constructor({ core, toApp }: PendingOptions) {
		this.#core = core;
		this.#toApp = toApp;
	}

	step(): number {
		const nowMs = this.#core.stamp().monotonicMs;
		const { open } = this.#core.state;
		for (const transaction of this.#plans.keys()) {
			if (!open.some((other) => other.transaction === transaction)) this.#plans.delete(transaction);
		}
		let waitMs = Number.POSITIVE_INFINITY;
		for (const transaction of open) {
			const plan = this.#planOf(transaction, nowMs);
			if (plan.nextMs <= nowMs) this.#act(transaction, plan, nowMs);
			waitMs = Math.min(waitMs, plan.nextMs - nowMs);
		}
		return Math.max(0, waitMs);
	}

	/** Looks at answers to `reverse` only to choose the time of the next try; `Sales` keeps them. */
	onMessage(message: AppMessage): boolean {
		if (message.type !== "reversalResult" || message.body.result === "reversed") return false;
		const { transaction, result } = message.body;
		const open = this.#core.state.open.find((other) => other.transaction === transaction);
		const plan = this.#plans.get(transaction);
		if (open === undefined || plan === undefined || result === "sent") return false;
		const nowMs = this.#core.stamp().monotonicMs;
		const atOnce = result === "noAnswer" && open.reversalAttempts < REVERSAL_ATTEMPTS_MAX;
		plan.nextMs = atOnce ? nowMs : nowMs + this.#sweepMs;
		return false;
	}

	/** Asks the acquirer now. Throws `REFUSED` for a transaction that is not open. */
	enquire(transaction: number): void {
		const open = this.#core.state.open.find((other) => other.transaction === transaction);
		refuseUnless(open !== undefined, "transactionUnknown");
		this.#enquire(open, this.#planOf(open, this.#core.stamp().monotonicMs));
	}

	/**
	 * Takes back a transaction that has no known outcome, or one whose money came late; tries again one that is
	 * being taken back. Throws `REFUSED` for one that still runs or is not open.
	 */
	retryReversal(transaction: number): void {
		const open = this.#core.state.open.find((other) => other.transaction === transaction);
		refuseUnless(open !== undefined, "transactionUnknown");
		refuseUnless(open.phase !== "inFlight", "transactionRunning");
		refuseUnless(open.phase !== "unpaid", "nothingToReverse");
		refuseUnless(!this.#isBeingRefunded(open), "refundRunning");
		const nowMs = this.#core.stamp().monotonicMs;
		this.#reverse(open, this.#planOf(open, nowMs), nowMs, true);
	}

	get #sweepMs(): number {
		return this.#core.configuration.sweepSeconds * 1000;
	}

	#planOf(open: OpenTransaction, nowMs: number): Plan {
		const known = this.#plans.get(open.transaction);
		if (known !== undefined) return known;
		const { enquirySeconds } = this.#core.configuration;
		const delayMs = open.phase === "inFlight" ? enquirySeconds * 1000 : 0;
		const plan = { sinceMs: nowMs, nextMs: nowMs + delayMs, enquiries: 0, reversals: 0 };
		this.#plans.set(open.transaction, plan);
		return plan;
	}

	#act(open: OpenTransaction, plan: Plan, nowMs: number): void {
		if (this.#isBeingRefunded(open)) {
			plan.nextMs = nowMs + this.#sweepMs;
			return;
		}
		if ((open.phase === "late" && open.reversalAttempts === 0) || open.phase === "unpaid") {
			// Whether money that came late is given back, or money that did not come is written off, a person says.
			plan.nextMs = Number.POSITIVE_INFINITY;
			return;
		}
		if (open.phase === "reversing" || open.phase === "late") {
			this.#reverse(open, plan, nowMs, open.reversalAttempts < REVERSAL_ATTEMPTS_MAX);
			return;
		}
		const { enquirySeconds, cardWaitSeconds, qrWaitSeconds } = this.#core.configuration;
		const waitMs = (open.method === "qr" ? qrWaitSeconds : cardWaitSeconds) * 1000;
		const waited = nowMs - plan.sinceMs >= waitMs;
		if (waited && open.phase === "inFlight") recordUnknown(this.#core, open, "timeout");
		this.#enquire(open, plan);
		const stepMs = Math.min(enquirySeconds * 1000, plan.sinceMs + waitMs - nowMs);
		plan.nextMs = nowMs + (waited ? this.#sweepMs : stepMs);
	}

	/** Money is given back one way or the other, never both. */
	#isBeingRefunded({ phase, transaction }: OpenTransaction): boolean {
		const { open } = this.#core.state;
		return phase === "late" && open.some(({ original }) => original === transaction);
	}

	#enquire({ transaction, trace }: OpenTransaction, plan: Plan): void {
		plan.enquiries += 1;
		this.#toApp("enquire", { transaction, trace, attempt: plan.enquiries });
	}

	/** The first tries and those of a person are journalled before they are sent; the sweep repeats the last. */
	#reverse(open: OpenTransaction, plan: Plan, nowMs: number, journalled: boolean): void {
		const { transaction, trace, amountMinor, currency } = open;
		const { settleAnswerSeconds } = this.#core.configuration;
		const attempt = journalled
			? open.reversalAttempts + 1
			: Math.max(open.reversalAttempts, plan.reversals) + 1;
		if (journalled) this.#core.record("reversal", { transaction, attempt, result: "sent" });
		plan.reversals = attempt;
		plan.nextMs = nowMs + (journalled ? settleAnswerSeconds * 1000 : this.#sweepMs);
		this.#toApp("reverse", { transaction, trace, amountMinor, currency, attempt });
	}
}
