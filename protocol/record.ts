import { refuseCardNumbers } from "./card-guard.ts";
import { decodeCbor, encodeCbor } from "./cbor.ts";
import { CloseoutError } from "./error.ts";
import { identifier } from "./id.ts";
import { AMOUNT_MINOR_MAX, RECORD_PAYLOAD_BYTES_MAX, SCHEME_GROUPS_MAX } from "./limits.ts";
import {
	approvalWay,
	blockerType,
	clockSource,
	documentType,
	duplicateChoice,
	outcome,
	outcomeSource,
	paymentMethod,
	printState,
	pullWay,
	releasePurpose,
	releaseReason,
	reminderAction,
	reminderType,
	reversalResult,
	role,
	schemeGroup,
	serviceAction,
	storageFault,
	supplementOrigin,
	transactionType,
	trigger,
	verdict,
} from "./record-choice.ts";
import { cardFacts, currency, lastFour, requestNumber, scalar } from "./record-field.ts";
import {
	bool,
	bytes,
	type Infer,
	int,
	list,
	nullable,
	type Schema,
	type TupleSchema,
	text,
	tuple,
	uint,
	where,
} from "./schema.ts";
import { isDate } from "./time.ts";

/**
 * What the journal says: one kind a fact of the day. A record's payload is one CBOR array, the stamp's fields
 * first and the kind's own after them. Identifiers (`transaction`, `settlement`, `debt`) are sequence numbers of
 * the record that made the thing: journalled before anything is sent, unique within terminal and epoch.
 */

const UINT32_MAX = 0xffff_ffff;

export * from "./record-choice.ts";
export * from "./record-field.ts";

const amount = uint(AMOUNT_MINOR_MAX);
const person = text(16);
const reason = text(64);
const sequence = uint();
/** `yyyymmdd`, a day that the calendar has. */
const date = where(uint(9999_12_31), "19700101..99991231", "a calendar date yyyymmdd", isDate);
const hash = bytes(32);

/** Counts and amounts a settlement agrees with the acquirer; voids stand apart and are not taken off debits. */
export const groupTotals = tuple({
	group: schemeGroup,
	debitCount: uint(UINT32_MAX),
	debitMinor: uint(),
	creditCount: uint(UINT32_MAX),
	creditMinor: uint(),
	voidCount: uint(UINT32_MAX),
	voidMinor: uint(),
});

const groupVerdict = tuple({ group: schemeGroup, verdict });
export const exception = tuple({ blocker: blockerType, count: uint(UINT32_MAX) });

/** When and in which life of the terminal a record was made. */
export const stampFields = {
	wallS: uint(),
	/** Local time minus UTC. */
	zoneMinutes: int(-1080, 1080),
	boot: uint(UINT32_MAX),
	/** Since this boot; orders records even when the wall clock was moved. */
	monotonicMs: uint(),
} as const;
export const stamp = tuple(stampFields);
export type Stamp = Infer<typeof stamp>;

function kind<F extends { readonly [name: string]: Schema<unknown> | Schema<never> }>(
	number: number,
	fields: F,
) {
	return { number, body: tuple(fields) };
}

/** What is charged, as the payment application asked for it. */
const chargeFields = {
	type: transactionType,
	method: paymentMethod,
	amountMinor: amount,
	currency,
	/** ISO 8583 field 11, given by the payment application; null for an order without one. */
	trace: nullable(uint(999_999)),
	/** The transaction that a void, refund or completion refers to. */
	original: nullable(sequence),
	order: nullable(text(32)),
	operator: person,
	/** The payment application's own number of the charge; tells a repeat from a new one. */
	request: requestNumber,
} as const;

/** Every kind with its number, which is never used again, and its own fields. */
export const recordKinds = {
	start: kind(1, { firmware: text(32), clean: bool, profile: text(16) }),
	recovery: kind(2, {
		lastSequence: sequence,
		lastChain: hash,
		tornBytes: uint(UINT32_MAX),
		repairedRecords: uint(UINT32_MAX),
		staleRecords: uint(UINT32_MAX),
	}),
	gap: kind(3, { from: sequence, to: sequence, damageHash: hash }),
	clock: kind(4, { oldWallS: uint(), newWallS: uint(), source: clockSource }),
	configuration: kind(5, {
		version: uint(UINT32_MAX),
		source: role,
		settings: list(tuple({ name: text(32), value: scalar }), 32),
	}),
	enrolment: kind(6, { tenant: identifier, terminal: identifier, epoch: uint(UINT32_MAX) }),
	/** Segment 0 stands for a whole round over all segments that are full. */
	scrub: kind(7, { segment: uint(), findings: uint(UINT32_MAX), repaired: uint(UINT32_MAX) }),
	/** The storage failed while the record after `last` was to be kept; what stood on it then was recovered. */
	storageFault: kind(8, { fault: storageFault, last: sequence }),

	dayOpen: kind(10, { day: uint(UINT32_MAX), businessDate: date, carried: list(exception, 16) }),
	dayClose: kind(11, {
		day: uint(UINT32_MAX),
		businessDate: date,
		first: sequence,
		exceptions: list(exception, 16),
	}),
	shiftOpen: kind(12, { shift: uint(UINT32_MAX), operator: person }),
	shiftClose: kind(13, {
		shift: uint(UINT32_MAX),
		operator: person,
		first: sequence,
		exceptions: list(exception, 16),
	}),
	override: kind(14, {
		blocker: blockerType,
		subject: nullable(sequence),
		by: person,
		role,
		reason,
	}),
	reminder: kind(15, { reminder: reminderType, step: uint(UINT32_MAX), action: reminderAction }),

	intent: kind(20, chargeFields),
	outcome: kind(21, {
		transaction: sequence,
		outcome,
		source: outcomeSource,
		...cardFacts,
	}),
	reversal: kind(22, { transaction: sequence, attempt: uint(UINT32_MAX), result: reversalResult }),
	/**
	 * A transaction that had ended without money and of which the acquirer now says that money was taken. Stands
	 * in one group with the contradicting outcome; the fields are those of its intent.
	 */
	reopened: kind(23, { transaction: sequence, ...chargeFields }),
	/**
	 * 补录: a sale that was made on another terminal or by hand, entered by the operator with the approval of `by`.
	 * It belongs to the period in which it is entered and stands in no total that an acquirer is to agree with.
	 */
	supplement: kind(24, {
		origin: supplementOrigin,
		method: paymentMethod,
		amountMinor: amount,
		currency,
		/** When it was sold, as its paper says. */
		soldDate: date,
		trace: nullable(uint(999_999)),
		lastFour: nullable(lastFour),
		operator: person,
		by: person,
		role,
		reason,
	}),
	/** The entry was wrong: it counts no more, and stays readable. */
	supplementWithdrawn: kind(25, {
		supplement: sequence,
		amountMinor: amount,
		by: person,
		role,
		reason,
	}),
	/**
	 * The same card and amount as in transaction `earlier`, a short time after it: the answer of the operator. A charge
	 * that goes on has its intent behind this record.
	 */
	duplicateAnswer: kind(26, {
		earlier: sequence,
		request: requestNumber,
		amountMinor: amount,
		currency,
		lastFour,
		operator: person,
		answer: duplicateChoice,
	}),
	/** Approved without the acquirer: the goods are gone, and its outcome is what the acquirer says when it gets it. */
	offlineApproval: kind(27, { transaction: sequence, ...cardFacts }),
	/** A sale that a tip may be added to; it waits for the tip or for the word that none comes. */
	tipOpen: kind(28, { transaction: sequence }),
	/** No tip comes. By a person at the terminal; null: the payment application said so. */
	tipNone: kind(29, { transaction: sequence, by: nullable(person) }),
	settleBegin: kind(30, {
		batch: uint(999_999),
		first: sequence,
		last: sequence,
		trigger,
		currency,
		groups: list(groupTotals, SCHEME_GROUPS_MAX),
	}),
	settleSent: kind(31, { settlement: sequence, attempt: uint(UINT32_MAX), enquiry: bool }),
	settleVerdict: kind(32, {
		settlement: sequence,
		verdicts: list(groupVerdict, SCHEME_GROUPS_MAX),
	}),
	uploadSent: kind(33, {
		settlement: sequence,
		transaction: sequence,
		accepted: bool,
		/** Sequence number of the outcome record that was uploaded: details go up in this order. */
		outcome: sequence,
	}),
	settleEnd: kind(34, {
		settlement: sequence,
		batch: uint(999_999),
		uploadedCount: uint(UINT32_MAX),
		verdicts: list(groupVerdict, SCHEME_GROUPS_MAX),
	}),
	/** Until when an approved pre-authorisation holds the money. */
	holdExpiry: kind(35, { transaction: sequence, expiryS: uint() }),
	/**
	 * A person ends what no message will end: a pre-authorisation that has lapsed or was completed elsewhere, a sale
	 * approved off line whose money the acquirer refused.
	 */
	givenUp: kind(36, { transaction: sequence, by: person, role, reason }),

	printDue: kind(40, {
		document: documentType,
		/**
		 * What is printed: a slip's transaction, a settlement slip's settlement. A daily list of a batch names the
		 * settlement, one of a business date the first record of the day; an exception list names the first record
		 * of its shift or day, a status slip the record of the session that it was asked for in.
		 */
		subject: sequence,
		/** 0 is the original, 1 the first copy. */
		copy: uint(99),
		by: person,
		reason: nullable(reason),
	}),
	printProgress: kind(41, {
		debt: sequence,
		state: printState,
		/** Rows of the document that are on paper for certain. */
		row: uint(UINT32_MAX),
		by: nullable(person),
		reason: nullable(reason),
	}),

	/** A copy that needs an approval, and how it is asked for; this record's number is the request. */
	reprintAsked: kind(42, {
		document: documentType,
		subject: sequence,
		copy: uint(99),
		by: person,
		reason,
		way: approvalWay,
	}),
	/** What became of it; the copy that is allowed is owed behind this record, in the same group. */
	reprintAnswer: kind(43, { asked: sequence, accepted: bool, by: person, way: approvalWay }),

	pull: kind(50, {
		by: person,
		from: sequence,
		to: sequence,
		via: pullWay,
	}),
	command: kind(51, { hostSequence: uint(), command: uint(255), accepted: bool, detail: text(64) }),
	/** The technician's menu. A start ends a session that was open. */
	service: kind(60, { action: serviceAction, by: person, role }),
	/** Whether the terminal lets an update, a wipe or a sign-out happen, and what stood against it. */
	releaseAsked: kind(54, {
		purpose: releasePurpose,
		by: person,
		role,
		accepted: bool,
		reasons: list(releaseReason, 8),
	}),
	/** The head of the stream as it was before this record; see `checkpoint.ts` for what is signed. */
	signedHead: kind(52, {
		first: sequence,
		size: sequence,
		root: hash,
		chain: hash,
		keyId: bytes(4),
		signature: bytes(64),
	}),
	/** The key that heads of this epoch are signed with. The first one counts. */
	signingKey: kind(53, { publicKey: bytes(32) }),
} as const;

export type RecordKind = keyof typeof recordKinds;
export type RecordBody<K extends RecordKind> = Infer<(typeof recordKinds)[K]["body"]>;
export type RecordOf<K extends RecordKind> = {
	readonly [P in K]: { readonly kind: P; readonly stamp: Stamp; readonly body: RecordBody<P> };
}[K];
export type AnyRecord = RecordOf<RecordKind>;

type Kinds = {
	readonly [K in RecordKind]: {
		readonly number: number;
		readonly body: TupleSchema<RecordBody<K>>;
	};
};
const kinds: Kinds = recordKinds;

/** A record as it stands in the stream. */
export interface EncodedRecord {
	readonly kind: number;
	readonly payload: Uint8Array;
}

const kindNames: readonly RecordKind[] = Object.keys(recordKinds) as RecordKind[];
const byNumber: ReadonlyMap<number, RecordKind> = new Map(
	kindNames.map((name) => [recordKinds[name].number, name]),
);

/**
 * The bytes of a record. Throws `SCHEMA` for a field out of bounds, `CARD_DATA` for a card number in a text,
 * `LIMIT` for a payload that is too long.
 */
export function encodeRecord<K extends RecordKind>(
	name: K,
	made: Stamp,
	body: RecordBody<K>,
): EncodedRecord {
	const { number, body: schema } = kinds[name];
	const head = stamp.encode(made, name);
	const own = schema.encode(body, name);
	refuseCardNumbers(own, name);
	const payload = encodeCbor([...head, ...own]);
	checkLength(name, payload);
	return { kind: number, payload };
}

function checkLength(name: RecordKind, payload: Uint8Array): void {
	if (payload.length <= RECORD_PAYLOAD_BYTES_MAX) return;
	throw new CloseoutError(
		"LIMIT",
		`${name} of ${payload.length} bytes; at most ${RECORD_PAYLOAD_BYTES_MAX}`,
	);
}

/**
 * The record of these bytes, checked. Throws `SCHEMA` for a kind or a field that is not known, `LIMIT` for a
 * payload that is too long, or a CBOR code.
 */
export function decodeRecord({ kind: number, payload }: EncodedRecord): AnyRecord {
	const name = byNumber.get(number);
	if (name === undefined) throw new CloseoutError("SCHEMA", `record kind ${number} is not known`);
	checkLength(name, payload);
	const items = decodeCbor(payload);
	const stampLength = stamp.fieldNames.length;
	if (!Array.isArray(items)) throw new CloseoutError("SCHEMA", `${name}: not an array`);
	const body = recordKinds[name].body.decode(items.slice(stampLength), name);
	return { kind: name, stamp: stamp.decode(items.slice(0, stampLength), name), body } as AnyRecord;
}

/** Name of a kind by its number, if it is known. */
export function recordKindName(number: number): RecordKind | undefined {
	return byNumber.get(number);
}
