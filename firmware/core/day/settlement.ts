import { SETTLE_ENQUIRY_RECORDS_MAX } from "../../../protocol/limits.ts";
import type { AppMessage } from "../../../protocol/payment-app.ts";
import type { Core } from "../core.ts";
import type { AppPart, Notice, ToApp, Trigger, Verdict } from "../part.ts";
import type { Settlement as Standing } from "../state/state.ts";
import { isHeldByTips } from "./blocker.ts";
import { isUnsettled } from "./catch-up.ts";
import { nextApproved } from "./ledger.ts";
import { owe } from "./owed.ts";
import { refuseUnless } from "./refusal.ts";

type Verdicts = Standing["verdicts"];

export interface SettlementOptions {
	readonly core: Core;
	readonly toApp: ToApp;
	/** Asks the payment application to deliver what it approved off line. */
	readonly deliver: (transaction: number) => void;
}

/** Sendings and questions in answer time; afterwards the sweep's pace is enough. */
const QUICK_ATTEMPTS_MAX = 3;
const NOTICE_MS = 30_000;

/**
 * Brings one batch to its end. The id, the range and the totals are journalled before anything is sent, each
 * sending is journalled before it happens, and the verdict before anything follows from it. So after a power cut
 * the phase in the state says what to do next, and what was sent is asked for, never sent blindly again.
 */
export class Settlement implements AppPart {
	readonly #core: Core;
	readonly #toApp: ToApp;
	readonly #deliver: (transaction: number) => void;
	/** Until when a settlement waits for what was approved off line. */
	#deliverUntilMs = 0;
	#wanted: Trigger | null = null;
	#nextMs = 0;
	/** The last number sent; the state knows only those that were journalled. */
	#attempt = 0;
	/** True after a question: only then does "never seen" lead to another sending. */
	#asked = false;
	#ended: { readonly notice: Notice; readonly untilMs: number } | null = null;

	constructor({ core, toApp, deliver }: SettlementOptions) {
		this.#core = core;
		this.#deliver = deliver;
		this.#toApp = toApp;
	}

	/**
	 * Begins as soon as no transaction is in flight, or goes on at once with the settlement in progress. What was
	 * approved off line is delivered first; what the acquirer does not take in answer time goes with a later batch.
	 * False when there is nothing to settle. Throws `REFUSED` while sales wait for a tip and nobody lifted that.
	 */
	settle(trigger: Trigger): boolean {
		const { state } = this.#core;
		const offline = state.open.filter(({ phase }) => phase === "offline");
		if (!isUnsettled(state) && offline.length === 0) return false;
		if (state.settlement === null) {
			refuseUnless(!isHeldByTips(state), "tipsOpen");
			this.#wanted = trigger;
			const { settleAnswerSeconds } = this.#core.configuration;
			this.#deliverUntilMs = this.#core.stamp().monotonicMs + settleAnswerSeconds * 1000;
			for (const { transaction } of offline) this.#deliver(transaction);
		}
		this.#nextMs = 0;
		this.#begin();
		return true;
	}

	step(): number {
		this.#begin();
		const { settlement } = this.#core.state;
		const nowMs = this.#core.stamp().monotonicMs;
		if (settlement === null)
			return this.#wanted === null ? Number.POSITIVE_INFINITY : this.#deliveryWaitMs(nowMs);
		if (nowMs >= this.#nextMs) this.#act(settlement);
		return this.#core.state.settlement === null
			? Number.POSITIVE_INFINITY
			: Math.max(0, this.#nextMs - nowMs);
	}

	onMessage(message: AppMessage): boolean {
		const { settlement } = this.#core.state;
		switch (message.type) {
			case "settleResult":
			case "settlementState":
			case "uploadResult":
			case "uploadEndResult":
				if (settlement?.settlement === message.body.settlement) this.#answer(settlement, message);
				return true;
			default:
				return false;
		}
	}

	notices(): readonly Notice[] {
		const { settlement } = this.#core.state;
		if (settlement !== null) {
			const { phase, uploadedCount: done } = settlement;
			const total = settlement.groups.reduce(
				(sum, group) => sum + group.debitCount + group.creditCount + group.voidCount,
				0,
			);
			const uploading = phase === "upload";
			const shown = uploading ? "uploading" : this.#asked ? "asking" : "sending";
			return [{ type: "settlement", phase: shown, done: uploading ? done : 0, total }];
		}
		if (this.#wanted !== null) {
			const delivering =
				this.#deliveryWaitMs(this.#core.stamp().monotonicMs) < Number.POSITIVE_INFINITY;
			const phase = delivering ? "delivering" : "waiting";
			return [{ type: "settlement", phase, done: 0, total: 0 }];
		}
		const ended = this.#ended;
		return ended !== null && this.#core.stamp().monotonicMs < ended.untilMs ? [ended.notice] : [];
	}

	/** Cuts the batch: everything up to the last record belongs to it, everything later to the next one. */
	#begin(): void {
		const { batch, sequence, open, settlement } = this.#core.state;
		if (this.#wanted === null || settlement !== null) return;
		if (open.some(({ phase }) => phase === "inFlight")) return;
		if (this.#deliveryWaitMs(this.#core.stamp().monotonicMs) < Number.POSITIVE_INFINITY) return;
		const trigger = this.#wanted;
		this.#wanted = null;
		if (batch.groups.length === 0) return;
		this.#core.record("settleBegin", {
			batch: batch.number,
			first: batch.first,
			last: sequence,
			trigger,
			currency: this.#core.configuration.currency,
			groups: batch.groups,
		});
		this.#nextMs = 0;
		this.#attempt = 0;
		this.#asked = false;
	}

	/** How long it still waits for a delivery; infinite when there is none to wait for. */
	#deliveryWaitMs(nowMs: number): number {
		const isOwed = this.#core.state.open.some(({ phase }) => phase === "offline");
		return isOwed && nowMs < this.#deliverUntilMs
			? this.#deliverUntilMs - nowMs
			: Number.POSITIVE_INFINITY;
	}

	#act(settlement: Standing): void {
		if (settlement.phase === "begun") this.#send(settlement);
		else if (settlement.phase === "upload") this.#upload(settlement);
		else if (settlement.phase === "answered") this.#end(settlement, settlement.verdicts);
		else this.#ask(settlement);
	}

	#send({ settlement, batch, currency, groups, attempts }: Standing): void {
		const attempt = this.#nextAttempt(attempts);
		this.#core.record("settleSent", { settlement, attempt, enquiry: false });
		this.#asked = false;
		this.#toApp("settle", { settlement, batch, attempt, currency, groups });
	}

	#ask({ settlement, batch, attempts }: Standing): void {
		const attempt = this.#nextAttempt(attempts);
		if (attempt <= SETTLE_ENQUIRY_RECORDS_MAX) {
			this.#core.record("settleSent", { settlement, attempt, enquiry: true });
		}
		this.#asked = true;
		this.#toApp("enquireSettlement", { settlement, batch, attempt });
	}

	#nextAttempt(journalled: number): number {
		this.#attempt = Math.max(journalled, this.#attempt) + 1;
		this.#wait();
		return this.#attempt;
	}

	#wait(): void {
		const { settleAnswerSeconds, sweepSeconds } = this.#core.configuration;
		const quick = this.#attempt <= QUICK_ATTEMPTS_MAX;
		const seconds = quick ? settleAnswerSeconds : Math.max(sweepSeconds, settleAnswerSeconds);
		this.#nextMs = this.#core.stamp().monotonicMs + seconds * 1000;
	}

	#answer(settlement: Standing, message: AppMessage): void {
		const { phase } = settlement;
		const answerOwed = phase === "sent" || phase === "inDoubt";
		if (message.type === "settleResult" && answerOwed) {
			this.#judge(settlement, message.body.verdicts);
		} else if (message.type === "settlementState" && answerOwed) {
			if (message.body.known) this.#judge(settlement, message.body.verdicts);
			else if (this.#asked) this.#send(settlement);
		} else if (message.type === "uploadResult" && phase === "upload") {
			const { transaction, accepted } = message.body;
			this.#mark(settlement, transaction, accepted);
		} else if (message.type === "uploadEndResult" && phase === "upload") {
			if (this.#nextDetail(settlement) === undefined)
				this.#conclude(settlement, message.body.verdicts);
		}
	}

	/** The verdict on the totals. A group that the acquirer says nothing about is not confirmed. */
	#judge(settlement: Standing, told: Verdicts): void {
		const verdicts = complete(settlement, told);
		if (!isSame(verdicts, settlement.verdicts)) {
			this.#core.record("settleVerdict", { settlement: settlement.settlement, verdicts });
		}
		this.#goOn();
	}

	/** The verdict after the details have gone up: the end either way, unless nothing can be confirmed. */
	#conclude(settlement: Standing, told: Verdicts): void {
		const verdicts = complete(settlement, told);
		if (verdicts.some(({ verdict }) => verdict === "cannotConfirm")) this.#judge(settlement, told);
		else this.#end(settlement, verdicts);
	}

	#goOn(): void {
		const { settlement } = this.#core.state;
		if (settlement === null) return;
		this.#attempt = Math.max(this.#attempt, settlement.attempts);
		if (settlement.phase === "inDoubt") {
			this.#nextMs = this.#core.stamp().monotonicMs + this.#core.configuration.sweepSeconds * 1000;
		} else this.#act(settlement);
	}

	/** Sends the first detail without a mark, or the end of the upload. Either may be repeated: ids tell. */
	#upload(settlement: Standing): void {
		const { settlement: id, uploadedCount } = settlement;
		const detail = this.#nextDetail(settlement);
		this.#wait();
		if (detail === undefined) {
			this.#toApp("uploadEnd", { settlement: id, count: uploadedCount });
			return;
		}
		const { outcome, intent } = detail;
		const { transaction, group, scheme, reference, authorisation, response, lastFour } = outcome;
		if (intent === undefined) {
			// Its intent is destroyed, so amount and trace are not known: marked as not accepted, for the host's case.
			this.#mark(settlement, transaction, false);
			return;
		}
		const { type, amountMinor, currency, trace } = intent;
		const what = { settlement: id, transaction, type, amountMinor, currency, trace };
		const facts = { group, scheme, reference, authorisation, response, lastFour };
		this.#toApp("upload", { ...what, ...facts });
	}

	#nextDetail({ first, last, uploadedTo }: Standing) {
		return nextApproved(this.#core, Math.max(first, uploadedTo + 1), last);
	}

	#mark(settlement: Standing, transaction: number, accepted: boolean): void {
		const detail = this.#nextDetail(settlement);
		if (detail?.outcome.transaction !== transaction) return;
		const { settlement: id } = settlement;
		const outcome = detail.outcomeAt;
		this.#core.record("uploadSent", { settlement: id, transaction, accepted, outcome });
		this.#attempt = 0;
		// The next detail goes up in the next step, so that one step stays short however long the batch is.
		this.#nextMs = 0;
	}

	#end({ settlement, batch, uploadedCount }: Standing, verdicts: Verdicts): void {
		const by = this.#core.state.shift?.operator ?? "";
		const documents = [
			{ document: "settlementSlip", subject: settlement } as const,
			{ document: "dailyList", subject: settlement } as const,
		];
		this.#core.recordGroup([
			["settleEnd", { settlement, batch, uploadedCount, verdicts }],
			...owe(this.#core, documents, by),
		]);
		const notice: Notice = { type: "settled", verdict: worst(verdicts), settlement };
		this.#ended = { notice, untilMs: this.#core.stamp().monotonicMs + NOTICE_MS };
	}
}

/** One verdict for each group that was sent, in that order. */
function complete({ groups }: Standing, told: Verdicts): Verdicts {
	return groups.map(({ group }) => {
		const verdict = told.find((other) => other.group === group)?.verdict ?? "cannotConfirm";
		return { group, verdict };
	});
}

function isSame(some: Verdicts, others: Verdicts): boolean {
	return (
		some.length === others.length &&
		some.every(
			({ group, verdict }, index) =>
				others[index]?.group === group && others[index].verdict === verdict,
		)
	);
}

/** The verdict of a settlement is that of its worst group. */
export function worst(verdicts: Verdicts): Verdict {
	if (verdicts.some(({ verdict }) => verdict === "cannotConfirm")) return "cannotConfirm";
	return verdicts.every(({ verdict }) => verdict === "agreed") ? "agreed" : "notAgreed";
}
