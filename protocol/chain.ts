import { concatBytes } from "./bytes.ts";
import { CloseoutError } from "./error.ts";
import { u64 } from "./media-bytes.ts";
import { encodeUtf8 } from "./utf8.ts";

/** SHA-256, FIPS 180-4; 32 bytes. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

export const CHAIN_BYTES = 32;
/** Flag of a record: it ends its group; a group without it never happened. */
export const FLAG_LAST_OF_GROUP = 1;

/** First byte of every frame on the media: format version 1. */
export const FRAME_MAGIC = 0xc5;
export const FRAME_HEAD_BYTES = 16;
export const frameType = { record: 1, checkpoint: 2, seal: 3, gap: 4 } as const;
export type FrameType = (typeof frameType)[keyof typeof frameType];

/** What the head of a frame says; for a record, what the host knows of it from the wire. */
export interface FrameHead {
	readonly type: FrameType;
	readonly kind: number;
	readonly flags: number;
	readonly length: number;
	readonly sequence: number;
}

/** The 16 bytes that stand before a payload on the media and are hashed with it. */
export function encodeFrameHead({ type, kind, flags, length, sequence }: FrameHead): Uint8Array {
	const head = new Uint8Array(FRAME_HEAD_BYTES);
	putFrameHead(head, 0, { type, kind, flags, length, sequence });
	return head;
}

/** Byte by byte, since a view costs more than all of it and this is done twice for every record that is read. */
function putFrameHead(
	bytes: Uint8Array,
	at: number,
	{ type, kind, flags, length, sequence }: FrameHead,
): void {
	bytes[at] = FRAME_MAGIC;
	bytes[at + 1] = type;
	bytes[at + 2] = kind;
	bytes[at + 3] = flags;
	bytes[at + 4] = length >> 8;
	bytes[at + 5] = length;
	const high = Math.floor(sequence / 0x1_0000_0000);
	for (let index = 0; index < 4; index++) {
		bytes[at + 8 + index] = high >>> (24 - 8 * index);
		bytes[at + 12 + index] = sequence >>> (24 - 8 * index);
	}
}

/** A record as both sides hash it. */
export interface ChainedRecord {
	readonly kind: number;
	readonly flags: number;
	readonly sequence: number;
	readonly payload: Uint8Array;
}

/** Something to hash: `before`, then the head and the payload of a record. */
function withRecord(
	before: Uint8Array,
	{ kind, flags, sequence, payload }: ChainedRecord,
): Uint8Array {
	const { length } = payload;
	const at = before.length;
	const bytes = new Uint8Array(at + FRAME_HEAD_BYTES + length);
	bytes.set(before);
	putFrameHead(bytes, at, { type: frameType.record, kind, flags, length, sequence });
	bytes.set(payload, at + FRAME_HEAD_BYTES);
	return bytes;
}

/** Chain hash of a record: SHA-256(previous chain ‖ head ‖ payload). */
export function nextChain(previous: Uint8Array, record: ChainedRecord, sha256: Sha256): Uint8Array {
	return sha256(withRecord(previous, record));
}

/** The chain before record 1 of a journal formatted for this terminal with this epoch. */
export function genesisChain(terminalId: string, epoch: number, sha256: Sha256): Uint8Array {
	return sha256(concatBytes(encodeUtf8(`closeout/genesis/1\0${terminalId}\0`), u64(epoch)));
}

/**
 * The chain after records `from` to `to` that may have existed and cannot be read any more, while nothing
 * valid follows them: the next record chains to this.
 */
export function gapChain(
	previous: Uint8Array,
	gap: { readonly from: number; readonly to: number; readonly hash: Uint8Array },
	sha256: Sha256,
): Uint8Array {
	const domain = encodeUtf8("closeout/gap/1\0");
	return sha256(concatBytes(domain, previous, u64(gap.from), u64(gap.to), gap.hash));
}

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** Leaf hash of a record in a segment's tree (RFC 6962, section 2.1: prefix 0x00). */
export function leafHash(record: ChainedRecord, sha256: Sha256): Uint8Array {
	return sha256(withRecord(LEAF, record));
}

/**
 * A Merkle tree (RFC 6962, section 2.1) that grows leaf by leaf and keeps only the roots of its complete
 * subtrees: at most one hash for each bit of the leaf count.
 */
export class MerkleTree {
	readonly #sha256: Sha256;
	#complete: { readonly leaves: number; readonly hash: Uint8Array }[] = [];
	#count = 0;

	/** Goes on from a tree of `count` leaves; `roots` are those of its complete subtrees, see `completeRoots`. */
	constructor(sha256: Sha256, count = 0, roots: readonly Uint8Array[] = []) {
		this.#sha256 = sha256;
		this.#count = count;
		let left = count;
		for (const hash of roots) {
			let leaves = 1;
			while (leaves * 2 <= left) leaves *= 2;
			this.#complete.push({ leaves, hash });
			left -= leaves;
		}
		if (left === 0) return;
		throw new CloseoutError("SCHEMA", `${roots.length} roots are not those of ${count} leaves`);
	}

	get count(): number {
		return this.#count;
	}

	/** Roots of the complete subtrees, the largest first: all that is needed to go on. */
	get completeRoots(): readonly Uint8Array[] {
		return this.#complete.map(({ hash }) => hash);
	}

	add(leaf: Uint8Array): void {
		let node = { leaves: 1, hash: leaf };
		for (;;) {
			const left = this.#complete.at(-1);
			if (left?.leaves !== node.leaves) break;
			this.#complete.pop();
			node = { leaves: node.leaves * 2, hash: this.#join(left.hash, node.hash) };
		}
		this.#complete.push(node);
		this.#count += 1;
	}

	/** Root over the leaves added so far; SHA-256 of nothing for none. */
	root(): Uint8Array {
		const last = this.#complete.at(-1);
		if (last === undefined) return this.#sha256(new Uint8Array(0));
		let hash = last.hash;
		for (const { hash: left } of this.#complete.slice(0, -1).reverse()) {
			hash = this.#join(left, hash);
		}
		return hash;
	}

	#join(left: Uint8Array, right: Uint8Array): Uint8Array {
		return this.#sha256(concatBytes(NODE, left, right));
	}
}
