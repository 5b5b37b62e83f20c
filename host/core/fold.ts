import { CloseoutError } from "../../protocol/error.ts";
import {
	type AnyRecord,
	decodeRecord,
	type EncodedRecord,
	type RecordBody,
	type RecordOf,
} from "../../protocol/record.ts";
import type { Note, Period, PrintDebt, Settlement, Transaction } from "./book.ts";

/** What the fold must remember between records; small, and kept with the stream. */
export interface Cursor {
	/** Record that opened the day or shift that is open; null when none is. */
	readonly day: number | null;
	readonly shift: number | null;
	/** Record that closed the last one; 0 before the first. */
	readonly dayClosed: number;
	readonly shiftClosed: number;
}

export const startCursor: Cursor = { day: null, shift: null, dayClosed: 0, shiftClosed: 0 };

/** Rows of one kind that records add, and what they change of rows that were there before. */
export class Sheet<Row extends { readonly seq: number }> {
	readonly added = new Map<number, Row>();
	readonly changed = new Map<number, Partial<Row>>();

	add(row: Row): void {
		this.added.set(row.seq, row);
	}

	change(seq: number, part: Partial<Row>): void {
		const fresh = this.added.get(seq);
		if (fresh !== undefined) this.added.set(seq, { ...fresh, ...part });
		else this.changed.set(seq, { ...this.changed.get(seq), ...part });
	}
}

/**
 * The fold of a stream's records into the rows of the book. It reads no row: every record says enough, so that a
 * run over all records and any number of runs over parts of them come to the same.
 */
export class Fold {
	cursor: Cursor;
	readonly transactions = new Sheet<Transaction>();
	readonly settlements = new Sheet<Settlement>();
	readonly periods = new Sheet<Period>();
	readonly printDebts = new Sheet<PrintDebt>();
	readonly notes = new Sheet<Note>();

	constructor(cursor: Cursor = startCursor) {
		this.cursor = cursor;
	}

	/** Takes the next record. One that cannot be read becomes a note: it is kept as it came and never stops the rest. */
	add(seq: number, encoded: EncodedRecord): void {
		let record: AnyRecord;
		try {
			record = decodeRecord(encoded);
		} catch (error) {
			if (!(error instanceof CloseoutError)) throw error;
			this.notes.add({ seq, kind: "unreadable", wallS: 0, body: { why: error.message } });
			return;
		}
		this.#take(seq, record);
	}

	#take(seq: number, record: AnyRecord): void {
		switch (record.kind) {
			case "dayOpen":
			case "shiftOpen":
				this.#open(seq, record);
				break;
			case "dayClose":
			case "shiftClose":
				this.#close(seq, record);
				break;
			case "intent":
				this.transactions.add(opened(seq, record));
				break;
			case "outcome":
				this.#outcome(seq, record);
				break;
			case "reversal":
				this.#reverse(seq, record.body);
				break;
			case "reopened":
				this.transactions.change(record.body.transaction, { reopenedSeq: seq });
				break;
			case "settleBegin":
				this.settlements.add(begun(seq, record));
				break;
			case "settleSent":
				this.settlements.change(record.body.settlement, { sentCount: record.body.attempt });
				break;
			case "settleVerdict":
				this.settlements.change(record.body.settlement, { verdicts: record.body.verdicts });
				break;
			case "uploadSent":
				this.#upload(record.body);
				break;
			case "settleEnd":
				this.#settled(seq, record.body);
				break;
			case "printDue":
				this.printDebts.add(owed(seq, record));
				break;
			case "printProgress":
				this.#print(seq, record.body);
				break;
			case "signedHead":
			case "signingKey":
				break;
			default:
				this.notes.add(noted(seq, record));
				break;
		}
	}

	#open(seq: number, record: RecordOf<"dayOpen" | "shiftOpen">): void {
		const isDay = record.kind === "dayOpen";
		const closed = isDay ? this.cursor.dayClosed : this.cursor.shiftClosed;
		this.periods.add({
			seq,
			kind: isDay ? "day" : "shift",
			number: isDay ? record.body.day : record.body.shift,
			businessDate: isDay ? record.body.businessDate : null,
			operator: isDay ? null : record.body.operator,
			firstSeq: closed + 1,
			lastSeq: null,
			openS: record.stamp.wallS,
			closeS: null,
			carried: isDay ? record.body.carried : [],
			exceptions: [],
		});
		this.cursor = isDay ? { ...this.cursor, day: seq } : { ...this.cursor, shift: seq };
	}

	#close(seq: number, record: RecordOf<"dayClose" | "shiftClose">): void {
		const isDay = record.kind === "dayClose";
		const open = isDay ? this.cursor.day : this.cursor.shift;
		const { exceptions } = record.body;
		const closeS = record.stamp.wallS;
		// The record that opened it is destroyed: the closing one says where it began.
		if (open === null) this.periods.add(closedOnly(record));
		const opener = open ?? record.body.first;
		this.periods.change(opener, { lastSeq: seq, closeS, exceptions });
		this.cursor = isDay
			? { ...this.cursor, day: null, dayClosed: seq }
			: { ...this.cursor, shift: null, shiftClosed: seq };
	}

	#outcome(seq: number, { body, stamp }: RecordOf<"outcome">): void {
		const { transaction, outcome, source } = body;
		if (source === "contradicting") {
			this.transactions.change(transaction, { contradicted: outcome });
			return;
		}
		const { group, scheme, reference, authorisation, response, lastFour } = body;
		const facts = { scheme, reference, authorisation, response, lastFour };
		this.transactions.change(transaction, {
			...facts,
			...(source === "late" ? { reopenedSeq: null } : {}),
			outcome,
			source,
			schemeGroup: group,
			placeSeq: seq,
			outcomeSeq: seq,
			outcomeWallS: stamp.wallS,
		});
	}

	#reverse(seq: number, { transaction, result }: RecordBody<"reversal">): void {
		const ended = result === "reversed" ? { reopenedSeq: null } : {};
		this.transactions.change(transaction, { reversal: result, reversalSeq: seq, ...ended });
	}

	#upload({ transaction, settlement, accepted }: RecordBody<"uploadSent">): void {
		const uploadAccepted = accepted ? 1 : 0;
		this.transactions.change(transaction, { uploadedSeq: settlement, uploadAccepted });
	}

	#settled(seq: number, { settlement, verdicts, uploadedCount }: RecordBody<"settleEnd">): void {
		this.settlements.change(settlement, { verdicts, uploadedCount, endSeq: seq });
	}

	#print(seq: number, { debt, state, row, by, reason }: RecordBody<"printProgress">): void {
		this.printDebts.change(debt, { state, row, stateBy: by, stateReason: reason, stateSeq: seq });
	}
}

function opened(seq: number, { body, stamp }: RecordOf<"intent">): Transaction {
	const { type, method, amountMinor, currency, trace, original, order, operator } = body;
	return {
		seq,
		type,
		method,
		amountMinor,
		currency,
		trace,
		original,
		orderId: order,
		operator,
		wallS: stamp.wallS,
		zoneMinutes: stamp.zoneMinutes,
		outcome: "open",
		placeSeq: seq,
		outcomeSeq: null,
		outcomeWallS: null,
		source: null,
		schemeGroup: null,
		scheme: null,
		reference: null,
		authorisation: null,
		response: null,
		lastFour: null,
		reversal: null,
		reversalSeq: null,
		contradicted: null,
		reopenedSeq: null,
		uploadedSeq: null,
		uploadAccepted: null,
	};
}

function begun(seq: number, { body, stamp }: RecordOf<"settleBegin">): Settlement {
	const { batch, first, last, trigger, currency, groups } = body;
	const { wallS, zoneMinutes } = stamp;
	const base = { seq, batch, firstSeq: first, lastSeq: last, trigger, currency, groups };
	return {
		...base,
		wallS,
		zoneMinutes,
		sentCount: 0,
		verdicts: [],
		endSeq: null,
		uploadedCount: 0,
	};
}

function owed(seq: number, { body, stamp }: RecordOf<"printDue">): PrintDebt {
	const { document, subject, copy, by, reason } = body;
	const base = { seq, document, subject, copy, by, reason, wallS: stamp.wallS };
	return { ...base, state: "due", row: 0, stateBy: null, stateReason: null, stateSeq: seq };
}

function closedOnly(record: RecordOf<"dayClose" | "shiftClose">): Period {
	const isDay = record.kind === "dayClose";
	return {
		seq: record.body.first,
		kind: isDay ? "day" : "shift",
		number: isDay ? record.body.day : record.body.shift,
		businessDate: isDay ? record.body.businessDate : null,
		operator: isDay ? null : record.body.operator,
		firstSeq: record.body.first,
		lastSeq: null,
		openS: record.stamp.wallS,
		closeS: null,
		carried: [],
		exceptions: [],
	};
}

type NotedRecord = Extract<AnyRecord, { kind: Note["kind"] }>;

function noted(seq: number, record: NotedRecord): Note {
	const { stamp, ...rest } = record;
	return { seq, wallS: stamp.wallS, ...rest };
}
