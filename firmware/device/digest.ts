import { Digest as NativeDigest } from "crypt";
import type { Digest } from "../core/port.ts";

const BLOCK_BYTES = 64;

function sha256(...parts: readonly Uint8Array[]): Uint8Array {
	const digest = new NativeDigest("SHA256");
	for (const part of parts) digest.write(part);
	return new Uint8Array(digest.close());
}

function padded(key: Uint8Array, mask: number): Uint8Array {
	const block = new Uint8Array(BLOCK_BYTES).fill(mask);
	for (const [index, byte] of key.entries()) block[index] = byte ^ mask;
	return block;
}

/** SHA-256 in native code, and HMAC (RFC 2104) over it. */
export const deviceDigest: Digest = {
	sha256: (bytes) => sha256(bytes),
	hmacSha256: (key, bytes) => {
		const short = key.length > BLOCK_BYTES ? sha256(key) : key;
		return sha256(padded(short, 0x5c), sha256(padded(short, 0x36), bytes));
	},
};
