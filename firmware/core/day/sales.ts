import { assert, CloseoutError } from "../../../protocol/error.ts";
import type { AppBody, AppMessage } from "../../../protocol/payment-app.ts";
import type { RecordBody } from "../../../protocol/record.ts";
import type { Core, Entry } from "../core.ts";
import type { Actor, AppPart, Notice, ToApp } from "../part.ts";
import type { OpenTransaction } from "../state/state.ts";
import { admit } from "./admission.ts";
import { withoutCardNumbers } from "./card-facts.ts";
import { DuplicateGuard } from "./duplicate.ts";
import { entryOf, intentOf } from "./ledger.ts";
import { resolveOriginal } from "./original.ts";
import type { JournalFigures } from "./outside.ts";
import { owe } from "./owed.ts";
import { Refusal, type RefusalKey, refusals, refuseUnless } from "./refusal.ts";

type Ended = Extract<Notice, { type: "transaction" }>["phase"];

export interface SalesOptions {
	readonly core: Core;
	readonly toApp: ToApp;
	readonly figures: () => JournalFigures;
}

/** How long an ended or refused transaction stays on the screen. */
const NOTICE_MS = 15_000;

/**
 * The part between the payment application's wish to charge and the durable outcome. It answers messages only;
 * enquiry and reversal are timed by `Pending`.
 */
export class Sales implements AppPart {
	readonly #core: Core;
	readonly #toApp: ToApp;
	readonly #figures: () => JournalFigures;
	readonly #duplicates: DuplicateGuard;
	#notice: { readonly notice: Notice; readonly untilMs: number } | null = null;

	constructor({ core, toApp, figures }: SalesOptions) {
		this.#core = core;
		this.#toApp = toApp;
		this.#figures = figures;
		this.#duplicates = new DuplicateGuard(core);
	}

	/** Nothing is known of a charge that ran when the power went: it is unknown until the acquirer is asked. */
	start(): void {
		for (const open of this.#core.state.open) {
			if (open.phase === "inFlight") recordUnknown(this.#core, open, "restart");
		}
	}

	/** A question that nobody answers ends without a charge. */
	step(): number {
		const { question, leftMs } = this.#duplicates;
		if (question === null || leftMs > 0) return leftMs;
		this.#core.record("duplicateAnswer", this.#duplicates.end(question, "none", ""));
		this.#refuse(question.asked.request, "duplicateUnanswered");
		return Number.POSITIVE_INFINITY;
	}

	onMessage(message: AppMessage): boolean {
		if (message.type === "intent") this.#onIntent(message.body);
		else if (message.type === "cardPresented") this.#duplicates.present(message.body);
		else if (message.type === "outcome") this.#onOutcome(message.body);
		else if (message.type === "reversalResult") this.#onReversalResult(message.body);
		else return false;
		return true;
	}

	notices(): readonly Notice[] {
		const shown = this.#core.state.open.filter(isShown);
		const open = shown.map(
			({ transaction, phase, amountMinor, currency }): Notice => ({
				type: "transaction",
				transaction,
				phase,
				amountMinor,
				currency,
			}),
		);
		const now = this.#core.stamp().monotonicMs;
		const recent = this.#notice !== null && now < this.#notice.untilMs ? [this.#notice.notice] : [];
		return [...this.#duplicates.notices(), ...open, ...recent];
	}

	#onIntent(asked: AppBody<"intent">): void {
		const { request } = asked;
		this.#orRefuse(request, () => {
			const question = this.#duplicates.question?.asked.request;
			if (question === request) return;
			const transaction = this.#repeated(asked);
			if (transaction !== undefined) return this.#toApp("proceed", { request, transaction });
			refuseUnless(question === undefined, "duplicateAsked");
			const intent = this.#admitted(asked);
			if (!this.#duplicates.ask(asked)) this.#begin(asked, intent);
		});
	}

	/**
	 * Charges a card a second time, or does not; the answer is journalled before anything follows from it. Throws
	 * `REFUSED` when nothing is asked; what stands against the charge by now is told to the application.
	 */
	answerDuplicate(charge: boolean, by: Actor): void {
		const { question } = this.#duplicates;
		refuseUnless(question !== null, "transactionUnknown");
		const { asked } = question;
		const answer = this.#duplicates.end(question, charge ? "charge" : "refuse", by.name);
		this.#core.record("duplicateAnswer", answer);
		if (charge) this.#orRefuse(asked.request, () => this.#begin(asked, this.#admitted(asked)));
		else this.#refuse(asked.request, "duplicateRefused");
	}

	#begin(asked: AppBody<"intent">, intent: RecordBody<"intent">): void {
		const transaction = this.#core.record("intent", intent);
		this.#duplicates.begun(transaction, asked);
		this.#toApp("proceed", { request: asked.request, transaction });
	}

	/** Runs what may be refused; the application and the screen are told the reason. */
	#orRefuse(request: number, run: () => void): void {
		try {
			run();
		} catch (error) {
			const key = error instanceof Refusal ? error.key : refusalOf(error);
			if (key === undefined) throw error;
			this.#refuse(request, key);
		}
	}

	#refuse(request: number, key: RefusalKey): void {
		this.#toApp("refuse", { request, code: key, reason: refusals[key] });
		this.#show({ type: "refused", code: key, reason: refusals[key] });
	}

	/**
	 * The transaction that this request has begun already. The request number and the facts of the charge tell a
	 * repeat; an application that counts from one again after a restart has other facts. A charge that has ended
	 * is refused, so that a late repeat never charges twice.
	 */
	#repeated(asked: AppBody<"intent">): number | undefined {
		const { open, lastIntent } = this.#core.state;
		const same = open.find(({ request }) => request === asked.request);
		if (same !== undefined) {
			const order = intentOf(this.#core, same.transaction)?.order ?? asked.order;
			if (!isSameCharge({ ...same, order }, asked)) throw new Refusal("requestTaken");
			if (same.phase !== "inFlight" && same.phase !== "unknown") throw new Refusal("requestEnded");
			return same.transaction;
		}
		if (lastIntent?.request !== asked.request) return undefined;
		const last = intentOf(this.#core, lastIntent.transaction);
		if (last !== undefined && isSameCharge(last, asked)) throw new Refusal("requestEnded");
		return undefined;
	}

	/** The intent to be journalled. Throws `REFUSED` with what stands against the charge. */
	#admitted(asked: AppBody<"intent">): RecordBody<"intent"> {
		admit(this.#core, asked);
		const { isFull, heldBy } = this.#figures();
		refuseUnless(!isFull, heldBy === "host" ? "journalFull" : "journalFullOfDay");
		const { type, method, amountMinor, currency, trace, order, operator, request } = asked;
		const original = resolveOriginal(this.#core, asked);
		return { type, method, amountMinor, currency, trace, original, order, operator, request };
	}

	#onOutcome(body: AppBody<"outcome">): void {
		const { transaction } = body;
		const open = this.#core.state.open.find((other) => other.transaction === transaction);
		const known =
			open === undefined || open.phase === "late"
				? this.#recordAfterEnd(body)
				: this.#recordOutcome(open, body);
		if (known) this.#toApp("recorded", { transaction });
	}

	#recordOutcome(open: OpenTransaction, body: AppBody<"outcome">): true {
		const source = body.source === "contradicting" ? "late" : body.source;
		const record = withoutCardNumbers<RecordBody<"outcome">>({ ...body, source });
		if (open.phase === "unpaid" && body.outcome !== "approved") return true;
		if (body.outcome === "unknown") {
			// An enquiry while the customer is still paying says nothing new.
			const asked = source === "enquiry" || source === "sweep";
			if (open.phase === "inFlight" && !asked) this.#core.record("outcome", record);
			return true;
		}
		if (body.outcome === "declined") {
			this.#core.record("outcome", record);
			// One that was approved off line is a task from now on, and is shown as that.
			if (open.phase !== "offline") this.#showEnd(open, "declined");
		} else if (open.phase === "reversing") {
			// The payment landed while it was being taken back: it enters no total until that is cleared up.
			this.#core.record("outcome", { ...record, source: "contradicting" });
		} else {
			const hasSlip = open.phase === "offline" || open.phase === "unpaid";
			const slips =
				this.#core.configuration.slipPerSale && !hasSlip
					? owe(
							this.#core,
							[{ document: "slip", subject: open.transaction }],
							this.#operatorOf(open),
						)
					: [];
			this.#core.recordGroup([...this.#takenLate(open), ["outcome", record], ...slips]);
			if (!hasSlip) this.#showEnd(open, "approved");
		}
		return true;
	}

	/**
	 * A refund that gives late money back says that it was taken: the charge gets the outcome that it had at the
	 * acquirer, so that debit and credit stand in the same totals on both sides.
	 */
	#takenLate({ type, original }: OpenTransaction): readonly Entry[] {
		const late = this.#core.state.open.find(
			({ phase, transaction }) => phase === "late" && transaction === original,
		);
		if (type !== "refund" || late === undefined) return [];
		let told: RecordBody<"outcome"> | undefined;
		this.#core.scan(
			late.transaction + 1,
			this.#core.state.sequence,
			(_sequence, { kind, body }) => {
				const isHis = kind === "outcome" && body.transaction === late.transaction;
				if (isHis && body.outcome === "approved") told = body;
				return true;
			},
		);
		return told === undefined ? [] : [["outcome", { ...told, source: "late" }]];
	}

	#operatorOf({ transaction }: OpenTransaction): string {
		return intentOf(this.#core, transaction)?.operator ?? this.#core.state.shift?.operator ?? "";
	}

	/**
	 * An outcome of a transaction that has ended. The same one again changes nothing. Another one is kept once, as
	 * evidence; when it says that money was taken of a transaction that had ended without, the transaction is open
	 * again and stands in the way of the close until its reversal is through. False when there never was one.
	 */
	#recordAfterEnd(body: AppBody<"outcome">): boolean {
		const core = this.#core;
		const { transaction, outcome } = body;
		const source = "contradicting" as const;
		const evidence = withoutCardNumbers({ ...body, source });
		const entry = entryOf(core, transaction);
		if (entry === undefined) {
			const destroyed =
				transaction > 0 &&
				transaction <= core.state.sequence &&
				core.recordAt(transaction) === undefined;
			if (!destroyed) return false;
			if (!hasEvidence(core, transaction, outcome)) core.record("outcome", evidence);
			return true;
		}
		const took = entry.outcome === "approved" && !entry.reversed;
		const same = outcome === entry.outcome && !(outcome === "approved" && entry.reversed);
		if (same || outcome === "unknown" || entry.contradicted.includes(outcome)) return true;
		const reopens = outcome === "approved" && !took;
		if (!reopens) {
			core.record("outcome", evidence);
			return true;
		}
		const group: Entry[] = [
			["outcome", evidence],
			["reopened", { ...entry.intent, transaction }],
		];
		core.recordGroup(group);
		return true;
	}

	/** The application's answer to `reverse`, or its word that it reversed by itself. */
	#onReversalResult(body: AppBody<"reversalResult">): void {
		const { transaction, result } = body;
		const open = this.#core.state.open.find((other) => other.transaction === transaction);
		if (open === undefined) {
			this.#recordReversalAfterEnd(body);
			return;
		}
		const attempt = Math.max(body.attempt, 1);
		if (result === "reversed") {
			this.#core.record("reversal", { transaction, attempt, result });
			this.#showEnd(open, "reversed");
		} else if (attempt <= open.reversalAttempts || isByApplication(open)) {
			// Answers to the sweep's tries add nothing to those that are journalled.
			this.#core.record("reversal", { transaction, attempt, result });
		}
	}

	/** A reversal of what was approved is kept as evidence: the totals stay and the settlement will not agree. */
	#recordReversalAfterEnd(body: AppBody<"reversalResult">): void {
		if (body.result !== "reversed") return;
		const entry = entryOf(this.#core, body.transaction);
		if (entry !== undefined && !entry.reversed) this.#core.record("reversal", body);
	}

	#showEnd({ transaction, amountMinor, currency }: OpenTransaction, phase: Ended): void {
		this.#show({ type: "transaction", transaction, phase, amountMinor, currency });
	}

	#show(notice: Notice): void {
		this.#notice = { notice, untilMs: this.#core.stamp().monotonicMs + NOTICE_MS };
	}
}

/** Journals that nobody knows how a transaction ended. */
export function recordUnknown(
	core: Core,
	{ transaction, method }: OpenTransaction,
	source: "timeout" | "restart",
): void {
	const group = method === "qr" ? "wallet" : method === "cash" ? "cash" : "domestic";
	const nothing = { reference: null, authorisation: null, response: null, lastFour: null };
	const body: RecordBody<"outcome"> = {
		transaction,
		outcome: "unknown",
		source,
		group,
		scheme: "",
		...nothing,
	};
	core.record("outcome", body);
	const open = core.state.open.find((other) => other.transaction === transaction);
	assert(open?.phase === "unknown", `transaction ${transaction} is unknown after ${source}`);
}

/** What was approved off line is on its way and no business of the cashier's; the resting screen counts it. */
function isShown(open: OpenTransaction): open is OpenTransaction & { phase: Ended } {
	return open.phase !== "offline";
}

type Charge = Pick<
	RecordBody<"intent">,
	"type" | "method" | "amountMinor" | "currency" | "trace" | "order"
>;

function isSameCharge(one: Charge, other: Charge): boolean {
	return (
		one.type === other.type &&
		one.method === other.method &&
		one.amountMinor === other.amountMinor &&
		one.currency === other.currency &&
		one.trace === other.trace &&
		one.order === other.order
	);
}

/** True when nothing was reversed yet, so that the application began it by its own rules. */
function isByApplication({ reversalAttempts }: OpenTransaction): boolean {
	return reversalAttempts === 0;
}

function hasEvidence(core: Core, transaction: number, outcome: string): boolean {
	let found = false;
	core.scan(transaction + 1, core.state.sequence, (_sequence, { kind, body }) => {
		if (kind === "outcome" && body.transaction === transaction) found ||= body.outcome === outcome;
		return !found;
	});
	return found;
}

function refusalOf(error: unknown): "journalFull" | undefined {
	return error instanceof CloseoutError && error.code === "MEDIA_FULL" ? "journalFull" : undefined;
}
