import { type ErrorCode, errorTable } from "../../protocol/error.ts";
import {
	AMOUNT_MINOR_MAX,
	BATCH_RECORDS_MAX,
	BATCH_WINDOW_MAX,
	CBOR_BYTES_MAX,
	CBOR_DEPTH_MAX,
	ENROLMENT_VALID_S,
	GROUP_RECORDS_MAX,
	HOLDS_MAX,
	ID_LENGTH_MAX,
	ID_LENGTH_MIN,
	MESSAGE_BYTES_MAX,
	NAK_INTERVAL_MS,
	OPEN_SALES_MAX,
	OPEN_TIPS_MAX,
	OPEN_TRANSACTIONS_MAX,
	PRINT_DEBTS_MAX,
	PRINT_DEBTS_SELLING_MAX,
	PULL_MESSAGE_BYTES_MAX,
	PULL_WINDOW_MAX,
	RECORD_PAYLOAD_BYTES_MAX,
	REVERSAL_ATTEMPTS_MAX,
	SCHEME_GROUPS_MAX,
	SERVICE_CHALLENGE_VALID_S,
	SERVICE_FAILURES_MAX,
	SERVICE_LOCK_S,
	SERVICE_SESSION_S,
} from "../../protocol/limits.ts";
import { type DownType, downMessages, type UpType, upMessages } from "../../protocol/message.ts";
import {
	type AppMessageType,
	appMessages,
	type CoreMessageType,
	coreMessages,
} from "../../protocol/payment-app.ts";
import {
	type ReaderType,
	readerMessages,
	type SourceType,
	sourceMessages,
} from "../../protocol/pull.ts";
import { type RecordKind, recordKinds } from "../../protocol/record.ts";
import { choices } from "./_cddl.ts";

const recordMeanings: Readonly<Record<RecordKind, string>> = {
	start: "the terminal started; `clean` says that it had been switched off in order",
	recovery: "what recovery found and did after an unclean start",
	gap: "records `from` to `to` are destroyed in both copies; `damageHash` is SHA-256 of what was there",
	clock: "the wall clock was set, or jumped, from `oldWallS` to `newWallS`",
	configuration: "settings changed; `version` counts the changes",
	enrolment: "first record of an epoch: who the terminal is",
	scrub:
		"one segment of the media, or with `segment` 0 a round over all that are full, was read through in the background",
	storageFault: "the storage failed in a change after record `last`; the journal was opened again",
	dayOpen: "a business day begins; `carried` are the exceptions of the one before",
	dayClose: "a business day ends; it holds the records from `first` to this one",
	shiftOpen: "an operator signs on",
	shiftClose: "a shift ends; it holds the records from `first` to this one",
	override:
		"a person lifts a blocker; `subject` is the transaction, settlement or print debt meant",
	reminder: "a reminder was shown, put off or obeyed",
	intent: "a transaction is about to be charged; this record's sequence number is its id",
	outcome: "what became of a transaction; the last one counts",
	reopened:
		"money was taken after the transaction had ended without; the fields are those of its intent",
	supplement:
		"补录: a sale made on another terminal or by hand, entered with the approval of `by`; in no card total",
	supplementWithdrawn: "that entry was wrong and counts no more",
	duplicateAnswer:
		"what the operator said to a second charge of the same card and amount as in `earlier`",
	reversal: "an attempt to reverse a transaction whose outcome is unknown",
	offlineApproval:
		"approved without the acquirer, to be delivered; it counts when the acquirer's outcome comes",
	tipOpen: "a tip may be added to this sale",
	tipNone: "no tip comes; `by` is null where the application said so",
	settleBegin: "a settlement is about to be sent, with its totals; this record's number is its id",
	settleSent: "the totals (or, with `enquiry`, the question after them) go to the acquirer",
	settleVerdict: "the acquirer's verdict by scheme group, before anything follows from it",
	uploadSent: "one detail of a batch upload is answered",
	settleEnd: "the settlement is over; the next batch begins behind it",
	holdExpiry: "until when a pre-authorisation holds the money",
	givenUp:
		"a person ends what no message will: a pre-authorisation lapsed or completed elsewhere, an off-line approval whose money was refused",
	printDue: "something is owed to paper; this record's number is the debt's id",
	printProgress: "how far a debt has come; `row` counts rows that are on paper for certain",
	reprintAsked: "a copy that needs an approval is asked for; this record's number is the request",
	reprintAnswer: "the copy is allowed or not; what is allowed is owed in the same group",
	pull: "somebody copied records `from` to `to`",
	command:
		"a command of the host, journalled before it is carried out; `command` as in commandType",
	service: "the technician's menu was opened or left, or somebody tried to open it",
	releaseAsked: "somebody asked for an update, a wipe or a sign-out; `reasons` stood against it",
	signedHead: "the head of the stream as it was before this record, signed; see section 16",
	signingKey: "the Ed25519 key of the heads of this epoch; the first one counts",
};

const upMeanings: Readonly<Record<UpType, string>> = {
	enrol: "asks for an epoch, with a one-time code's key",
	hello: "says where the journal stands, after each connect",
	batch: "records `from`, `from` + 1, …, verbatim",
	loss: "records `from` to `to` are destroyed; the stream goes on behind them",
	commandResult: "what became of a command",
	pulled: "a message of a pull (section 7), for the command with this number",
};

const downMeanings: Readonly<Record<DownType, string>> = {
	enrolled: "gives the epoch; both sides derive the key",
	welcome: "answers a hello with what the host holds",
	ack: "all up to `watermark` is committed, and ends in `chain`",
	nak: "send `from` to `to` again",
	command: "asks the terminal to do something, once, before `expiresS`",
	pullAck: "of the pull with this number everything before record `next` has come",
	cosigned: "a signed head is consistent with what the host holds; cosigned by `hostKey`",
};

const appMeanings: Readonly<Record<AppMessageType, string>> = {
	intent: "may I charge this?",
	outcome: "what became of it; repeated until `recorded`",
	reversalResult: "answers `reverse`",
	settleResult: "answers `settle` with the acquirer's verdicts",
	settlementState: "answers `enquireSettlement`",
	uploadResult: "answers `upload`",
	uploadEndResult: "answers `uploadEnd`",
	cardPresented: "the card that `request` will be charged to; told before its intent",
	offlineApproved: "may I approve this without the acquirer, and deliver it later?",
	tipOpen: "a tip may be added to this sale",
	tipNone: "no tip comes any more",
	holdExpiry: "until when a pre-authorisation holds the money",
};

const coreMeanings: Readonly<Record<CoreMessageType, string>> = {
	proceed: "the intent is durable as `transaction`; charge now",
	refuse: "do not charge",
	recorded: "the outcome is durable; tell it no more",
	enquire: "what became of this transaction?",
	reverse: "undo this transaction if it was charged",
	settle: "agree these totals with the acquirer",
	enquireSettlement: "has this settlement reached the acquirer?",
	upload: "one detail of a batch upload",
	uploadEnd: "all `count` details are sent",
	noted: "what was told is durable; without `taken` it does not hold",
	finishHold: "the operator ends this pre-authorisation: begin its completion or cancellation",
};

const readerMeanings: Readonly<Record<ReaderType, string>> = {
	askStatus: "where does the journal stand?",
	askRange: "send these records; null is from the oldest kept, or to the newest",
};

const sourceMeanings: Readonly<Record<SourceType, string>> = {
	status: "answers `askStatus`; `chain` is the one of record `last`",
	begin: "answers `askRange`; the pieces of records `from` to `to` follow",
	piece: "records `from`, `from` + 1, …, verbatim, as in `batch`",
	loss: "records `from` to `to` are destroyed, as in the message `loss`",
	refused: "answers a request that cannot be met",
	file: "first in a piece file, never sent",
};

const errorMeanings: Readonly<Record<ErrorCode, string>> = {
	ASSERTION: "an assumption of the program does not hold",
	CLOSED: "something was used after it was closed",
	USAGE: "a call or a command has wrong arguments",
	LIMIT: "a limit of section 10 would be exceeded",
	REFUSED: "a rule of the product forbids it now; the message says which",
	CARD_DATA: "a text holds what looks like a card number",
	NOT_FOUND: "what was asked for does not exist",
	TERMINAL_UNKNOWN: "no terminal of this name is enrolled",
	CBOR_MALFORMED: "the bytes are not well-formed CBOR, or a text is not UTF-8",
	CBOR_NOT_CANONICAL: "an integer or a length is longer than needed",
	CBOR_UNSUPPORTED:
		"CBOR outside the subset: map, tag, float, indefinite length, other simple value",
	SCHEMA: "well-formed, but not the array, type or range that belongs there",
	MESSAGE_FORGED: "the mac of a message does not fit",
	CHAIN_BROKEN: "the chain of records does not fit",
	STATEMENT_FORMAT: "a provider's file is not of the format it was given as",
	STATEMENT_ROW: "a row of a provider's file cannot be read",
	STATEMENT_TOTAL: "a total that a provider's file states does not fit its rows",
	MEDIA_FORMAT: "the media hold no journal of ours",
	MEDIA_FULL: "the journal is full of records that nobody has acknowledged",
	STORAGE_READ: "the media failed to read",
	STORAGE_WRITE: "the media failed to write",
	STORAGE_ERASE: "the media failed to erase",
	STORAGE_SYNC: "the media failed to make a write durable",
	STORE: "the host's database failed",
	BROKER: "the broker cannot be reached",
	CONNECTION: "a terminal or a host cannot be reached, or broke off; what came before counts",
	ENGINE: "the XS engine cannot be built or has stopped",
};

const wireLimits = {
	CBOR_BYTES_MAX: { value: CBOR_BYTES_MAX, what: "bytes of one CBOR item" },
	CBOR_DEPTH_MAX: { value: CBOR_DEPTH_MAX, what: "arrays within each other" },
	RECORD_PAYLOAD_BYTES_MAX: {
		value: RECORD_PAYLOAD_BYTES_MAX,
		what: "bytes of a record's payload",
	},
	GROUP_RECORDS_MAX: { value: GROUP_RECORDS_MAX, what: "records that stand or fall together" },
	MESSAGE_BYTES_MAX: { value: MESSAGE_BYTES_MAX, what: "bytes of a message on topic up or down" },
	BATCH_RECORDS_MAX: { value: BATCH_RECORDS_MAX, what: "records in one batch" },
	BATCH_WINDOW_MAX: { value: BATCH_WINDOW_MAX, what: "batches sent and not yet acknowledged" },
	ID_LENGTH_MIN: {
		value: ID_LENGTH_MIN,
		what: "characters of a tenant or terminal name, at least",
	},
	ID_LENGTH_MAX: { value: ID_LENGTH_MAX, what: "characters of a tenant or terminal name, at most" },
	OPEN_SALES_MAX: {
		value: OPEN_SALES_MAX,
		what: "transactions open at the same time at which new ones are refused",
	},
	OPEN_TRANSACTIONS_MAX: {
		value: OPEN_TRANSACTIONS_MAX,
		what: "transactions open at the same time, with those that nobody can refuse",
	},
	HOLDS_MAX: { value: HOLDS_MAX, what: "pre-authorisations that hold money at the same time" },
	OPEN_TIPS_MAX: { value: OPEN_TIPS_MAX, what: "sales that wait for a tip at the same time" },
	PRINT_DEBTS_SELLING_MAX: {
		value: PRINT_DEBTS_SELLING_MAX,
		what: "prints owed at which new sales are refused",
	},
	PRINT_DEBTS_MAX: { value: PRINT_DEBTS_MAX, what: "prints owed at the same time" },
	ENROLMENT_VALID_S: {
		value: ENROLMENT_VALID_S,
		what: "seconds that an enrolment code is good for",
	},
	NAK_INTERVAL_MS: {
		value: NAK_INTERVAL_MS,
		what: "milliseconds between two equal requests to send again",
	},
	PULL_MESSAGE_BYTES_MAX: { value: PULL_MESSAGE_BYTES_MAX, what: "bytes of one message of a pull" },
	PULL_WINDOW_MAX: {
		value: PULL_WINDOW_MAX,
		what: "messages of a pull sent over the network and not yet acknowledged",
	},
	SERVICE_CHALLENGE_VALID_S: {
		value: SERVICE_CHALLENGE_VALID_S,
		what: "seconds that a technician's challenge can be answered",
	},
	SERVICE_SESSION_S: {
		value: SERVICE_SESSION_S,
		what: "seconds that the technician's menu stays open without a key",
	},
	SERVICE_FAILURES_MAX: {
		value: SERVICE_FAILURES_MAX,
		what: "wrong responses in a row at which the menu is locked",
	},
	SERVICE_LOCK_S: { value: SERVICE_LOCK_S, what: "seconds that it stays locked" },
	SCHEME_GROUPS_MAX: { value: SCHEME_GROUPS_MAX, what: "scheme groups of one settlement" },
	REVERSAL_ATTEMPTS_MAX: { value: REVERSAL_ATTEMPTS_MAX, what: "attempts to reverse at once" },
	AMOUNT_MINOR_MAX: {
		value: AMOUNT_MINOR_MAX,
		what: "minor units of one amount: twelve digits, as ISO 8583 field 4",
	},
} as const;

interface Numbered {
	readonly number: number;
	readonly body: { readonly fieldNames: readonly string[] };
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
	return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function numberedTable<K extends string>(
	entries: Readonly<Record<K, Numbered>>,
	meanings: Readonly<Record<K, string>>,
): string {
	const names = Object.keys(entries) as K[];
	const rows = names.map((name) => {
		const { number, body } = entries[name];
		return [`${number}`, `\`${name}\``, body.fieldNames.join(", "), meanings[name]];
	});
	return table(["no.", "name", "fields", "meaning"], rows);
}

function tables(): Readonly<Record<string, string>> {
	const choiceRows = Object.entries(choices).map(([name, { names, numbers }]) => [
		`\`${name}\``,
		names.map((each) => `${numbers[each]} ${each}`).join(", "),
	]);
	const codes = Object.keys(errorTable) as ErrorCode[];
	const errorRows = codes.map((code) => {
		const { family, http, exit } = errorTable[code];
		return [`\`${code}\``, family, `${http}`, `${exit}`, errorMeanings[code]];
	});
	const limitRows = Object.entries(wireLimits).map(([name, { value, what }]) => [
		`\`${name}\``,
		value.toLocaleString("en"),
		what,
	]);
	return {
		records: numberedTable(recordKinds, recordMeanings),
		up: numberedTable(upMessages, upMeanings),
		down: numberedTable(downMessages, downMeanings),
		app: numberedTable(appMessages, appMeanings),
		core: numberedTable(coreMessages, coreMeanings),
		reader: numberedTable(readerMessages, readerMeanings),
		source: numberedTable(sourceMessages, sourceMeanings),
		choices: table(["name", "numbers"], choiceRows),
		errors: table(["code", "family", "HTTP", "exit", "meaning"], errorRows),
		limits: table(["limit", "value", "of what"], limitRows),
	};
}

/** The README with its tables written anew between their marks. Throws a `RangeError` for a table without marks. */
export function writeTables(readme: string): string {
	let text = readme;
	for (const [name, rows] of Object.entries(tables())) {
		const begin = `<!-- table: ${name} -->\n`;
		const end = "\n<!-- end of table -->";
		const start = text.indexOf(begin);
		const stop = text.indexOf(end, start);
		if (start < 0 || stop < 0) throw new RangeError(`README.md has no place for table ${name}`);
		text = text.slice(0, start) + begin + rows + text.slice(stop);
	}
	return text;
}
