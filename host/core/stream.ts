import { equalBytes } from "../../protocol/bytes.ts";
import type { UpBody, WireRecord } from "../../protocol/message.ts";

/** Chain of a record from the one before it; see the on-media record in `protocol`. 32 bytes. */
export type RecordHash = (previous: Uint8Array, sequence: number, record: WireRecord) => Uint8Array;

/** Where the host stands with one life of a terminal's journal. */
export interface StreamHead {
	readonly watermark: number;
	readonly chain: Uint8Array;
	/** A fork was found: nothing is added until a person has looked. */
	readonly frozen: boolean;
	/** A later epoch has replaced this one. */
	readonly fenced: boolean;
}

/** What becomes of a message that carries records. */
export type Judgement =
	| {
			readonly type: "append";
			/** Sequence of the first record in `records`; records that were there already are cut off. */
			readonly from: number;
			readonly records: readonly WireRecord[];
			/** Empty when the chain before the first record is lost. */
			readonly previousChain: Uint8Array;
			readonly chain: Uint8Array;
			/** Set for a report of destroyed records: the first one that the host lacks as well, if any. */
			readonly loss?: { readonly missingFrom: number | null };
	  }
	/** All of it is there already, with the same chain. */
	| { readonly type: "duplicate" }
	/** `from` to `to` must come first. */
	| { readonly type: "gap"; readonly from: number; readonly to: number }
	/** Contradicts what is there. */
	| { readonly type: "fork" }
	/** Records of a range that was reported lost, or that cannot be compared: kept aside. */
	| { readonly type: "stray" }
	/** A record holds a card number: the stream is frozen, and nothing of the message is kept. */
	| { readonly type: "card"; readonly detail: string }
	| { readonly type: "frozen" }
	| { readonly type: "fenced" }
	/** The message contradicts itself, whoever made it. */
	| { readonly type: "invalid"; readonly detail: string };

const none = new Uint8Array(0);

/** The sequence below the watermark whose stored chain `judgeBatch` and `judgeLoss` need, if any. */
export function chainNeeded(head: StreamHead, last: number): number | undefined {
	return last >= 1 && last < head.watermark ? last : undefined;
}

export function lastOfBatch(batch: UpBody<"batch">): number {
	return batch.from + batch.records.length - 1;
}

export function lastOfLoss(loss: UpBody<"loss">): number {
	return loss.next === null ? loss.to : loss.to + 1;
}

/**
 * Decides about a batch. `stored` is the host's chain at the batch's last sequence where `chainNeeded` asked for
 * it. One comparison is enough wherever batch and stream overlap: equal chains mean equal records before them.
 */
export function judgeBatch(
	head: StreamHead,
	batch: UpBody<"batch">,
	hash: RecordHash,
	stored?: Uint8Array,
): Judgement {
	if (batch.from < 1 || batch.records.length === 0)
		return { type: "invalid", detail: "a batch without records or without a first sequence" };
	let chain = batch.previousChain;
	let atWatermark = batch.from === head.watermark + 1 ? chain : undefined;
	for (const [index, record] of batch.records.entries()) {
		chain = hash(chain, batch.from + index, record);
		if (batch.from + index === head.watermark) atWatermark = chain;
	}
	if (!equalBytes(chain, batch.endChain))
		return { type: "invalid", detail: "the batch does not end in the chain that it names" };
	if (head.fenced) return { type: "fenced" };
	if (head.frozen) return { type: "frozen" };
	if (batch.from > head.watermark + 1)
		return { type: "gap", from: head.watermark + 1, to: batch.from - 1 };
	if (lastOfBatch(batch) < head.watermark) return judgeOld(chain, stored);
	if (atWatermark === undefined || !equalBytes(atWatermark, head.chain)) return { type: "fork" };
	if (lastOfBatch(batch) === head.watermark) return { type: "duplicate" };
	const from = head.watermark + 1;
	const records = batch.records.slice(from - batch.from);
	return { type: "append", from, records, previousChain: head.chain, chain };
}

/** Decides about a report of destroyed records, in the same manner. */
export function judgeLoss(
	head: StreamHead,
	loss: UpBody<"loss">,
	hash: RecordHash,
	stored?: Uint8Array,
): Judgement {
	// A loss of nothing before a record says that the chain to it is lost, although the record itself is not.
	const isEmpty = loss.to < loss.from - (loss.next === null ? 0 : 1);
	if (loss.from < 1 || isEmpty) return { type: "invalid", detail: "a loss whose range is empty" };
	if (head.fenced) return { type: "fenced" };
	if (head.frozen) return { type: "frozen" };
	if (loss.from > head.watermark + 1)
		return { type: "gap", from: head.watermark + 1, to: loss.from - 1 };
	const last = lastOfLoss(loss);
	if (last < head.watermark) {
		return loss.next === null ? { type: "duplicate" } : judgeOld(loss.nextChain, stored);
	}
	if (last > head.watermark) return appendAfterLoss(head, loss, hash);
	if (equalBytes(loss.nextChain, head.chain)) return { type: "duplicate" };
	// The host holds the last record that the terminal lost, but the terminal goes on without its chain.
	return loss.next === null ? appendAfterLoss(head, loss, hash) : { type: "fork" };
}

/** The stream goes on. The chain is checked where the host holds all that was destroyed, else taken as told. */
function appendAfterLoss(
	head: StreamHead,
	{ to, next, nextChain }: UpBody<"loss">,
	hash: RecordHash,
): Judgement {
	const isHeld = to === head.watermark;
	const isChained =
		isHeld && next !== null && equalBytes(hash(head.chain, to + 1, next), nextChain);
	return {
		type: "append",
		from: to + 1,
		records: next === null ? [] : [next],
		previousChain: isChained ? head.chain : none,
		chain: nextChain,
		loss: { missingFrom: isHeld ? null : head.watermark + 1 },
	};
}

/**
 * Compares what a terminal says of its journal with the stream. `stored` is the host's chain at the terminal's
 * last record where `chainNeeded` asked for it. `behind` is a terminal that has lost records the host holds.
 */
export function judgeHello(
	head: StreamHead,
	hello: UpBody<"hello">,
	stored?: Uint8Array,
): "ok" | "fork" | "behind" {
	const { last, lastChain, watermark, watermarkChain } = hello;
	if (watermark === head.watermark && !equalBytes(watermarkChain, head.chain)) return "fork";
	if (last === head.watermark) return equalBytes(lastChain, head.chain) ? "ok" : "fork";
	if (last > head.watermark) return "ok";
	return stored !== undefined && !equalBytes(lastChain, stored) ? "fork" : "behind";
}

function judgeOld(chain: Uint8Array, stored: Uint8Array | undefined): Judgement {
	if (stored === undefined) return { type: "stray" };
	return equalBytes(chain, stored) ? { type: "duplicate" } : { type: "fork" };
}
