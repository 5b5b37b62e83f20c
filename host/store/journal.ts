import { sql } from "kysely";
import type { Address, UpBody, WireRecord } from "../../protocol/message.ts";
import { findCardNumber } from "../core/card.ts";
import {
	chainNeeded,
	type Judgement,
	judgeBatch,
	judgeLoss,
	lastOfBatch,
	lastOfLoss,
	type StreamHead,
} from "../core/stream.ts";
import type { Context, Writing } from "./database.ts";
import { encodeRecords, unpackBlock } from "./records.ts";
import { slices } from "./slices.ts";
import type { BlockTable, EvidenceTable, LossTable, StreamTable } from "./tables.ts";

/** One verified message that carries records. */
export type Delivery = Address & {
	/** Out of a file that a person imports: taken for an epoch that is over too, and a fork freezes nothing. */
	readonly isImported?: true;
} & (
		| { readonly type: "batch"; readonly body: UpBody<"batch"> }
		| { readonly type: "loss"; readonly body: UpBody<"loss"> }
	);

/** What a delivery came to, and where its stream stands durably after the whole commit. */
export interface Receipt {
	readonly delivery: Delivery;
	readonly judgement: Judgement["type"] | "unknownStream";
	/** The records that are missing before this delivery, for `gap`. */
	readonly missing?: { readonly from: number; readonly to: number };
	readonly detail?: string;
	readonly watermark: number;
	readonly chain: Uint8Array;
}

/** Forks and strays kept of one stream; beyond it they are counted as incidents only. */
export const EVIDENCE_BLOCKS_MAX = 64;

interface Open {
	row: StreamTable;
	changed: boolean;
	/** Evidence of the stream that is kept already; counted when it first matters. */
	evidence: number | undefined;
}

interface Pending {
	readonly blocks: BlockTable[];
	readonly losses: LossTable[];
	readonly evidence: EvidenceTable[];
}

/**
 * Writes deliveries of any number of streams in one transaction, which is durable when this returns: group
 * commit. The rows of the streams are locked first, always in the same order, so that several hosts can share
 * one database. Deliveries are judged in the order given.
 */
export async function commitDeliveries(
	context: Context,
	deliveries: readonly Delivery[],
): Promise<readonly Receipt[]> {
	return context.write
		.transaction()
		.execute((writing) => commitInside(context, writing, deliveries));
}

/** The same as a part of a transaction that does more. */
export async function commitInside(
	context: Context,
	writing: Writing,
	deliveries: readonly Delivery[],
): Promise<readonly Receipt[]> {
	if (deliveries.length === 0) return [];
	const streams = await lockStreams(context, writing, deliveries);
	const pending: Pending = { blocks: [], losses: [], evidence: [] };
	const judgements: Judgement[] = [];
	for (const delivery of deliveries) {
		judgements.push(await judge(context, writing, streams, pending, delivery));
	}
	await flush(writing, pending);
	await writeHeads(writing, streams);
	return deliveries.map((delivery, index) =>
		receipt(delivery, streams.get(streamId(delivery)), judgements[index]),
	);
}

function receipt(
	delivery: Delivery,
	stream: Open | undefined,
	judgement: Judgement | undefined,
): Receipt {
	if (stream === undefined || judgement === undefined) {
		return { delivery, judgement: "unknownStream", watermark: 0, chain: new Uint8Array(32) };
	}
	const { watermark, chain } = stream.row;
	const base = { delivery, judgement: judgement.type, watermark, chain };
	if (judgement.type === "gap")
		return { ...base, missing: { from: judgement.from, to: judgement.to } };
	return "detail" in judgement ? { ...base, detail: judgement.detail } : base;
}

function streamId({ terminal, epoch }: Address): string {
	return `${terminal}/${epoch}`;
}

async function lockStreams(
	context: Context,
	writing: Writing,
	deliveries: readonly Delivery[],
): Promise<Map<string, Open>> {
	const wanted = [...new Set(deliveries.map(({ terminal }) => terminal))];
	const query = writing
		.selectFrom("stream")
		.selectAll()
		.where("terminal", "in", wanted)
		.orderBy("terminal")
		.orderBy("epoch");
	const rows = await (context.kind === "postgres" ? query.forUpdate() : query).execute();
	return new Map(rows.map((row) => [streamId(row), { row, changed: false, evidence: undefined }]));
}

async function judge(
	context: Context,
	writing: Writing,
	streams: Map<string, Open>,
	pending: Pending,
	delivery: Delivery,
): Promise<Judgement> {
	const stream = streams.get(streamId(delivery));
	if (stream === undefined) return { type: "invalid", detail: "its stream is not known" };
	const { isImported = false } = delivery;
	const known = headOf(stream.row);
	const head = isImported ? { ...known, fenced: false } : known;
	const last = delivery.type === "batch" ? lastOfBatch(delivery.body) : lastOfLoss(delivery.body);
	if (last > stream.row.claimed) {
		stream.row = { ...stream.row, claimed: last };
		stream.changed = true;
	}
	const needed = chainNeeded(head, last);
	if (needed !== undefined) await flush(writing, pending);
	const stored =
		needed === undefined ? undefined : await chainAt(context, writing, delivery, needed);
	const judged =
		delivery.type === "batch"
			? judgeBatch(head, delivery.body, context.hash, stored)
			: judgeLoss(head, delivery.body, context.hash, stored);
	const judgement = isKept(judged) ? (cardIn(delivery) ?? judged) : judged;
	if (judgement.type === "card") {
		freeze(stream);
	} else if (judgement.type === "append") {
		append(stream, judgement, pending, delivery, context.nowS());
	} else if (judgement.type === "fork" || judgement.type === "stray") {
		await keepEvidence(writing, stream, pending, delivery, context.nowS(), judgement.type);
	} else if (judgement.type === "frozen") {
		await keepEvidence(writing, stream, pending, delivery, context.nowS(), "fork");
	}
	return judgement;
}

export function headOf(row: StreamTable): StreamHead {
	return {
		watermark: row.watermark,
		chain: row.chain,
		frozen: row.frozen !== 0,
		fenced: row.fencedS !== null,
	};
}

function append(
	stream: Open,
	{ from, records, previousChain, chain, loss }: Judgement & { readonly type: "append" },
	pending: Pending,
	delivery: Delivery,
	receivedS: number,
): void {
	const { terminal, epoch } = delivery;
	const place = { terminal, epoch, receivedS };
	if (loss !== undefined && delivery.type === "loss") {
		const { from: fromSeq, to: toSeq } = delivery.body;
		pending.losses.push({ ...place, fromSeq, toSeq, missingFrom: loss.missingFrom });
	}
	if (records.length > 0) {
		const bytes = encodeRecords(records);
		const range = { firstSeq: from, lastSeq: from + records.length - 1 };
		pending.blocks.push({ ...place, ...range, previousChain, endChain: chain, bytes });
	}
	const watermark = from + records.length - 1;
	stream.row = { ...stream.row, watermark, chain };
	stream.changed = true;
}

/** Judgements after which bytes of the delivery go into the database. */
function isKept({ type }: Judgement): boolean {
	return type === "append" || type === "fork" || type === "stray" || type === "frozen";
}

/** What the host says of a delivery with a card number in it, without the number. */
function cardIn(delivery: Delivery): (Judgement & { readonly type: "card" }) | undefined {
	const { body } = delivery;
	const isBatch = delivery.type === "batch";
	const records = isBatch ? delivery.body.records : nextOf(delivery.body);
	const found = findCardNumber(records, isBatch ? body.from : delivery.body.to + 1);
	if (found === undefined) return undefined;
	const { sequence, field } = found;
	const detail =
		`record ${sequence}, ${field}, holds what looks like a card number; nothing of its message was kept. ` +
		"Find who wrote it there, then enrol the terminal again";
	return { type: "card", detail };
}

function freeze(stream: Open): void {
	if (stream.row.frozen !== 0) return;
	stream.row = { ...stream.row, frozen: 1 };
	stream.changed = true;
}

async function keepEvidence(
	writing: Writing,
	stream: Open,
	pending: Pending,
	delivery: Delivery,
	receivedS: number,
	type: "fork" | "stray",
): Promise<void> {
	if (type === "fork" && delivery.isImported === undefined) freeze(stream);
	stream.evidence ??= await countEvidence(writing, delivery);
	if (stream.evidence >= EVIDENCE_BLOCKS_MAX) return;
	stream.evidence++;
	pending.evidence.push(evidenceOf(delivery, type, receivedS));
}

async function countEvidence(writing: Writing, { terminal, epoch }: Address): Promise<number> {
	const { kept } = await writing
		.selectFrom("evidence")
		.select((select) => select.fn.countAll<number>().as("kept"))
		.where("terminal", "=", terminal)
		.where("epoch", "=", epoch)
		.executeTakeFirstOrThrow();
	return kept;
}

function evidenceOf(delivery: Delivery, type: "fork" | "stray", receivedS: number): EvidenceTable {
	const { terminal, epoch } = delivery;
	const place = { terminal, epoch, type, receivedS, firstSeq: delivery.body.from };
	if (delivery.type === "batch") {
		const { previousChain, endChain, records } = delivery.body;
		const lastSeq = lastOfBatch(delivery.body);
		return { ...place, lastSeq, previousChain, endChain, bytes: encodeRecords(records) };
	}
	const { nextChain } = delivery.body;
	const bytes = encodeRecords(nextOf(delivery.body));
	const lastSeq = lastOfLoss(delivery.body);
	return { ...place, lastSeq, previousChain: new Uint8Array(0), endChain: nextChain, bytes };
}

function nextOf({ next }: UpBody<"loss">): readonly WireRecord[] {
	return next === null ? [] : [next];
}

/** Writes what has been judged so far, and forgets it here. */
async function flush(writing: Writing, pending: Pending): Promise<void> {
	for (const rows of slices(pending.blocks)) {
		await writing.insertInto("block").values(rows).execute();
	}
	for (const rows of slices(pending.losses)) {
		await writing
			.insertInto("loss")
			.values(rows)
			.onConflict((conflict) => conflict.doNothing())
			.execute();
	}
	for (const rows of slices(pending.evidence)) {
		await writing
			.insertInto("evidence")
			.values(rows)
			.onConflict((conflict) => conflict.columns(["terminal", "epoch", "endChain"]).doNothing())
			.execute();
	}
	pending.blocks.length = 0;
	pending.losses.length = 0;
	pending.evidence.length = 0;
}

/** The rows exist and are locked: the insert is an update of many rows in one statement. */
async function writeHeads(writing: Writing, streams: Map<string, Open>): Promise<void> {
	const changed = [...streams.values()].filter((stream) => stream.changed).map(({ row }) => row);
	for (const rows of slices(changed)) {
		await writing
			.insertInto("stream")
			.values(rows)
			.onConflict((conflict) =>
				conflict.columns(["terminal", "epoch"]).doUpdateSet({
					watermark: sql.ref("excluded.watermark"),
					chain: sql.ref("excluded.chain"),
					claimed: sql.ref("excluded.claimed"),
					frozen: sql.ref("excluded.frozen"),
				}),
			)
			.execute();
	}
}

/** The block that holds this record, or undefined where none does. */
export async function blockWith(
	database: Writing,
	{ terminal, epoch }: Address,
	sequence: number,
): Promise<BlockTable | undefined> {
	const block = await database
		.selectFrom("block")
		.selectAll()
		.where("terminal", "=", terminal)
		.where("epoch", "=", epoch)
		.where("firstSeq", "<=", sequence)
		.orderBy("firstSeq", "desc")
		.limit(1)
		.executeTakeFirst();
	return block && block.lastSeq >= sequence ? block : undefined;
}

/** The stored chain of one committed record, or undefined where it is not there. */
export async function chainAt(
	{ hash }: Context,
	database: Writing,
	stream: Address,
	sequence: number,
): Promise<Uint8Array | undefined> {
	const block = await blockWith(database, stream, sequence);
	if (block === undefined || block.lastSeq === sequence) return block?.endChain;
	return unpackBlock(block, hash)[sequence - block.firstSeq]?.chain;
}
