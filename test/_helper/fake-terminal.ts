import { randomBytes } from "node:crypto";
import { hmacSha256, recordHash, sha256 } from "../../host/digest.ts";
import { genesisChain } from "../../protocol/chain.ts";
import { BATCH_RECORDS_MAX } from "../../protocol/limits.ts";
import { encodeUp, type UpBody, type UpType, type WireRecord } from "../../protocol/message.ts";
import { encodeRecord, type RecordBody, type RecordKind } from "../../protocol/record.ts";

const LAST_OF_GROUP = 1;

export interface JournalEntry extends WireRecord {
	readonly sequence: number;
	readonly chain: Uint8Array;
}

/**
 * A journal in memory with the chain of a real one, and the messages that a terminal would make of it. It keeps
 * no rules of the day: tests append whatever the story needs.
 */
export class FakeJournal {
	readonly terminal: string;
	readonly epoch: number;
	readonly genesis: Uint8Array;
	readonly entries: JournalEntry[] = [];
	wallS = 1_795_305_600;
	readonly zoneMinutes = 480;

	constructor(terminal: string, epoch = 1) {
		this.terminal = terminal;
		this.epoch = epoch;
		this.genesis = genesisChain(terminal, epoch, sha256);
	}

	get last(): number {
		return this.entries.length;
	}

	/** Appends a record and returns its sequence number. */
	append<K extends RecordKind>(kind: K, body: RecordBody<K>): number {
		const sequence = this.last + 1;
		this.wallS += 1;
		const stamp = {
			wallS: this.wallS,
			zoneMinutes: this.zoneMinutes,
			boot: 1,
			monotonicMs: sequence * 1000,
		};
		return this.appendWire({ ...encodeRecord(kind, stamp, body), flags: LAST_OF_GROUP });
	}

	appendWire(record: WireRecord): number {
		const sequence = this.last + 1;
		const chain = recordHash(this.chainAt(this.last), sequence, record);
		this.entries.push({ ...record, sequence, chain });
		return sequence;
	}

	/** A whole day that lacks nothing: sales, settlement, list and close. Returns the record that opened it. */
	wholeDay(businessDate: number, sales = 3, day = 1): number {
		const opened = this.openDay(businessDate, day);
		for (let sale = 0; sale < sales; sale++) this.sell(1000);
		const settlement = this.beginSettlement(day, opened, [debits(sales, sales * 1000)]);
		this.endSettlement(settlement);
		this.print("settlementSlip", settlement);
		this.print("dailyList", settlement);
		this.closeDay(opened, businessDate, day);
		return opened;
	}

	/** A sale with its outcome; returns the transaction's id. */
	sell(amountMinor = 1000, outcome: RecordBody<"outcome">["outcome"] = "approved"): number {
		const transaction = this.append("intent", {
			type: "sale",
			method: "card",
			amountMinor,
			currency: "CNY",
			trace: this.last % 999_999,
			original: null,
			order: null,
			operator: "01",
			request: this.last,
		});
		this.append("outcome", {
			transaction,
			outcome,
			source: "app",
			group: "domestic",
			scheme: "CUP",
			reference: `R${transaction}`,
			authorisation: "A1",
			response: "00",
			lastFour: "1234",
		});
		return transaction;
	}

	openDay(businessDate: number, day = 1): number {
		return this.append("dayOpen", { day, businessDate, carried: [] });
	}

	closeDay(first: number, businessDate: number, day = 1): number {
		return this.append("dayClose", { day, businessDate, first, exceptions: [] });
	}

	/** Begins the settlement of a batch with these totals; returns its id. */
	beginSettlement(
		batch: number,
		first: number,
		groups: RecordBody<"settleBegin">["groups"],
	): number {
		const last = this.last;
		const trigger = "operator";
		return this.append("settleBegin", { batch, first, last, trigger, currency: "CNY", groups });
	}

	/** Ends a settlement with one verdict for every group. */
	endSettlement(
		settlement: number,
		verdict: RecordBody<"settleEnd">["verdicts"][number]["verdict"] = "agreed",
	): number {
		const verdicts = [{ group: "domestic" as const, verdict }];
		this.append("settleVerdict", { settlement, verdicts });
		return this.append("settleEnd", { settlement, batch: 1, uploadedCount: 0, verdicts });
	}

	/** Makes a print due and ends it; returns the debt. */
	print(
		document: RecordBody<"printDue">["document"],
		subject: number,
		state: RecordBody<"printProgress">["state"] = "confirmed",
	): number {
		const debt = this.append("printDue", { document, subject, copy: 0, by: "01", reason: null });
		if (state !== "due")
			this.append("printProgress", { debt, state, row: 1, by: null, reason: null });
		return debt;
	}

	chainAt(sequence: number): Uint8Array {
		return this.entries[sequence - 1]?.chain ?? this.genesis;
	}

	batch(from: number, to = Math.min(this.last, from + BATCH_RECORDS_MAX - 1)): UpBody<"batch"> {
		const records = this.entries
			.slice(from - 1, to)
			.map(({ kind, flags, payload }) => ({ kind, flags, payload }));
		return { from, previousChain: this.chainAt(from - 1), records, endChain: this.chainAt(to) };
	}

	hello(watermark: number, first = 1): UpBody<"hello"> {
		return {
			nonce: randomBytes(16),
			firmware: "test 1",
			boot: 1,
			first,
			last: this.last,
			lastChain: this.chainAt(this.last),
			watermark,
			watermarkChain: this.chainAt(watermark),
			wallS: this.wallS,
			zoneMinutes: this.zoneMinutes,
		};
	}

	/** The message as bytes, sealed with a key. */
	seal<K extends UpType>(type: K, body: UpBody<K>, key: Uint8Array): Uint8Array {
		const { terminal, epoch } = this;
		return encodeUp({ terminal, epoch: type === "enrol" ? 0 : epoch }, type, body, {
			key,
			hmac: hmacSha256,
		});
	}
}

/** Totals of the domestic group with debits only. */
export function debits(debitCount: number, debitMinor: number) {
	const none = { creditCount: 0, creditMinor: 0, voidCount: 0, voidMinor: 0 };
	return { group: "domestic" as const, debitCount, debitMinor, ...none };
}
