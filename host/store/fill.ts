import { genesisChain } from "../../protocol/chain.ts";
import { BATCH_RECORDS_MAX } from "../../protocol/limits.ts";
import type { Address } from "../../protocol/message.ts";
import {
	type AsidePiece,
	isNextTo,
	lastOfPiece,
	type PlacedRecord,
	piecesOf,
	runAfter,
	runBefore,
	type Versions,
} from "../core/aside.ts";
import { sha256 } from "../digest.ts";
import type { Context, Writing } from "./database.ts";
import { blockWith, chainAt } from "./journal.ts";
import { encodeRecords, unpackBlock } from "./records.ts";
import { slices } from "./slices.ts";
import type { BlockTable } from "./tables.ts";

export interface SequenceRange {
	readonly from: number;
	readonly to: number;
}

const none = new Uint8Array(0);

/**
 * Puts records into ranges that the terminal reported as lost and the host never had. Only what the chain proves
 * goes in: from the record before the range on, or back from the record behind it. Returns what was put in.
 */
export async function fillLosses(
	context: Context,
	writing: Writing,
	stream: Address,
	versions: Versions,
): Promise<readonly SequenceRange[]> {
	const filled: SequenceRange[] = [];
	const losses = await writing
		.selectFrom("loss")
		.selectAll()
		.where("terminal", "=", stream.terminal)
		.where("epoch", "=", stream.epoch)
		.where("missingFrom", "is not", null)
		.orderBy("fromSeq")
		.execute();
	for (const loss of losses) {
		const { fromSeq, toSeq, missingFrom } = loss;
		const holes = await missingIn(writing, stream, missingFrom ?? toSeq, toSeq);
		const before = filled.length;
		for (const hole of holes) {
			if (!hasAny(versions, hole)) continue;
			filled.push(...(await fillHole(context, writing, stream, hole, versions)));
		}
		if (filled.length > before || holes.length === 0)
			await narrow(writing, stream, { fromSeq, toSeq, missingFrom: missingFrom ?? toSeq });
	}
	return filled;
}

function hasAny(versions: Versions, { from, to }: SequenceRange): boolean {
	return [...versions.keys()].some((sequence) => sequence >= from && sequence <= to);
}

/** Ranges that no block covers. */
async function missingIn(
	writing: Writing,
	{ terminal, epoch }: Address,
	from: number,
	to: number,
): Promise<readonly SequenceRange[]> {
	const blocks = await writing
		.selectFrom("block")
		.select(["firstSeq", "lastSeq"])
		.where("terminal", "=", terminal)
		.where("epoch", "=", epoch)
		.where("lastSeq", ">=", from)
		.where("firstSeq", "<=", to)
		.orderBy("firstSeq")
		.execute();
	const missing: SequenceRange[] = [];
	let next = from;
	for (const { firstSeq, lastSeq } of blocks) {
		if (firstSeq > next) missing.push({ from: next, to: firstSeq - 1 });
		next = Math.max(next, lastSeq + 1);
	}
	if (next <= to) missing.push({ from: next, to });
	return missing;
}

async function fillHole(
	context: Context,
	writing: Writing,
	stream: Address,
	{ from, to }: SequenceRange,
	versions: Versions,
): Promise<readonly SequenceRange[]> {
	const { hash } = context;
	const chain =
		from === 1
			? genesisChain(stream.terminal, stream.epoch, sha256)
			: await chainAt(context, writing, stream, from - 1);
	const behind = await recordAt(context, writing, stream, to + 1);
	const start = chain && runAfter({ sequence: from - 1, chain }, versions, hash, to);
	const last = start?.at(-1);
	if (chain && start && last?.sequence === to) {
		// What reaches the record behind the range and does not lead to it is not what was lost.
		if (behind !== undefined && !isNextTo(last.chain, behind, hash)) return [];
		await insertBlocks(context, writing, stream, piecesOf(start, chain, BATCH_RECORDS_MAX));
		if (behind !== undefined) await join(writing, stream, last);
		return [{ from, to }];
	}
	const filled: SequenceRange[] = [];
	if (chain && start && last) {
		await insertBlocks(context, writing, stream, piecesOf(start, chain, BATCH_RECORDS_MAX));
		filled.push({ from, to: last.sequence });
	}
	const end = behind ? runBefore(behind, versions, hash, (last?.sequence ?? from - 1) + 1) : [];
	const [first] = end;
	const final = end.at(-1);
	if (first && final) {
		await insertBlocks(context, writing, stream, piecesOf(end, none, BATCH_RECORDS_MAX));
		await join(writing, stream, final);
		filled.push({ from: first.sequence, to: final.sequence });
	}
	return filled;
}

async function recordAt(
	{ hash }: Context,
	writing: Writing,
	stream: Address,
	sequence: number,
): Promise<PlacedRecord | undefined> {
	const block = await blockWith(writing, stream, sequence);
	const record = block && unpackBlock(block, hash)[sequence - block.firstSeq];
	return record && { sequence, record, chain: record.chain };
}

/** The record behind what was filled in had no chain to follow from; now it has. */
async function join(
	writing: Writing,
	{ terminal, epoch }: Address,
	{ sequence, chain }: PlacedRecord,
): Promise<void> {
	await writing
		.updateTable("block")
		.set({ previousChain: chain })
		.where("terminal", "=", terminal)
		.where("epoch", "=", epoch)
		.where("firstSeq", "=", sequence + 1)
		.execute();
}

async function insertBlocks(
	{ nowS }: Context,
	writing: Writing,
	stream: Address,
	pieces: readonly AsidePiece[],
): Promise<void> {
	for (const rows of slices(pieces.map((piece) => blockOf(stream, piece, nowS())))) {
		await writing.insertInto("block").values(rows).execute();
	}
}

export function blockOf(
	{ terminal, epoch }: Address,
	piece: AsidePiece,
	receivedS: number,
): BlockTable {
	const { from, previousChain, endChain, records } = piece;
	const range = { firstSeq: from, lastSeq: lastOfPiece(piece) };
	const bytes = encodeRecords(records);
	return { terminal, epoch, ...range, previousChain, endChain, receivedS, bytes };
}

/** A report of lost records says from now on what is still missing of them; null when nothing is. */
async function narrow(
	writing: Writing,
	stream: Address,
	loss: { readonly fromSeq: number; readonly toSeq: number; readonly missingFrom: number },
): Promise<void> {
	const { fromSeq, toSeq } = loss;
	const left = await missingIn(writing, stream, loss.missingFrom, toSeq);
	const to = left.at(-1)?.to ?? toSeq;
	const missingFrom = left[0]?.from ?? null;
	const { terminal, epoch } = stream;
	const there = await writing
		.selectFrom("loss")
		.select("toSeq")
		.where((where) => where.and({ terminal, epoch, fromSeq, toSeq: to }))
		.executeTakeFirst();
	if (to !== toSeq && there !== undefined) {
		const emptied = writing.deleteFrom("loss");
		await emptied.where((where) => where.and({ terminal, epoch, fromSeq, toSeq })).execute();
		return;
	}
	await writing
		.updateTable("loss")
		.set({ missingFrom, toSeq: to })
		.where((where) => where.and({ terminal, epoch, fromSeq, toSeq }))
		.execute();
}
