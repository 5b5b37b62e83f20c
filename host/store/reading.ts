import { equalBytes } from "../../protocol/bytes.ts";
import { genesisChain } from "../../protocol/chain.ts";
import { CloseoutError } from "../../protocol/error.ts";
import type { Address } from "../../protocol/message.ts";
import { sha256 } from "../digest.ts";
import type { Context } from "./database.ts";
import { decodeRecords, type StoredBlock, type StoredRecord, unpackBlock } from "./records.ts";

/** Records given at once; ask again from the one after the last. */
export const RECORDS_READ_MAX = 10_000;
const BLOCKS_PER_PAGE = 200;

/**
 * The records `from` to `to` of a stream with their chains, at most `RECORDS_READ_MAX`, in order. Lost ones are
 * missing. Throws `CHAIN_BROKEN` when the bytes in the database are damaged.
 */
export async function readRecords(
	context: Context,
	range: Address & { readonly from: number; readonly to: number },
): Promise<readonly StoredRecord[]> {
	const records: StoredRecord[] = [];
	let from = range.from;
	while (from <= range.to && records.length < RECORDS_READ_MAX) {
		const blocks = await readBlocks(context, range, from);
		if (blocks.length === 0) break;
		for (const block of blocks) {
			const unpacked = unpackBlock(block, context.hash);
			records.push(...unpacked.filter(({ sequence }) => sequence >= from && sequence <= range.to));
		}
		from = (blocks.at(-1)?.lastSeq ?? range.to) + 1;
	}
	return records.slice(0, RECORDS_READ_MAX);
}

async function readBlocks(
	{ read }: Context,
	{ terminal, epoch }: Address,
	from: number,
): Promise<readonly StoredBlock[]> {
	return read
		.selectFrom("block")
		.select(["firstSeq", "lastSeq", "previousChain", "endChain", "bytes"])
		.where("terminal", "=", terminal)
		.where("epoch", "=", epoch)
		.where("lastSeq", ">=", from)
		.orderBy("firstSeq")
		.limit(BLOCKS_PER_PAGE)
		.execute();
}

export interface Loss extends Address {
	readonly fromSeq: number;
	readonly toSeq: number;
	/** First record that the host lacks as well; null when it holds them all. */
	readonly missingFrom: number | null;
	readonly receivedS: number;
}

/** What the terminal reported as destroyed. */
export async function listLosses(
	{ read }: Context,
	{ terminal, epoch }: Address,
): Promise<readonly Loss[]> {
	return read
		.selectFrom("loss")
		.selectAll()
		.where("terminal", "=", terminal)
		.where("epoch", "=", epoch)
		.orderBy("fromSeq")
		.execute();
}

export interface Verification {
	readonly records: number;
	readonly watermark: number;
	/** Ranges that are lost and explained by a report of the terminal. */
	readonly losses: readonly Loss[];
	/** What is wrong, in words; empty when the stream is whole. */
	readonly problems: readonly string[];
}

/**
 * Computes every chain of a stream anew from the records and compares: block by block, from the beginning to
 * the watermark. Reads in pages, so memory does not grow with the journal. Throws `TERMINAL_UNKNOWN`.
 */
export async function verifyStream(context: Context, stream: Address): Promise<Verification> {
	const { terminal, epoch } = stream;
	const head = await context.read
		.selectFrom("stream")
		.select(["watermark", "chain"])
		.where("terminal", "=", terminal)
		.where("epoch", "=", epoch)
		.executeTakeFirst();
	if (head === undefined) {
		const message = `terminal ${terminal} has no journal of epoch ${epoch} here; see its epochs`;
		throw new CloseoutError("TERMINAL_UNKNOWN", message);
	}
	const losses = await listLosses(context, stream);
	const walk = new ChainWalk(context, losses, genesisChain(terminal, epoch, sha256));
	while (walk.last < head.watermark) {
		const blocks = await readBlocks(context, stream, walk.last + 1);
		if (blocks.length === 0) break;
		for (const block of blocks) walk.take(block);
	}
	walk.end(head.watermark, head.chain);
	return { records: walk.records, watermark: head.watermark, losses, problems: walk.problems };
}

class ChainWalk {
	readonly #context: Context;
	readonly #losses: readonly Loss[];
	#chain: Uint8Array;
	last = 0;
	records = 0;
	readonly problems: string[] = [];

	constructor(context: Context, losses: readonly Loss[], genesis: Uint8Array) {
		this.#context = context;
		this.#losses = losses;
		this.#chain = genesis;
	}

	take(block: StoredBlock): void {
		const { firstSeq, lastSeq, previousChain, endChain } = block;
		this.#checkJoint(firstSeq, previousChain);
		try {
			const records = decodeRecords(block.bytes, `block ${firstSeq} to ${lastSeq}`);
			let chain = previousChain;
			for (const [index, record] of records.entries()) {
				chain = chain.length === 0 ? endChain : this.#context.hash(chain, firstSeq + index, record);
			}
			if (records.length !== lastSeq - firstSeq + 1 || !equalBytes(chain, endChain))
				this.problems.push(
					`records ${firstSeq} to ${lastSeq} do not give the chain kept with them`,
				);
			this.records += records.length;
		} catch (error) {
			if (!(error instanceof CloseoutError)) throw error;
			this.problems.push(error.message);
		}
		this.#chain = endChain;
		this.last = lastSeq;
	}

	end(watermark: number, chain: Uint8Array): void {
		this.#checkHole(watermark + 1);
		if (!equalBytes(this.#chain, chain) && !this.#losses.some(({ toSeq }) => toSeq === watermark))
			this.problems.push(`the stream's own mark at record ${watermark} has another chain`);
	}

	#checkJoint(firstSeq: number, previousChain: Uint8Array): void {
		this.#checkHole(firstSeq);
		if (equalBytes(previousChain, this.#chain) && firstSeq === this.last + 1) return;
		if (!this.#losses.some(({ toSeq }) => toSeq === firstSeq - 1))
			this.problems.push(`record ${firstSeq} does not chain to the one before it`);
	}

	#checkHole(next: number): void {
		const from = this.last + 1;
		if (next <= from || this.#isExplained(from, next - 1)) return;
		this.problems.push(`records ${from} to ${next - 1} are missing and not reported as lost`);
	}

	/** True when the terminal's reports cover all of these records. */
	#isExplained(from: number, to: number): boolean {
		let next = from;
		for (const { fromSeq, toSeq } of this.#losses) {
			if (fromSeq <= next && toSeq >= next) next = toSeq + 1;
		}
		return next > to;
	}
}

export interface Evidence extends Address {
	readonly type: "fork" | "stray";
	readonly firstSeq: number;
	readonly lastSeq: number;
	readonly receivedS: number;
	readonly records: readonly StoredRecord[];
}

/** Records that contradict the stream or came for a range reported lost, with what they say. */
export async function listEvidence(
	context: Context,
	{ terminal, epoch }: Address,
): Promise<readonly Evidence[]> {
	const rows = await context.read
		.selectFrom("evidence")
		.selectAll()
		.where("terminal", "=", terminal)
		.where("epoch", "=", epoch)
		.orderBy("firstSeq")
		.orderBy("receivedS")
		.execute();
	return rows.map((row) => {
		const { type, firstSeq, lastSeq, receivedS } = row;
		const records = unpackBlock(row, context.hash);
		return { terminal, epoch, type, firstSeq, lastSeq, receivedS, records };
	});
}
