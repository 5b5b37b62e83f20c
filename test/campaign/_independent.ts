import { hash } from "node:crypto";

/**
 * What the journal promises, computed once more from the written description of the media and from nothing of
 * the code under test.
 */

export interface KnownRecord {
	readonly sequence: number;
	readonly kind: number;
	readonly flags: number;
	readonly payload: Uint8Array;
	readonly chain: Uint8Array;
}

function sha256(...parts: readonly Uint8Array[]): Uint8Array {
	return new Uint8Array(hash("sha256", Buffer.concat(parts), "buffer"));
}

function u64(value: number): Uint8Array {
	const bytes = Buffer.alloc(8);
	bytes.writeBigUInt64BE(BigInt(value));
	return bytes;
}

/** The chain before the first record. */
export function genesis(terminalId: string, epoch: number): Uint8Array {
	return sha256(Buffer.from(`closeout/genesis/1\0${terminalId}\0`), u64(epoch));
}

/** The chain after a record: SHA-256 of the chain before it, its 16 bytes of head, and its payload. */
export function chainAfter(previous: Uint8Array, record: Omit<KnownRecord, "chain">): Uint8Array {
	const { sequence, kind, flags, payload } = record;
	const head = Buffer.alloc(16);
	head.set([0xc5, 1, kind, flags, payload.length >> 8, payload.length & 0xff]);
	head.set(u64(sequence), 8);
	return sha256(previous, head, payload);
}
