import { createHash, createHmac } from "node:crypto";

/** HMAC-SHA-256 of the platform; this file is the one that another engine replaces. */
export function hmac(key: Uint8Array, bytes: Uint8Array): Uint8Array {
	return new Uint8Array(createHmac("sha256", key).update(bytes).digest());
}

/** SHA-256 of the platform. */
export function sha256(bytes: Uint8Array): Uint8Array {
	return new Uint8Array(createHash("sha256").update(bytes).digest());
}
