import { AMOUNT_MINOR_MAX, SCHEME_GROUPS_MAX } from "./limits.ts";
import { type BodiesOf, type MessageOf, message, versionedMessages } from "./message-table.ts";
import {
	cardFacts,
	currency,
	groupTotals,
	lastFour,
	outcome,
	outcomeSource,
	paymentMethod,
	requestNumber,
	reversalResult,
	schemeGroup,
	transactionType,
	verdict,
} from "./record.ts";
import { bool, choice, list, nullable, text, tuple, uint } from "./schema.ts";

/**
 * Messages between a payment application and the terminal core: one CBOR array each, `[version, type, fields…]`.
 * The application asks before it charges (`intent`), charges only after `proceed`, and tells the `outcome` again
 * and again until it is `recorded`. The core drives enquiry, reversal and settlement; the application carries
 * them to the acquirer and answers when it knows. Every request may be repeated; ids make repeats harmless.
 *
 * The version changes when a message changes. New types of messages are added without it: each side passes over a
 * type that it does not know, and nothing that the other side is owed may depend on one.
 */
export const PAYMENT_APP_VERSION = 1;

const UINT32_MAX = 0xffff_ffff;
const amount = uint(AMOUNT_MINOR_MAX);
const id = uint();
const trace = uint(999_999);

const settledGroup = tuple({ group: schemeGroup, verdict });

/** Which message `noted` answers. */
export const toldThing = choice({ offlineApproved: 1, tipOpen: 2, tipNone: 3, holdExpiry: 4 });
export const finishWay = choice({ complete: 1, cancel: 2 });

/** From the payment application to the core. */
export const appMessages = {
	/** May I charge? `request` is the application's own number; a repeat with the same number is the same charge. */
	intent: message(1, {
		request: requestNumber,
		type: transactionType,
		method: paymentMethod,
		amountMinor: amount,
		currency,
		trace: nullable(trace),
		/** The core's id of the transaction that a void, refund or completion refers to. */
		original: nullable(id),
		/** The same by its trace number, where the application does not keep the core's ids. */
		originalTrace: nullable(trace),
		order: nullable(text(32)),
		operator: text(16),
	}),
	outcome: message(2, { transaction: id, outcome, source: outcomeSource, ...cardFacts }),
	reversalResult: message(3, {
		transaction: id,
		attempt: uint(UINT32_MAX),
		result: reversalResult,
	}),
	settleResult: message(4, { settlement: id, verdicts: list(settledGroup, SCHEME_GROUPS_MAX) }),
	/** Answer to `enquireSettlement`: with no verdicts the acquirer has never seen this settlement. */
	settlementState: message(5, {
		settlement: id,
		known: bool,
		verdicts: list(settledGroup, SCHEME_GROUPS_MAX),
	}),
	uploadResult: message(6, { settlement: id, transaction: id, accepted: bool }),
	uploadEndResult: message(7, { settlement: id, verdicts: list(settledGroup, SCHEME_GROUPS_MAX) }),
	/** The card that the charge with this number will be made to: told before its `intent`, where it is known by then. */
	cardPresented: message(8, { request: requestNumber, lastFour }),
	/** The acquirer is not reached: may I approve this by myself and deliver it later? Answered by `noted`. */
	offlineApproved: message(9, { transaction: id, ...cardFacts }),
	/** A tip may still be added to this sale, as a `tip` with it as original. Answered by `noted`. */
	tipOpen: message(10, { transaction: id }),
	/** No tip comes any more. Answered by `noted`. */
	tipNone: message(11, { transaction: id }),
	/** Until when a pre-authorisation holds the money, in seconds since 1970-01-01T00:00:00Z. Answered by `noted`. */
	holdExpiry: message(12, { transaction: id, expiryS: uint() }),
} as const;

/** From the core to the payment application. */
export const coreMessages = {
	/** The intent is journalled as `transaction`; charge now. */
	proceed: message(64, { request: requestNumber, transaction: id }),
	/** Do not charge. `code` names the refusal and never changes, `reason` is a sentence for the cashier. */
	refuse: message(65, { request: requestNumber, code: text(32), reason: text(80) }),
	/** The outcome is durable; it need not be told again. */
	recorded: message(66, { transaction: id }),
	/** What became of this transaction? */
	enquire: message(67, { transaction: id, trace: nullable(trace), attempt: uint(UINT32_MAX) }),
	reverse: message(68, {
		transaction: id,
		trace: nullable(trace),
		amountMinor: amount,
		currency,
		attempt: uint(UINT32_MAX),
	}),
	settle: message(69, {
		settlement: id,
		batch: uint(999_999),
		attempt: uint(UINT32_MAX),
		currency,
		groups: list(groupTotals, SCHEME_GROUPS_MAX),
	}),
	/** Has this settlement reached you? Asked after an answer was lost, before anything is sent again. */
	enquireSettlement: message(70, {
		settlement: id,
		batch: uint(999_999),
		attempt: uint(UINT32_MAX),
	}),
	/** One detail of a batch upload (ISO 8583 0320). */
	upload: message(71, {
		settlement: id,
		transaction: id,
		type: transactionType,
		amountMinor: amount,
		currency,
		trace: nullable(trace),
		...cardFacts,
	}),
	uploadEnd: message(72, { settlement: id, count: uint(UINT32_MAX) }),
	/** What was told is durable and need not be told again; where it is not taken, the application must not act on it. */
	noted: message(73, { transaction: id, told: toldThing, taken: bool }),
	/** The operator ends this pre-authorisation: begin a `completion` or a `cancellation` of it, with an intent of its own. */
	finishHold: message(74, {
		transaction: id,
		trace: nullable(trace),
		amountMinor: amount,
		currency,
		way: finishWay,
	}),
} as const;

type AppBodies = BodiesOf<typeof appMessages>;
type CoreBodies = BodiesOf<typeof coreMessages>;
export type AppMessageType = keyof AppBodies;
export type CoreMessageType = keyof CoreBodies;
export type AppBody<K extends AppMessageType> = AppBodies[K];
export type CoreBody<K extends CoreMessageType> = CoreBodies[K];
export type AppMessage = MessageOf<AppBodies>;
export type CoreMessage = MessageOf<CoreBodies>;

export const { encode: encodeAppMessage, decode: decodeAppMessage } = versionedMessages<AppBodies>(
	appMessages,
	PAYMENT_APP_VERSION,
	"payment application",
);
export const { encode: encodeCoreMessage, decode: decodeCoreMessage } =
	versionedMessages<CoreBodies>(coreMessages, PAYMENT_APP_VERSION, "terminal core");
