import type {
	AppMessage,
	CoreBody,
	CoreMessageType,
	finishWay,
} from "../../protocol/payment-app.ts";
import type {
	approvalWay,
	blockerType,
	documentType,
	outcome,
	paymentMethod,
	releasePurpose,
	releaseReason,
	reminderType,
	role,
	supplementOrigin,
	trigger,
	verdict,
} from "../../protocol/record.ts";
import type { Infer } from "../../protocol/schema.ts";

/**
 * How the parts of the terminal meet. Each part owns one concern, acts only inside `step`, and says when it
 * wants to be stepped again; what it owes it reads from the state, so a restart continues by itself.
 */
export interface Part {
	/** Does what is due now. Returns milliseconds until it has to act again by itself; `Infinity` for never. */
	step(): number;
}

/** Sends to the payment application. */
export type ToApp = <K extends CoreMessageType>(type: K, body: CoreBody<K>) => void;

/** A part that takes messages of the payment application. Returns true when the message was its own. */
export interface AppPart extends Part {
	onMessage(message: AppMessage): boolean;
}

export type ApprovalWay = Infer<typeof approvalWay>;
export type BlockerType = Infer<typeof blockerType>;
export type ReleasePurpose = Infer<typeof releasePurpose>;
export type ReleaseReason = Infer<typeof releaseReason>;
export type FinishWay = Infer<typeof finishWay>;
export type Role = Infer<typeof role>;
export type Outcome = Infer<typeof outcome>;
export type Verdict = Infer<typeof verdict>;
export type Trigger = Infer<typeof trigger>;
export type DocumentType = Infer<typeof documentType>;
export type ReminderType = Infer<typeof reminderType>;

/** What a person can do about a blocker, in the order they should try. */
export type Remedy =
	| "settle"
	| "enquireSettlement"
	| "continueUpload"
	| "retryReversal"
	| "refund"
	| "finishHold"
	| "decideTip"
	| "deliver"
	| "giveUp"
	| "enquireOutcome"
	| "print"
	| "confirmPrint"
	| "setClock"
	| "connect";

/** Something that stands between the shop and its close. */
export interface Blocker {
	readonly type: BlockerType;
	/** The transaction, settlement or print debt meant; null when it is about the batch or the terminal. */
	readonly subject: number | null;
	readonly count: number;
	readonly amountMinor: number;
	readonly remedies: readonly Remedy[];
	/** The least role that may lift it with a reason. */
	readonly overrideBy: Role;
}

/** A person who acts, as far as the terminal knows. */
export interface Actor {
	readonly name: string;
	readonly role: Role;
}

export type CloseScope = "shift" | "day";

export type CloseResult =
	| { readonly closed: true; readonly exceptions: number }
	| { readonly closed: false; readonly blockers: readonly Blocker[] };

/** What the screens may ask for. Every refusal throws `REFUSED` with a reason for the cashier. */
export interface Commands {
	openShift(operator: string): void;
	/** Begins a settlement of the batch, or goes on with the one in progress. False when there is nothing to settle. */
	settle(trigger: Trigger): boolean;
	blockers(scope: CloseScope): readonly Blocker[];
	close(scope: CloseScope, by: Actor): CloseResult;
	/** Closes in spite of blockers; each becomes an exception, named on paper and in the journal. */
	closeWithExceptions(scope: CloseScope, by: Actor, reason: string): CloseResult;
	override(blocker: Blocker, by: Actor, reason: string): void;
	enquire(transaction: number): void;
	retryReversal(transaction: number): void;
	/** Asks the payment application to complete or cancel a pre-authorisation. */
	finishHold(transaction: number, way: FinishWay): void;
	/** No tip comes to this sale. */
	declareNoTip(transaction: number, by: Actor): void;
	/** Ends, with a manager's reason, what no message will end. */
	giveUp(transaction: number, by: Actor, reason: string): void;
	/** What stands against an update, a wipe or a sign-out now. */
	releaseReasons(): readonly ReleaseReason[];
	/** Asks for one of them; request and answer are journalled. */
	askRelease(purpose: ReleasePurpose, by: Actor): ReleaseAnswer;
	snooze(reminder: ReminderType): void;
	/** Owes a marked copy to paper. `copy` counts from 1. Returns the print debt. */
	reprint(document: DocumentType, subject: number, by: Actor, reason: string): number;
	/** Which copy the next one is, and whether somebody has to allow it. Throws what stands against any copy. */
	nextCopy(document: DocumentType, subject: number): NextCopy;
	/** Journals that a copy is wanted which needs an approval. Returns the number of the request. */
	askReprint(document: DocumentType, subject: number, by: Actor, how: ReprintRequest): number;
	/** Owes the copy that was asked for, or does not. Returns the print debt; null for a copy that is refused. */
	answerReprint(asked: number, answer: ReprintAnswer): number | null;
	/** The operator has looked at the paper of a print whose printer cannot say. */
	confirmPrint(debt: number, by: Actor, onPaper: boolean): void;
	waivePrint(debt: number, by: Actor, reason: string): void;
	/** Answers whether a card is charged the same amount a second time. */
	answerDuplicate(charge: boolean, by: Actor): void;
	/** Enters a sale that was made without this terminal (补录). Returns its record. */
	supplement(entry: SupplementEntry, by: Actor, reason: string): number;
	/** Takes the newest entry of the open day back. Returns its record. */
	withdrawSupplement(by: Actor, reason: string): number;
}

/** Whether the terminal may be updated, wiped or signed out, and what stands against it. */
export interface ReleaseAnswer {
	readonly accepted: boolean;
	readonly reasons: readonly ReleaseReason[];
}

export interface NextCopy {
	/** Counts from 1. */
	readonly copy: number;
	readonly needsApproval: boolean;
}

export interface ReprintRequest {
	readonly reason: string;
	readonly way: ApprovalWay;
}

export interface ReprintAnswer {
	readonly accepted: boolean;
	readonly by: string;
	readonly way: ApprovalWay;
}

/** A sale that a person enters afterwards, as its paper says. */
export interface SupplementEntry {
	readonly origin: Infer<typeof supplementOrigin>;
	readonly method: Infer<typeof paymentMethod>;
	readonly amountMinor: number;
	/** `yyyymmdd`, in the terminal's calendar. */
	readonly soldDate: number;
	readonly trace: number | null;
	readonly lastFour: string | null;
	/** Who enters it; `by` of the command is who approves. */
	readonly operator: string;
}

/** What the screen should show besides the standing figures, most urgent first. */
export type Notice =
	| {
			readonly type: "transaction";
			readonly transaction: number;
			readonly phase:
				| "inFlight"
				| "approved"
				| "declined"
				| "unknown"
				| "reversing"
				| "reversed"
				/** Money was taken after the transaction had ended without. */
				| "late"
				/** Approved without the acquirer, and refused by it afterwards. */
				| "unpaid";
			readonly amountMinor: number;
			readonly currency: string;
	  }
	| {
			/** The same card and amount a short time after the sale at `wallS`: to be answered before it is charged. */
			readonly type: "duplicate";
			readonly amountMinor: number;
			readonly currency: string;
			readonly lastFour: string;
			readonly wallS: number;
	  }
	| { readonly type: "refused"; readonly code: string; readonly reason: string }
	| {
			readonly type: "reminder";
			readonly reminder: ReminderType;
			readonly step: number;
			readonly snoozesLeft: number;
	  }
	| {
			readonly type: "settlement";
			readonly phase: "waiting" | "delivering" | "sending" | "asking" | "uploading";
			readonly done: number;
			readonly total: number;
	  }
	| { readonly type: "settled"; readonly verdict: Verdict; readonly settlement: number }
	| {
			readonly type: "printer";
			readonly problem: "paperOut" | "offline" | "unconfirmed";
			readonly debt: number;
	  }
	| {
			/** What a start after a power cut has found; stays until a person has read it. */
			readonly type: "recovered";
			readonly tornBytes: number;
			readonly kept: number;
	  }
	| {
			/** The journal is an older or another one than the host has cosigned up to `cosigned`. */
			readonly type: "otherImage";
			readonly last: number;
			readonly cosigned: number;
	  }
	| {
			/** The storage failed in a write; the journal was opened again, and what did not stand there is not recorded. */
			readonly type: "storageFault";
			readonly kept: number;
	  }
	| {
			/** The last look at the media found damage, or records are destroyed. */
			readonly type: "check";
			readonly findings: number;
			readonly repaired: number;
			readonly lost: readonly { readonly from: number; readonly to: number }[];
	  };
