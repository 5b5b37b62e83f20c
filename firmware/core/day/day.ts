import type { AppMessage } from "../../../protocol/payment-app.ts";
import type { Core } from "../core.ts";
import type {
	Actor,
	AppPart,
	Blocker,
	CloseResult,
	CloseScope,
	Commands,
	DocumentType,
	FinishWay,
	NextCopy,
	Notice,
	ReleaseAnswer,
	ReleasePurpose,
	ReleaseReason,
	ReminderType,
	ReprintAnswer,
	ReprintRequest,
	SupplementEntry,
	ToApp,
	Trigger,
} from "../part.ts";
import type { Clock, Digest, Entropy, Vault } from "../port.ts";
import { AutomaticSettlement } from "./automatic-settlement.ts";
import { ClockWatch } from "./clock-watch.ts";
import { Closing } from "./closing.ts";
import { ListTime } from "./list-time.ts";
import { type JournalFigures, outsideBlockers } from "./outside.ts";
import { Pending } from "./pending.ts";
import { Release } from "./release.ts";
import { Reminder } from "./reminder.ts";
import { Reprint } from "./reprint.ts";
import { Right } from "./right.ts";
import { Sales } from "./sales.ts";
import { Settlement } from "./settlement.ts";
import { Supplements } from "./supplement.ts";
import { Waiting } from "./waiting.ts";

export interface DayOptions {
	readonly core: Core;
	readonly toApp: ToApp;
	readonly vault: Vault;
	readonly digest: Digest;
	readonly entropy: Entropy;
	readonly clock: Pick<Clock, "monotonicMs">;
	/** Left out where the journal is a list without bounds. */
	readonly journal?: () => JournalFigures;
}

/** The trade rules as one part: what the screens command, what the payment application says, what time brings. */
export class Day implements AppPart, Commands {
	/** PINs of managers and technicians, for the screens that ask for them. */
	readonly right: Right;
	readonly #sales: Sales;
	readonly #pending: Pending;
	readonly #waiting: Waiting;
	readonly #settlement: Settlement;
	readonly #closing: Closing;
	readonly #reminder: Reminder;
	readonly #release: Release;
	readonly #reprint: Reprint;
	readonly #supplements: Supplements;
	readonly #clockWatch: ClockWatch;
	readonly #automaticSettlement: AutomaticSettlement;
	readonly #listTime: ListTime;

	constructor({ core, toApp, vault, digest, entropy, clock, journal }: DayOptions) {
		this.right = new Right({ vault, digest, entropy, clock });
		const figures = journal ?? unbounded(core);
		this.#sales = new Sales({ core, toApp, figures });
		this.#pending = new Pending({ core, toApp });
		this.#waiting = new Waiting({ core, toApp });
		const deliver = (transaction: number) => this.#pending.enquire(transaction);
		this.#settlement = new Settlement({ core, toApp, deliver });
		this.#closing = new Closing({ core, others: () => outsideBlockers(core, figures()) });
		this.#reminder = new Reminder({ core, figures });
		this.#release = new Release({ core, figures });
		this.#reprint = new Reprint({ core });
		this.#supplements = new Supplements({ core });
		this.#clockWatch = new ClockWatch({ core });
		const settlement = this.#settlement;
		const reminder = this.#reminder;
		this.#automaticSettlement = new AutomaticSettlement({ core, settlement, reminder });
		this.#listTime = new ListTime({ core });
	}

	/** After the start record of each boot and before the first step. */
	start(): void {
		this.#sales.start();
	}

	step(): number {
		// The clock is looked at first, so that nothing acts on a jump before it is known as one.
		const parts = [
			this.#clockWatch,
			this.#sales,
			this.#pending,
			this.#automaticSettlement,
			this.#settlement,
			this.#reminder,
			this.#listTime,
		];
		return Math.min(...parts.map((part) => part.step()));
	}

	onMessage(message: AppMessage): boolean {
		const ofPending = this.#pending.onMessage(message);
		const ofSales = this.#sales.onMessage(message);
		if (ofPending || ofSales) return true;
		return this.#waiting.onMessage(message) || this.#settlement.onMessage(message);
	}

	notices(): readonly Notice[] {
		return [...this.#sales.notices(), ...this.#settlement.notices(), ...this.#reminder.notices()];
	}

	openShift(operator: string): void {
		this.#closing.openShift(operator);
	}

	settle(trigger: Trigger): boolean {
		return this.#settlement.settle(trigger);
	}

	blockers(scope: CloseScope): readonly Blocker[] {
		return this.#closing.blockers(scope);
	}

	close(scope: CloseScope, by: Actor): CloseResult {
		return this.#closing.close(scope, by);
	}

	closeWithExceptions(scope: CloseScope, by: Actor, reason: string): CloseResult {
		return this.#closing.closeWithExceptions(scope, by, reason);
	}

	override(blocker: Blocker, by: Actor, reason: string): void {
		this.#closing.override(blocker, by, reason);
	}

	enquire(transaction: number): void {
		this.#pending.enquire(transaction);
	}

	retryReversal(transaction: number): void {
		this.#pending.retryReversal(transaction);
	}

	finishHold(transaction: number, way: FinishWay): void {
		this.#waiting.finishHold(transaction, way);
	}

	declareNoTip(transaction: number, by: Actor): void {
		this.#waiting.declareNoTip(transaction, by);
	}

	giveUp(transaction: number, by: Actor, reason: string): void {
		this.#waiting.giveUp(transaction, by, reason);
	}

	releaseReasons(): readonly ReleaseReason[] {
		return this.#release.reasons();
	}

	askRelease(purpose: ReleasePurpose, by: Actor): ReleaseAnswer {
		return this.#release.ask(purpose, by);
	}

	snooze(reminder: ReminderType): void {
		this.#reminder.snooze(reminder);
	}

	reprint(document: DocumentType, subject: number, by: Actor, reason: string): number {
		return this.#reprint.reprint(document, subject, by, reason);
	}

	nextCopy(document: DocumentType, subject: number): NextCopy {
		return this.#reprint.nextCopy(document, subject);
	}

	askReprint(document: DocumentType, subject: number, by: Actor, how: ReprintRequest): number {
		return this.#reprint.ask(document, subject, by, how);
	}

	answerReprint(asked: number, answer: ReprintAnswer): number | null {
		return this.#reprint.answer(asked, answer);
	}

	confirmPrint(debt: number, by: Actor, onPaper: boolean): void {
		this.#reprint.confirmPrint(debt, by, onPaper);
	}

	waivePrint(debt: number, by: Actor, reason: string): void {
		this.#reprint.waivePrint(debt, by, reason);
	}

	answerDuplicate(charge: boolean, by: Actor): void {
		this.#sales.answerDuplicate(charge, by);
	}

	supplement(entry: SupplementEntry, by: Actor, reason: string): number {
		return this.#supplements.enter(entry, by, reason);
	}

	withdrawSupplement(by: Actor, reason: string): number {
		return this.#supplements.withdraw(by, reason);
	}
}

function unbounded(core: Core): () => JournalFigures {
	const room = { usedPercent: 0, heldPercent: 0, isFull: false, heldBy: "day" } as const;
	return () => ({ ...room, watermark: core.state.sequence });
}
