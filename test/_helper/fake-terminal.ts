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
