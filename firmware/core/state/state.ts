import { type CborValue, decodeCbor, encodeCbor } from "../../../protocol/cbor.ts";
import {
	AMOUNT_MINOR_MAX,
	CLOSED_PERIODS_MAX,
	HOLDS_MAX,
	LOST_RANGES_MAX,
	OPEN_TIPS_MAX,
	OPEN_TRANSACTIONS_MAX,
	OVERRIDES_MAX,
	PRINT_DEBTS_MAX,
	SCHEME_GROUPS_MAX,
} from "../../../protocol/limits.ts";
import {
	blockerType,
	documentType,
	exception,
	groupTotals,
	paymentMethod,
	printState,
	reminderType,
	scalar,
	schemeGroup,
	transactionType,
	trigger,
	verdict,
} from "../../../protocol/record.ts";
import {
	bool,
	bytes,
	choice,
	type Infer,
	list,
	nullable,
	text,
	tuple,
	uint,
} from "../../../protocol/schema.ts";
import { savedTree } from "../../../protocol/stream-tree.ts";

/**
 * What the terminal knows, and nothing that the journal does not say: state is a fold over the records. Its
 * tuple is also the checkpoint at the head of each journal segment, so everything in it is bounded, and texts that a
 * record holds are read from the record. Identifiers are sequence numbers; times are wall seconds as stamped in the
 * records.
 */

const sequence = uint();
const count = uint(0xffff_ffff);
const settledGroup = tuple({ group: schemeGroup, verdict });

/** A transaction whose end is not known: charged right now, unknown, or to be reversed. */
const openTransaction = tuple({
	transaction: sequence,
	type: transactionType,
	method: paymentMethod,
	amountMinor: uint(),
	currency: text(3),
	trace: nullable(uint(999_999)),
	original: nullable(sequence),
	wallS: uint(),
	/**
	 * Late: money was taken although it had ended without, or while it was being reversed. Offline: approved without
	 * the acquirer, to be delivered. Unpaid: delivered, and the acquirer refused the money. None of them is in a total.
	 */
	phase: choice({ inFlight: 1, unknown: 2, reversing: 3, late: 4, offline: 5, unpaid: 6 }),
	reversalAttempts: count,
	request: uint(),
});

/** An approved pre-authorisation. It outlives days and, on a small ring, its own records: so its facts stand here. */
const hold = tuple({
	transaction: sequence,
	amountMinor: uint(AMOUNT_MINOR_MAX),
	trace: nullable(uint(999_999)),
	/** Until when the money is held, where the application has said. */
	expiryS: nullable(uint()),
});

/** Transactions between two settlements. It begins with the record after the last `settleBegin`. */
const batch = tuple({
	number: uint(999_999),
	first: sequence,
	/** Time of the first approval in it: the age of the money at risk. Null while it is empty. */
	oldestWallS: nullable(uint()),
	groups: list(groupTotals, SCHEME_GROUPS_MAX),
});

const settlement = tuple({
	settlement: sequence,
	batch: uint(999_999),
	first: sequence,
	last: sequence,
	trigger,
	currency: text(3),
	groups: list(groupTotals, SCHEME_GROUPS_MAX),
	/**
	 * Begun: journalled, not sent. Sent: an answer is owed. Upload: totals did not agree, details go up. Answered:
	 * agreed, to be ended. In doubt: the acquirer cannot confirm and is asked again.
	 */
	phase: choice({ begun: 1, sent: 2, upload: 3, answered: 4, inDoubt: 5 }),
	attempts: count,
	verdicts: list(settledGroup, SCHEME_GROUPS_MAX),
	/** Outcome records up to this one are marked uploaded. */
	uploadedTo: sequence,
	uploadedCount: count,
	/** Age of the money at risk in it. */
	oldestWallS: nullable(uint()),
});

const printDebt = tuple({
	debt: sequence,
	document: documentType,
	subject: sequence,
	copy: uint(99),
	state: printState,
	row: count,
});

const openDay = tuple({
	day: count,
	businessDate: uint(9999_12_31),
	first: sequence,
	groups: list(groupTotals, SCHEME_GROUPS_MAX),
	declinedCount: count,
	reprintCount: count,
	overrideCount: count,
	/** Last outcome that entered the totals, and how far lists that are owed or printed reach. */
	lastApproved: sequence,
	listedTo: sequence,
	listWaived: bool,
});

const openShift = tuple({
	shift: count,
	operator: text(16),
	first: sequence,
	transactionCount: count,
	/** When it opened. */
	wallS: uint(),
});

const closedDay = tuple({
	day: count,
	businessDate: uint(9999_12_31),
	first: sequence,
	last: sequence,
	/** Every list of the day is on paper. */
	listConfirmed: bool,
	clean: bool,
	/** A list of the day was given up by a person. */
	listWaived: bool,
});

const closedSettlement = tuple({
	settlement: sequence,
	batch: uint(999_999),
	first: sequence,
	last: sequence,
	end: sequence,
	wallS: uint(),
	agreed: bool,
});

/** A reminder that was shown and whose cause still stands. */
const reminderStanding = tuple({
	reminder: reminderType,
	step: count,
	snoozes: count,
	/** Wall time of the last showing or snooze. */
	wallS: uint(),
});

const activeOverride = tuple({
	blocker: blockerType,
	subject: nullable(sequence),
});

/** The head that was signed last. */
const signedHead = tuple({
	/** Its record. */
	sequence,
	size: sequence,
	root: bytes(32),
});

const supplementTotals = tuple({ count, amountMinor: uint() });

const stateSchema = tuple({
	boot: count,
	/** Sequence number of the record folded last; 0 before the first. */
	sequence,
	lastWallS: uint(),
	/** `lastWallS` when this boot began. */
	stoppedWallS: uint(),
	configurationVersion: count,
	/** Settings that differ from the defaults. */
	changedSettings: list(tuple({ name: text(32), value: scalar }), 32),
	day: nullable(openDay),
	lastDay: count,
	shift: nullable(openShift),
	lastShift: count,
	batch,
	settlement: nullable(settlement),
	open: list(openTransaction, OPEN_TRANSACTIONS_MAX),
	debts: list(printDebt, PRINT_DEBTS_MAX),
	days: list(closedDay, CLOSED_PERIODS_MAX),
	settlements: list(closedSettlement, CLOSED_PERIODS_MAX),
	reminders: list(reminderStanding, 8),
	overrides: list(activeOverride, OVERRIDES_MAX),
	/** What the last day was closed with in spite of it; the next opening begins with these. */
	carried: list(exception, 16),
	lastHostSequence: uint(),
	/** What became of that command, for the host that asks again. */
	lastHostAccepted: bool,
	clockTrusted: bool,
	/** The last clock record; a change tells that wall time was moved on purpose. */
	lastClock: sequence,
	/** The charge asked for last, so that its repeat is known after it has ended. */
	lastIntent: nullable(tuple({ request: uint(), transaction: sequence })),
	/** The last time that all full segments were looked over, and what that found. */
	check: nullable(tuple({ wallS: uint(), findings: count, repaired: count })),
	/** Destroyed records, told since the last check that found nothing. */
	lost: list(tuple({ from: sequence, to: sequence }), LOST_RANGES_MAX),
	/** The key that stands in the journal for the heads of this epoch. */
	signingKey: nullable(bytes(32)),
	signedHead: nullable(signedHead),
	/** The stream's tree up to `sequence`, in checkpoints; the tree that grows is kept beside the state. */
	tree: nullable(savedTree),
	/** Sales of the open day that were entered by hand (补录); in no other total. */
	supplements: supplementTotals,
	/** Pre-authorisations without a completion or a cancellation. */
	holds: list(hold, HOLDS_MAX),
	/** Sales that wait for a tip, or for the word that none comes. */
	tips: list(sequence, OPEN_TIPS_MAX),
});

/** Fields at the end that checkpoints of earlier firmware do not have, or not all of them. */
const laterFields = [null, [], null, null, null, [0, 0], [], []];

export type State = Infer<typeof stateSchema>;
export type OpenTransaction = Infer<typeof openTransaction>;
export type Hold = Infer<typeof hold>;
export type Batch = Infer<typeof batch>;
export type Settlement = Infer<typeof settlement>;
export type PrintDebt = Infer<typeof printDebt>;
export type OpenDay = Infer<typeof openDay>;
export type OpenShift = Infer<typeof openShift>;
export type ClosedDay = Infer<typeof closedDay>;
export type ClosedSettlement = Infer<typeof closedSettlement>;
export type ReminderStanding = Infer<typeof reminderStanding>;
export type ActiveOverride = Infer<typeof activeOverride>;
export type GroupTotals = Infer<typeof groupTotals>;
export type Exception = Infer<typeof exception>;

/** State of a journal without records. */
export function emptyState(): State {
	return {
		boot: 0,
		sequence: 0,
		lastWallS: 0,
		stoppedWallS: 0,
		configurationVersion: 0,
		changedSettings: [],
		day: null,
		lastDay: 0,
		shift: null,
		lastShift: 0,
		batch: { number: 1, first: 1, oldestWallS: null, groups: [] },
		settlement: null,
		open: [],
		debts: [],
		days: [],
		settlements: [],
		reminders: [],
		overrides: [],
		carried: [],
		lastHostSequence: 0,
		lastHostAccepted: false,
		clockTrusted: true,
		lastClock: 0,
		lastIntent: null,
		check: null,
		lost: [],
		signingKey: null,
		signedHead: null,
		tree: null,
		supplements: { count: 0, amountMinor: 0 },
		holds: [],
		tips: [],
	};
}

export function encodeState(state: State): Uint8Array {
	return encodeCbor(stateSchema.encode(state, "state"));
}

/** Throws a CBOR code or `SCHEMA` for bytes that are no checkpoint of this version or of an earlier one. */
export function decodeState(checkpoint: Uint8Array): State {
	const value: CborValue = decodeCbor(checkpoint);
	const missing = Array.isArray(value) ? stateSchema.fieldNames.length - value.length : 0;
	const isEarlier = missing > 0 && missing <= laterFields.length;
	const whole =
		isEarlier && Array.isArray(value) ? [...value, ...laterFields.slice(-missing)] : value;
	return stateSchema.decode(whole, "state");
}
