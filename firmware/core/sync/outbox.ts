import { BATCH_RECORDS_MAX, MESSAGE_BYTES_MAX } from "../../../protocol/limits.ts";
import type { UpBody, WireRecord } from "../../../protocol/message.ts";

/** A record with what the host needs to check its place. */
export interface ChainedRecord {
	readonly sequence: number;
	readonly kind: number;
	readonly flags: number;
	readonly payload: Uint8Array;
	readonly chain: Uint8Array;
}

/** A place in the stream: a sequence number and the chain hash that ends there. */
export interface Position {
	readonly sequence: number;
	readonly chain: Uint8Array;
}

/** The journal as an outbox: what is kept is sent until the host has said that it holds it. */
export interface Outbox {
	head(): Position;
	/** The oldest record still on the media. */
	first(): number;
	watermark(): Position;
	/** Chain at the end of this record, 0 being the genesis; undefined when the media do not hold it. */
	chainAt(sequence: number): Uint8Array | undefined;
	scanChained(from: number, to: number, visit: (record: ChainedRecord) => boolean): void;
	/** Moves the watermark when the chain is the journal's own. */
	acknowledge(sequence: number, chain: Uint8Array): boolean;
}

/** The same for those who only look: nothing that they do moves the watermark. */
export type OutboxReader = Omit<Outbox, "acknowledge">;

/** Room in a message for the envelope and the fields around the records, and for the head of each record. */
const ENVELOPE_BYTES = 256;
const RECORD_HEAD_BYTES = 8;

/** The next message of the stream, and the last record that it accounts for. */
export type Parcel =
	| { readonly type: "batch"; readonly body: UpBody<"batch">; readonly end: number }
	| { readonly type: "loss"; readonly body: UpBody<"loss">; readonly end: number };

/**
 * As many records from `from` on as one message holds; or, where the records from there on are destroyed, the
 * word that they are, with the next one that is left, so that the stream can go on.
 */
export function parcelFrom(outbox: OutboxReader, from: number, head: number): Parcel {
	const records: WireRecord[] = [];
	let endChain: Uint8Array | undefined;
	let bytes = ENVELOPE_BYTES;
	outbox.scanChained(from, Math.min(head, from + BATCH_RECORDS_MAX - 1), (record) => {
		bytes += record.payload.length + RECORD_HEAD_BYTES;
		if (bytes > MESSAGE_BYTES_MAX) return false;
		if (record.sequence !== from + records.length) return false;
		records.push(wire(record));
		endChain = record.chain;
		return true;
	});
	const previousChain = outbox.chainAt(from - 1);
	if (endChain === undefined || previousChain === undefined) return loss(outbox, from, head);
	const end = from + records.length - 1;
	return { type: "batch", body: { from, previousChain, records, endChain }, end };
}

function loss(outbox: OutboxReader, from: number, head: number): Parcel {
	let next: ChainedRecord | undefined;
	outbox.scanChained(from, head, (record) => {
		next = record;
		return false;
	});
	const to = next === undefined ? head : next.sequence - 1;
	const nextChain = next?.chain ?? outbox.head().chain;
	const body = { from, to, next: next === undefined ? null : wire(next), nextChain };
	return { type: "loss", body, end: next?.sequence ?? head };
}

function wire({ kind, flags, payload }: ChainedRecord): WireRecord {
	return { kind, flags, payload };
}
