import { createHmac } from "node:crypto";

/** HMAC-SHA-256 of the platform; the one import that another engine replaces. */
export function hmac(key: Uint8Array, bytes: Uint8Array): Uint8Array {
	return new Uint8Array(createHmac("sha256", key).update(bytes).digest());
}
