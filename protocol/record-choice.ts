import { choice } from "./schema.ts";

/** The closed sets of names that records and messages use, with the only numbers they may have. */

export const transactionType = choice({
	sale: 1,
	refund: 2,
	void: 3,
	preAuthorisation: 4,
	completion: 5,
	/** 小费: added to a sale that was told as open for one. */
	tip: 6,
	/** 预授权撤销: gives a pre-authorisation back; moves no money. */
	cancellation: 7,
});
export const paymentMethod = choice({ card: 1, qr: 2, cash: 3 });
export const outcome = choice({ approved: 1, declined: 2, unknown: 3 });
/** Settled apart from each other; domestic and foreign cards as ISO 8583 field 48 totals of UnionPay acquirers. */
export const schemeGroup = choice({ domestic: 1, foreign: 2, wallet: 3, cash: 4 });
/** 对账平, 对账不平, 无法确认. */
export const verdict = choice({ agreed: 1, notAgreed: 2, cannotConfirm: 3 });
export const blockerType = choice({
	unsettledBatch: 1,
	settlementInDoubt: 2,
	uploadIncomplete: 3,
	pendingReversal: 4,
	unknownOutcome: 5,
	printDebt: 6,
	offlineTransaction: 7,
	openPreAuthorisation: 8,
	clockNotTrusted: 9,
	journalNearlyFull: 10,
	hostNotReached: 11,
	/** Money was taken after the transaction had ended without, or while it was being taken back. */
	refundOwed: 12,
	openTip: 13,
});
export const role = choice({ operator: 1, manager: 2, technician: 3, host: 4, system: 5 });
export const documentType = choice({
	slip: 1,
	settlementSlip: 2,
	dailyList: 3,
	statusSlip: 4,
	exceptionList: 5,
});
export const printState = choice({ due: 1, sent: 2, confirmed: 3, unknown: 4, waived: 5 });
export const reminderType = choice({
	shiftEnd: 1,
	unsettled: 2,
	yesterday: 3,
	automaticSettlement: 4,
	/** Its step is the percentage that was reached. */
	journalFilling: 5,
});
export const reminderAction = choice({ shown: 1, snoozed: 2, obeyed: 3 });
export const trigger = choice({ operator: 1, automatic: 2, catchUp: 3, host: 4 });
export const outcomeSource = choice({
	app: 1,
	enquiry: 2,
	sweep: 3,
	late: 4,
	timeout: 5,
	restart: 6,
	/** Contradicts a final outcome or a reversal already recorded: evidence that never enters totals. */
	contradicting: 7,
});
export const reversalResult = choice({ sent: 1, reversed: 2, refused: 3, noAnswer: 4 });
export const pullWay = choice({ network: 1, cable: 2 });
/** Expired: nobody has pressed a key. Refused, locked: a wrong response, and one too many. */
export const serviceAction = choice({ opened: 1, left: 2, expired: 3, refused: 4, locked: 5 });
export const clockSource = choice({ host: 1, operator: 2, acquirer: 3, jump: 4 });
export const storageFault = choice({ read: 1, write: 2, erase: 3, sync: 4 });
/** Where a sale was made that a person enters afterwards: a backup terminal, or paper and pen. */
export const supplementOrigin = choice({ backupTerminal: 1, byHand: 2 });
/** What a person said to a second charge of the same card; none: nobody answered, and nothing was charged. */
export const duplicateChoice = choice({ charge: 1, refuse: 2, none: 3 });
/** How a copy was approved: at the terminal, by a command of the host, or by a one-time code. */
export const approvalWay = choice({ manager: 1, host: 2, code: 3 });
/** What a terminal is asked to let happen to itself: new firmware, empty media, the end of its epoch. */
export const releasePurpose = choice({ update: 1, wipe: 2, signOut: 3 });
/** Why it does not: records that only it has, a shift or day, money, paper that is not done with. */
export const releaseReason = choice({
	unacknowledged: 1,
	notClosed: 2,
	unsettled: 3,
	open: 4,
	unprinted: 5,
});
