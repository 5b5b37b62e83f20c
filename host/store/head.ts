import { concatBytes, equalBytes, toHex } from "../../protocol/bytes.ts";
import { CHAIN_BYTES } from "../../protocol/chain.ts";
import { cosignedBytes, lastOfHead, type StreamOf } from "../../protocol/checkpoint.ts";
import { CloseoutError } from "../../protocol/error.ts";
import type { Address } from "../../protocol/message.ts";
import { type AnyRecord, decodeRecord, recordKinds } from "../../protocol/record.ts";
import { StreamTree } from "../../protocol/stream-tree.ts";
import {
	type HeadVerdict,
	headOf,
	judgeHead,
	type OwnHead,
	type SignedHead,
} from "../core/head.ts";
import { sha256 } from "../digest.ts";
import { verifyEd25519 } from "../ed25519.ts";
import type { HostKey } from "../host-key.ts";
import type { Context, Writing } from "./database.ts";
import { addIncident } from "./incident.ts";
import { type StoredRecord, unpackBlock } from "./records.ts";
import { lockStream } from "./stream.ts";
import type { BlockTable, SignedHeadTable, StreamTreeTable } from "./tables.ts";

/** Blocks taken in one transaction: a step stays short beside the commits of new records. */
const BLOCKS_PER_STEP = 20;

/** A head as the host keeps it. */
export interface KeptHead extends SignedHead {
	/** Record that holds it. */
	readonly seq: number;
	readonly verdict: HeadVerdict;
	readonly receivedS: number;
	readonly cosigned: {
		readonly hostKey: Uint8Array;
		readonly timeS: number;
		readonly signature: Uint8Array;
	} | null;
}

export interface HeadsAdvanced {
	/** Heads that were judged now, in order. */
	readonly heads: readonly KeptHead[];
	/** True when all that is committed is in the tree. */
	readonly isDone: boolean;
}

/**
 * Takes the next records of a stream into its tree, judges the heads among them and cosigns those that are
 * consistent. All of it is one durable transaction, and a head that is kept is never changed: so no two heads of one
 * size are ever cosigned. What is inconsistent becomes an incident.
 */
export async function advanceHeads(
	context: Context,
	stream: Address,
	hostKey: HostKey,
): Promise<HeadsAdvanced> {
	return context.write.transaction().execute(async (writing) => {
		const row = await lockStream(context, writing, stream);
		if (row === undefined) return { heads: [], isDone: true };
		const { terminal, epoch, watermark } = row;
		const { tenant } = await writing
			.selectFrom("terminal")
			.select("tenant")
			.where("terminal", "=", terminal)
			.executeTakeFirstOrThrow();
		const walk = new HeadWalk({ context, writing, hostKey, stream: { tenant, terminal, epoch } });
		await walk.open();
		if (walk.next > watermark) return { heads: [], isDone: true };
		const blocks = await readBlocks(writing, stream, walk.next, BLOCKS_PER_STEP);
		for (const block of blocks) await walk.take(block);
		if (blocks.length > 0) await walk.save();
		return { heads: walk.heads, isDone: blocks.length < BLOCKS_PER_STEP };
	});
}

async function readBlocks(
	writing: Writing,
	{ terminal, epoch }: Address,
	from: number,
	limit: number,
): Promise<readonly BlockTable[]> {
	return writing
		.selectFrom("block")
		.selectAll()
		.where("terminal", "=", terminal)
		.where("epoch", "=", epoch)
		.where("lastSeq", ">=", from)
		.orderBy("firstSeq")
		.limit(limit)
		.execute();
}

interface WalkOptions {
	readonly context: Context;
	readonly writing: Writing;
	readonly hostKey: HostKey;
	readonly stream: StreamOf;
}

class HeadWalk {
	readonly #options: WalkOptions;
	readonly heads: KeptHead[] = [];
	#tree = new StreamTree(sha256);
	#publicKey: Uint8Array | undefined;

	constructor(options: WalkOptions) {
		this.#options = options;
	}

	get next(): number {
		return this.#tree.next;
	}

	/** Takes up the tree where it was left. */
	async open(): Promise<void> {
		const { writing, stream } = this.#options;
		const row = await writing
			.selectFrom("streamTree")
			.selectAll()
			.where("terminal", "=", stream.terminal)
			.where("epoch", "=", stream.epoch)
			.executeTakeFirst();
		if (row === undefined) return;
		const { firstSeq: first, size, roots, publicKey } = row;
		this.#tree = new StreamTree(sha256, { first, size, roots: parted(roots) });
		this.#publicKey = publicKey ?? undefined;
	}

	async take(block: BlockTable): Promise<void> {
		let previous: Uint8Array | undefined = block.previousChain;
		for (const record of unpackBlock(block, this.#options.context.hash)) {
			const { sequence, kind } = record;
			const chain = previous.length === CHAIN_BYTES ? previous : undefined;
			previous = record.chain;
			if (sequence < this.#tree.next) continue;
			if (kind === recordKinds.signingKey.number) await this.#takeKey(record);
			if (kind === recordKinds.signedHead.number) await this.#takeHead(record, chain);
			this.#tree.add(record);
		}
	}

	async save(): Promise<void> {
		const { writing, stream } = this.#options;
		const { terminal, epoch } = stream;
		const { first: firstSeq, size, roots } = this.#tree.save();
		const kept: Omit<StreamTreeTable, "terminal" | "epoch"> = {
			firstSeq,
			size,
			roots: concatBytes(...roots),
			publicKey: this.#publicKey ?? null,
		};
		await writing
			.insertInto("streamTree")
			.values({ terminal, epoch, ...kept })
			.onConflict((conflict) => conflict.columns(["terminal", "epoch"]).doUpdateSet(kept))
			.execute();
	}

	/** The first key of an epoch counts: a later one is not believed. */
	async #takeKey(record: StoredRecord): Promise<void> {
		const decoded = readable(record);
		if (decoded?.kind !== "signingKey") return;
		const { publicKey } = decoded.body;
		this.#publicKey ??= publicKey;
		if (equalBytes(this.#publicKey, publicKey)) return;
		await this.#note("head", `record ${record.sequence} names another key than the stream's first`);
	}

	async #takeHead(record: StoredRecord, chain: Uint8Array | undefined): Promise<void> {
		const { stream } = this.#options;
		const { sequence } = record;
		const decoded = readable(record);
		if (decoded?.kind !== "signedHead") return;
		const head = headOf(stream, decoded.body);
		const own = await this.#ownHead(head, sequence, chain);
		const verdict = judgeHead(head, sequence, own, {
			publicKey: this.#publicKey,
			sha256,
			verify: verifyEd25519,
		});
		await this.#keep(head, sequence, verdict);
		if (verdict === "fork") {
			const roots = `signed ${toHex(head.root).slice(0, 16)}, held ${toHex(own?.root ?? new Uint8Array()).slice(0, 16)}`;
			const range = `${head.first} to ${lastOfHead(head)}`;
			await this.#note("fork", `the head in record ${sequence} over ${range} differs: ${roots}`);
		} else if (verdict === "badSignature" || verdict === "noKey") {
			const why = verdict === "noKey" ? "has no key here" : "is not signed with the stream's key";
			await this.#note("head", `the head in record ${sequence} ${why}`);
		}
	}

	/** The head that the host's records have; a terminal may have begun its tree later than the host. */
	async #ownHead(
		head: SignedHead,
		sequence: number,
		chain: Uint8Array | undefined,
	): Promise<OwnHead | undefined> {
		if (head.first < this.#tree.first || head.first >= sequence) return undefined;
		if (head.first > this.#tree.first) {
			const later = await this.#treeFrom(head.first, sequence - 1);
			if (later.first !== head.first) return undefined;
			this.#tree = later;
		}
		return { root: this.#tree.root(), chain };
	}

	async #treeFrom(first: number, last: number): Promise<StreamTree> {
		const { writing, stream, context } = this.#options;
		const tree = new StreamTree(sha256, { first, size: 0, roots: [] });
		while (tree.next <= last) {
			const blocks = await readBlocks(writing, stream, tree.next, BLOCKS_PER_STEP);
			if (blocks.length === 0) break;
			for (const record of blocks.flatMap((block) => unpackBlock(block, context.hash))) {
				if (record.sequence >= tree.next && record.sequence <= last) tree.add(record);
			}
		}
		return tree;
	}

	async #keep(head: SignedHead, seq: number, verdict: HeadVerdict): Promise<void> {
		const { writing, context, hostKey } = this.#options;
		const { terminal, epoch, first: firstSeq, size, root, chain, keyId, signature } = head;
		const timeS = context.nowS();
		const isCosigned = verdict === "consistent";
		const cosignature = isCosigned ? hostKey.sign(cosignedBytes(head, timeS)) : null;
		const row: SignedHeadTable = {
			...{ terminal, epoch, seq, firstSeq, size, root, chain, keyId, signature, verdict },
			receivedS: timeS,
			hostKey: isCosigned ? hostKey.publicKey : null,
			cosignedS: isCosigned ? timeS : null,
			cosignature,
		};
		await writing
			.insertInto("signedHead")
			.values(row)
			.onConflict((conflict) => conflict.doNothing())
			.execute();
		this.heads.push(keptHead(row, head.tenant));
	}

	async #note(type: "fork" | "head", detail: string): Promise<void> {
		const { context, writing, stream } = this.#options;
		const { terminal, epoch } = stream;
		await addIncident(context, writing, { terminal, epoch, type, detail });
	}
}

/** A record that this version cannot read is kept as it came, and is no head for it. */
function readable(record: StoredRecord): AnyRecord | undefined {
	try {
		return decodeRecord(record);
	} catch (error) {
		if (error instanceof CloseoutError) return undefined;
		throw error;
	}
}

function parted(roots: Uint8Array): readonly Uint8Array[] {
	return Array.from({ length: roots.length / CHAIN_BYTES }, (_, index) =>
		roots.slice(index * CHAIN_BYTES, (index + 1) * CHAIN_BYTES),
	);
}

function keptHead(row: SignedHeadTable, tenant: string): KeptHead {
	const { terminal, epoch, seq, firstSeq: first, size, root, chain, keyId, signature } = row;
	const { verdict, receivedS, hostKey, cosignedS: timeS, cosignature } = row;
	const isCosigned = hostKey !== null && timeS !== null && cosignature !== null;
	return {
		...{ tenant, terminal, epoch, seq, first, size, root, chain, keyId, signature },
		verdict,
		receivedS,
		cosigned: isCosigned ? { hostKey, timeS, signature: cosignature } : null,
	};
}

export interface HeadFilter extends Address {
	/** Only heads over so many records. */
	readonly size?: number;
	/** Default: 100. */
	readonly limit?: number;
}

/** The heads of a stream, the newest first. */
export async function listHeads(
	{ read }: Context,
	{ terminal, epoch, size, limit = 100 }: HeadFilter,
): Promise<readonly KeptHead[]> {
	const rows = await read
		.selectFrom("signedHead")
		.innerJoin("terminal", "terminal.terminal", "signedHead.terminal")
		.selectAll("signedHead")
		.select("terminal.tenant")
		.where("signedHead.terminal", "=", terminal)
		.where("signedHead.epoch", "=", epoch)
		.$if(size !== undefined, (query) => query.where("size", "=", size ?? 0))
		.orderBy("seq", "desc")
		.limit(limit)
		.execute();
	return rows.map(({ tenant, ...row }) => keptHead(row, tenant));
}

/** The last head that was found consistent, with the cosignature of it. */
export async function lastCosigned(
	{ read }: Context,
	{ terminal, epoch }: Address,
): Promise<KeptHead | undefined> {
	const row = await read
		.selectFrom("signedHead")
		.innerJoin("terminal", "terminal.terminal", "signedHead.terminal")
		.selectAll("signedHead")
		.select("terminal.tenant")
		.where("signedHead.terminal", "=", terminal)
		.where("signedHead.epoch", "=", epoch)
		.where("verdict", "=", "consistent")
		.orderBy("seq", "desc")
		.limit(1)
		.executeTakeFirst();
	if (row === undefined) return undefined;
	const { tenant, ...own } = row;
	return keptHead(own, tenant);
}

/** The key that the heads of a stream are signed with; undefined when the host has got none. */
export async function signingKey(
	{ read }: Context,
	{ terminal, epoch }: Address,
): Promise<Uint8Array | undefined> {
	const row = await read
		.selectFrom("streamTree")
		.select("publicKey")
		.where("terminal", "=", terminal)
		.where("epoch", "=", epoch)
		.executeTakeFirst();
	return row?.publicKey ?? undefined;
}

/** Streams with records that are not in their tree yet: after a crash, or from before there were trees. */
export async function listUntreed({ read }: Context): Promise<readonly Address[]> {
	return read
		.selectFrom("stream")
		.leftJoin("streamTree", (join) =>
			join
				.onRef("streamTree.terminal", "=", "stream.terminal")
				.onRef("streamTree.epoch", "=", "stream.epoch"),
		)
		.select(["stream.terminal", "stream.epoch"])
		.where("stream.watermark", ">", 0)
		.where((where) =>
			where.or([
				where("streamTree.size", "is", null),
				where(
					"stream.watermark",
					">=",
					where("streamTree.firstSeq", "+", where.ref("streamTree.size")),
				),
			]),
		)
		.orderBy("stream.terminal")
		.orderBy("stream.epoch")
		.execute();
}
