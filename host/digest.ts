import { createHmac, hash } from "node:crypto";
import { nextChain } from "../protocol/chain.ts";
import type { RecordHash } from "./core/stream.ts";

/** SHA-256, FIPS 180-4; 32 bytes. By way of text, since a buffer made by the native side costs more than the hash. */
export function sha256(bytes: Uint8Array): Uint8Array {
	return Buffer.from(hash("sha256", bytes, "binary"), "binary");
}

/** HMAC-SHA-256, RFC 2104; 32 bytes. */
export function hmacSha256(key: Uint8Array, bytes: Uint8Array): Uint8Array {
	return createHmac("sha256", key).update(bytes).digest();
}

/** The chain rule of the protocol over the digest of this platform. */
export const recordHash: RecordHash = (previous, sequence, record) =>
	nextChain(previous, { ...record, sequence }, sha256);
