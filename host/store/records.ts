import { decodeCbor, encodeCbor } from "../../protocol/cbor.ts";
import { CloseoutError } from "../../protocol/error.ts";
import { upMessages, type WireRecord } from "../../protocol/message.ts";
import type { RecordHash } from "../core/stream.ts";

/** A record of the journal with its place and its chain. `chain` is as told where a loss lies before it. */
export interface StoredRecord extends WireRecord {
	readonly sequence: number;
	readonly chain: Uint8Array;
}

export interface StoredBlock {
	readonly firstSeq: number;
	readonly lastSeq: number;
	readonly previousChain: Uint8Array;
	readonly endChain: Uint8Array;
	readonly bytes: Uint8Array;
}

/** The bytes of a block: canonical, so the same records always give the same bytes. */
export function encodeRecords(records: readonly WireRecord[]): Uint8Array {
	return encodeCbor(records.map(({ kind, flags, payload }) => [kind, flags, payload]));
}

/** Records of a block's bytes. Throws `CHAIN_BROKEN` when they are not what was written. */
export function decodeRecords(bytes: Uint8Array, where: string): readonly WireRecord[] {
	try {
		return upMessages.batch.body.decode([1, zeros, decodeCbor(bytes), zeros], where).records;
	} catch (cause) {
		throw new CloseoutError(
			"CHAIN_BROKEN",
			`${where}: its bytes in the database are damaged; restore a backup or ask the terminal again`,
			{ cause },
		);
	}
}

const zeros = new Uint8Array(32);

/** The records of a block with their chains. The last one is checked against the block's end by `isWhole`. */
export function unpackBlock(block: StoredBlock, hash: RecordHash): readonly StoredRecord[] {
	const where = `block ${block.firstSeq} to ${block.lastSeq}`;
	const unpacked: StoredRecord[] = [];
	let chain = block.previousChain;
	for (const [index, record] of decodeRecords(block.bytes, where).entries()) {
		const sequence = block.firstSeq + index;
		chain = chain.length === 0 ? block.endChain : hash(chain, sequence, record);
		unpacked.push({ ...record, sequence, chain });
	}
	return unpacked;
}
