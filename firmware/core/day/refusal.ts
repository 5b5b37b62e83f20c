import { CloseoutError } from "../../../protocol/error.ts";

/**
 * Why something is not done now, with what to do next. The name goes to the payment application and is the key
 * of the translated text on the screen; the sentence is for logs and for applications without translations. A
 * sentence has at most 80 characters, the room of a `refuse` message.
 */
export const refusals = {
	notEnrolled: "This terminal is not enrolled; enrol it, then sell",
	safeMode: "The journal could not be opened; call a technician",
	shiftNotOpen: "No shift is open; open a shift, then sell",
	shiftOpen: "A shift is open already; close it first",
	dayNotOpen: "No day is open; open a shift first",
	tooManyOpen: "Too many transactions without an end; enquire or reverse them first",
	tooManyHolds: "Too many pre-authorisations hold money; complete or cancel some first",
	tipsOpen: "Sales wait for a tip; decide on each of them first",
	tipNotOpen: "This sale does not wait for a tip",
	tipFirst: "The sale has a tip; void the tip first",
	holdUnknown: "This pre-authorisation holds nothing any more",
	nothingToReverse: "The acquirer took no money for it; there is nothing to reverse",
	tooManyPrints: "Too many prints are owed; put paper in and print them first",
	amountZero: "The amount is zero; enter an amount",
	currency: "This terminal trades in another currency",
	reversalRunning: "A reversal is running; wait for its end",
	catchUpFirst: "An earlier day is not settled or printed; catch up first",
	cardNumber: "A text looks like a card number; send the last four digits only",
	journalFull: "The journal is full of records the host has not; connect the host",
	journalFullOfDay: "The journal is full of the open day; settle, print and close the day",
	requestTaken: "This request number belongs to another charge; use a new one",
	requestEnded: "This charge has ended already; use a new request number to charge again",
	duplicateAsked: "A second charge of a card is asked about; answer that first",
	duplicateRefused: "The operator did not want to charge this card a second time",
	duplicateUnanswered: "Nobody said whether to charge this card a second time",
	originalMissing: "Name the transaction that is meant",
	originalUnknown: "The original transaction is not in the journal; check its number",
	originalOpen: "The original has no known outcome yet; enquire it first",
	originalNotApproved: "The original took no money; there is nothing to give back",
	originalVoided: "The original is voided already",
	voidRunning: "A void of the original is still running; wait for its outcome",
	refundRunning: "A refund of it is still running; wait for its outcome",
	originalSettled: "The original is settled; refund it instead of voiding it",
	originalType: "This type of transaction cannot refer to that one",
	originalAmount: "The amount does not fit the original; check it",
	nothingToRefund: "The original is refunded in full already",
	transactionUnknown: "There is no open transaction with this number",
	transactionRunning: "The transaction is still running; wait for its outcome",
	blockerUnknown: "This blocker does not stand any more",
	overridesFull: "Too many overrides; close with exceptions instead",
	roleTooLow: "A person with more rights has to do this",
	reasonMissing: "Give a reason",
	reminderUnknown: "This reminder is not shown",
	snoozedOut: "This reminder cannot be put off again",
	supplementDate: "The day of the sale is in the future or too long ago; check it",
	supplementUnknown: "There is no such entry of the open day to withdraw",
	subjectUnknown: "There is nothing of that number to print",
	reprintUnknown: "No copy was asked for by this number",
	reprintAnswered: "That copy was allowed or refused already; ask for it again",
	reprintTooOld: "This is older than what may be printed again",
	printUnknown: "There is no such print waiting",
	printNotSent: "This print is still on its way; wait for the printer",
	copiesUsedUp: "No more copies of this can be counted",
	pinLocked: "Too many wrong PINs; wait and try again",
	pinShape: "A PIN has 4 to 12 digits",
	pinWrong: "The PIN is wrong",
} as const satisfies Readonly<Record<string, string>>;

export type RefusalKey = keyof typeof refusals;

/** A `REFUSED` error with the key of its reason. Nothing has changed when it is thrown. */
export class Refusal extends CloseoutError {
	readonly key: RefusalKey;
	constructor(key: RefusalKey) {
		super("REFUSED", refusals[key]);
		this.key = key;
	}
}

/** Throws the refusal when the condition does not hold. */
export function refuseUnless(condition: boolean, key: RefusalKey): asserts condition {
	if (!condition) throw new Refusal(key);
}
