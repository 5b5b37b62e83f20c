import type { Note, Period, PrintDebt, Settlement, Transaction } from "../core/book.ts";
import type { HeadVerdict } from "../core/head.ts";

/**
 * The tables as TypeScript sees them. The databases say the same in snake_case. Integers are exact up to 2^53;
 * truth values are 0 and 1, because one of the databases has no type for them; `*Json` columns hold JSON text.
 */
export interface Tables {
	tenant: TenantTable;
	terminal: TerminalTable;
	enrolment: EnrolmentTable;
	stream: StreamTable;
	block: BlockTable;
	evidence: EvidenceTable;
	loss: LossTable;
	aside: BlockTable;
	streamTree: StreamTreeTable;
	signedHead: SignedHeadTable;
	command: CommandTable;
	incident: IncidentTable;
	serviceResponse: ServiceResponseTable;
	transaction: TransactionTable;
	settlement: SettlementTable;
	period: PeriodTable;
	printDebt: PrintDebtTable;
	note: NoteTable;
	statement: StatementTable;
	statementRow: StatementRowTable;
	statementTwin: StatementTwinTable;
	statementBadRow: StatementBadRowTable;
	difference: DifferenceTable;
	differenceStep: DifferenceStepTable;
	caseAttachment: CaseAttachmentTable;
	alert: AlertTable;
	alertStep: AlertStepTable;
	manualDecision: ManualDecisionTable;
}

export interface TenantTable {
	tenant: string;
	name: string;
}

export interface TerminalTable {
	terminal: string;
	tenant: string;
	name: string;
	/** Homie `$state` as last told, `init` before that. */
	state: string;
	stateS: number;
	firmware: string;
	/** Last authentic message, seconds since 1970; 0 for none. */
	seenS: number;
	/** Number of the last downlink command. */
	hostSequence: number;
	/** Epoch issued last; 0 before the first enrolment. */
	epoch: number;
}

export interface EnrolmentTable {
	terminal: string;
	number: number;
	/** Derived from the one-time code; empty once the terminal has spoken with its own key. */
	key: Uint8Array;
	expiresS: number;
	usedS: number | null;
	terminalNonce: Uint8Array | null;
	hostNonce: Uint8Array | null;
	epoch: number | null;
}

/** One life of a terminal's journal. */
export interface StreamTable {
	terminal: string;
	epoch: number;
	key: Uint8Array;
	/** Last sequence that is committed without a hole before it, and its chain. */
	watermark: number;
	chain: Uint8Array;
	/** Highest sequence that the terminal ever claimed to have. */
	claimed: number;
	frozen: number;
	/** When a later epoch replaced this one. */
	fencedS: number | null;
	/** Records up to here are in the derived tables, and the state of the fold after them. */
	projected: number;
	cursorJson: string;
}

/**
 * One accepted batch: its records as they came, without those that were there already. In `aside`, records out of
 * a file that wait for the ones before them.
 */
export interface BlockTable {
	terminal: string;
	epoch: number;
	firstSeq: number;
	lastSeq: number;
	/** Empty after a loss: the chain cannot be computed and `endChain` is what the terminal kept. */
	previousChain: Uint8Array;
	endChain: Uint8Array;
	receivedS: number;
	/** Canonical CBOR of `[[kind, flags, payload], …]`. */
	bytes: Uint8Array;
}

/** Records that contradict the stream, or that came for a range reported as lost. Kept, never merged. */
export interface EvidenceTable {
	terminal: string;
	epoch: number;
	endChain: Uint8Array;
	type: "fork" | "stray";
	firstSeq: number;
	lastSeq: number;
	previousChain: Uint8Array;
	receivedS: number;
	bytes: Uint8Array;
}

export interface LossTable {
	terminal: string;
	epoch: number;
	fromSeq: number;
	toSeq: number;
	/** First record that the host lacks as well; null when it holds them all. */
	missingFrom: number | null;
	receivedS: number;
}

/** The tree over a stream as far as it has been grown, and the key that the stream's heads are signed with. */
export interface StreamTreeTable {
	terminal: string;
	epoch: number;
	/** Record that is the first leaf. */
	firstSeq: number;
	size: number;
	/** Roots of the complete subtrees, 32 bytes each, the largest first. */
	roots: Uint8Array;
	publicKey: Uint8Array | null;
}

/** A head that a terminal has signed, and the host's cosignature when it is consistent. Never changed. */
export interface SignedHeadTable {
	terminal: string;
	epoch: number;
	/** The record that holds it. */
	seq: number;
	firstSeq: number;
	size: number;
	root: Uint8Array;
	chain: Uint8Array;
	keyId: Uint8Array;
	signature: Uint8Array;
	verdict: HeadVerdict;
	receivedS: number;
	hostKey: Uint8Array | null;
	cosignedS: number | null;
	cosignature: Uint8Array | null;
}

export interface CommandTable {
	terminal: string;
	hostSequence: number;
	command: string;
	argumentsJson: string;
	createdS: number;
	expiresS: number;
	/** Null until the terminal has answered. */
	accepted: number | null;
	detail: string;
}

/** What a person must be told about a stream or a message; counted, so that a flood is one row. */
export interface IncidentTable {
	terminal: string;
	epoch: number;
	type: string;
	detail: string;
	count: number;
	firstS: number;
	lastS: number;
}

/** A response to a technician's challenge that was given out; the response itself is not kept. */
export interface ServiceResponseTable {
	terminal: string;
	epoch: number;
	challenge: string;
	by: string;
	atS: number;
	purpose: string;
}

interface InStream {
	readonly terminal: string;
	readonly epoch: number;
}

export type TransactionTable = InStream & Transaction;
export type PrintDebtTable = InStream & PrintDebt;

export type SettlementTable = InStream &
	Omit<Settlement, "groups" | "verdicts"> & {
		readonly groupsJson: string;
		readonly verdictsJson: string;
	};

export type PeriodTable = InStream &
	Omit<Period, "carried" | "exceptions"> & {
		readonly carriedJson: string;
		readonly exceptionsJson: string;
	};

export type NoteTable = InStream &
	Pick<Note, "seq" | "kind" | "wallS"> & { readonly bodyJson: string };

/** One imported file of an acquirer or a bank. */
export interface StatementTable {
	id: string;
	tenant: string;
	leg: string;
	format: string;
	file: string;
	/** SHA-256 of the file, hexadecimal; empty while rows are still coming. */
	digest: string;
	rows: number;
	summaryJson: string;
	importedS: number;
}

export interface StatementRowTable {
	statement: string;
	line: number;
	/** Several rows may come from one line. */
	part: number;
	terminal: string | null;
	businessDate: number | null;
	reference: string;
	amountMinor: number;
	currency: string;
	kind: string;
	status: string;
	rowJson: string;
}

/** A row that is in another statement as well and counts there; takes effect when the import that found it is finished. */
export interface StatementTwinTable {
	statement: string;
	part: number;
	/** The import that found it. */
	foundBy: string;
	/** The statement in which the row counts. */
	sameAs: string;
}

/** A line that could not be read. */
export interface StatementBadRowTable {
	statement: string;
	/** Counted from 1 within the statement. */
	number: number;
	file: string;
	line: number;
	field: string | null;
	message: string;
	/** The line as it stands in the file; null where it is not known. */
	text: string | null;
	/** The import that brought the corrected line. */
	correctedBy: string | null;
}

export interface DifferenceTable {
	tenant: string;
	id: string;
	reason: string;
	leg: string;
	terminal: string | null;
	businessDate: number | null;
	atStakeMinor: number;
	currency: string;
	state: string;
	foundS: number;
	changedS: number;
	/** 1 while the last comparison over its date still finds it. */
	present: number;
	/** Who works on it; "" for nobody. */
	assignee: string;
	/** `yyyymmdd`, the last day on which something can be done. */
	deadline: number | null;
	/** Line of the table of deadlines. */
	deadlineRule: string;
	differenceJson: string;
}

/** One step of a case: who did what with it, and why. */
export interface DifferenceStepTable {
	tenant: string;
	id: string;
	number: number;
	type: string;
	state: string;
	atS: number;
	by: string;
	text: string;
	/** Who it was assigned to, or the name of the attachment. */
	about: string;
}

/** A file that somebody has put to a case; never changed. */
export interface CaseAttachmentTable {
	tenant: string;
	id: string;
	number: number;
	name: string;
	/** SHA-256, hexadecimal. */
	digest: string;
	size: number;
	by: string;
	atS: number;
	bytes: Uint8Array;
}

/** Something that the watch found; a new episode each time that it comes back. */
export interface AlertTable {
	tenant: string;
	id: string;
	episode: number;
	rule: string;
	terminal: string;
	severity: string;
	findingJson: string;
	firstS: number;
	lastS: number;
	endedS: number | null;
	acknowledgedS: number | null;
	acknowledgedBy: string;
	acknowledgedWhy: string;
}

/** A message about an alert; `begun`, `sent` or `failed`. */
export interface AlertStepTable {
	tenant: string;
	id: string;
	episode: number;
	/** Place in the ladder, counted from 0. */
	step: number;
	channel: string;
	state: string;
	tries: number;
	atS: number;
	detail: string;
}

/** What a person decided about rows of the books; never changed and never taken out. */
export interface ManualDecisionTable {
	tenant: string;
	number: number;
	type: "match" | "unmatch";
	rowsJson: string;
	by: string;
	why: string;
	atS: number;
}
