import { OPEN_TIPS_MAX } from "../../../protocol/limits.ts";
import type { AppBody, AppMessage } from "../../../protocol/payment-app.ts";
import type { Core } from "../core.ts";
import type { Actor, AppPart, FinishWay, ToApp } from "../part.ts";
import { withoutCardNumbers } from "./card-facts.ts";
import { entryOf, intentOf } from "./ledger.ts";
import { owe } from "./owed.ts";
import { refuseUnless } from "./refusal.ts";
import { mayAct } from "./right.ts";

export interface WaitingOptions {
	readonly core: Core;
	readonly toApp: ToApp;
}

/**
 * What waits for somebody after it was approved: an approval without the acquirer for its delivery, a sale for its
 * tip, a pre-authorisation for its end. It keeps what the payment application tells and carries out what a person
 * decides; nothing of it ends by itself.
 */
export class Waiting implements AppPart {
	readonly #core: Core;
	readonly #toApp: ToApp;

	constructor({ core, toApp }: WaitingOptions) {
		this.#core = core;
		this.#toApp = toApp;
	}

	step(): number {
		return Number.POSITIVE_INFINITY;
	}

	onMessage(message: AppMessage): boolean {
		if (message.type === "offlineApproved") this.#onOffline(message.body);
		else if (message.type === "tipOpen") this.#onTipOpen(message.body);
		else if (message.type === "tipNone") this.#onTipNone(message.body);
		else if (message.type === "holdExpiry") this.#onHoldExpiry(message.body);
		else return false;
		return true;
	}

	/** Asks the payment application to end a pre-authorisation. Throws `REFUSED` for one that holds nothing any more. */
	finishHold(transaction: number, way: FinishWay): void {
		const { state, configuration } = this.#core;
		const hold = state.holds.find((other) => other.transaction === transaction);
		refuseUnless(hold !== undefined, "holdUnknown");
		const isRunning = state.open.some(({ original }) => original === transaction);
		refuseUnless(!isRunning, "transactionRunning");
		const { amountMinor, trace } = hold;
		const { currency } = configuration;
		this.#toApp("finishHold", { transaction, trace, amountMinor, currency, way });
	}

	/** The operator says that no tip comes. Throws `REFUSED` for a sale that does not wait for one. */
	declareNoTip(transaction: number, by: Actor): void {
		const { tips, open } = this.#core.state;
		refuseUnless(tips.includes(transaction), "tipNotOpen");
		refuseUnless(!open.some(({ original }) => original === transaction), "transactionRunning");
		this.#core.record("tipNone", { transaction, by: by.name });
		this.#note(transaction, "tipOpen", false);
	}

	/**
	 * A person ends what no message will end: a pre-authorisation, or an approval whose money the acquirer refused.
	 * Throws `REFUSED` without the rights, without a reason, or where there is no such thing.
	 */
	giveUp(transaction: number, by: Actor, reason: string): void {
		const { holds, open } = this.#core.state;
		refuseUnless(mayAct(by.role, "manager"), "roleTooLow");
		refuseUnless(reason.trim() !== "", "reasonMissing");
		const isUnpaid = open.some(
			(other) => other.transaction === transaction && other.phase === "unpaid",
		);
		const isHeld = holds.some((other) => other.transaction === transaction);
		refuseUnless(isUnpaid || isHeld, "holdUnknown");
		refuseUnless(!open.some(({ original }) => original === transaction), "transactionRunning");
		this.#core.record("givenUp", { transaction, by: by.name, role: by.role, reason });
	}

	/** The slip is owed at once: the customer leaves with the goods. */
	#onOffline(body: AppBody<"offlineApproved">): void {
		const { transaction } = body;
		const { state, configuration } = this.#core;
		const open = state.open.find((other) => other.transaction === transaction);
		const isNew = open?.phase === "inFlight" || open?.phase === "unknown";
		if (isNew) {
			const by = intentOf(this.#core, transaction)?.operator ?? state.shift?.operator ?? "";
			const slips = configuration.slipPerSale
				? owe(this.#core, [{ document: "slip", subject: transaction }], by)
				: [];
			this.#core.recordGroup([["offlineApproval", withoutCardNumbers(body)], ...slips]);
		}
		this.#note(transaction, "offlineApproved", isNew || open?.phase === "offline");
	}

	#onTipOpen({ transaction }: AppBody<"tipOpen">): void {
		const isOpen = this.#core.state.tips.includes(transaction);
		const mayOpen = !isOpen && this.#mayGetTip(transaction);
		if (mayOpen) this.#core.record("tipOpen", { transaction });
		this.#note(transaction, "tipOpen", isOpen || mayOpen);
	}

	/** A sale of the open batch that runs or took money, and of which nobody has said yet whether a tip comes. */
	#mayGetTip(transaction: number): boolean {
		const { open, tips, batch } = this.#core.state;
		if (tips.length >= OPEN_TIPS_MAX) return false;
		const entry = entryOf(this.#core, transaction);
		if (entry === undefined || entry.intent.type !== "sale" || entry.tipTold) return false;
		if (open.some((other) => other.transaction === transaction)) return true;
		const took = entry.outcome === "approved" && !entry.reversed && !entry.voided;
		return took && entry.outcomeAt >= batch.first;
	}

	#onTipNone({ transaction }: AppBody<"tipNone">): void {
		if (this.#core.state.tips.includes(transaction))
			this.#core.record("tipNone", { transaction, by: null });
		this.#note(transaction, "tipNone", true);
	}

	#onHoldExpiry({ transaction, expiryS }: AppBody<"holdExpiry">): void {
		const hold = this.#core.state.holds.find((other) => other.transaction === transaction);
		if (hold !== undefined && hold.expiryS !== expiryS)
			this.#core.record("holdExpiry", { transaction, expiryS });
		this.#note(transaction, "holdExpiry", hold !== undefined);
	}

	#note(
		transaction: number,
		told: "offlineApproved" | "tipOpen" | "tipNone" | "holdExpiry",
		taken: boolean,
	): void {
		this.#toApp("noted", { transaction, told, taken });
	}
}
