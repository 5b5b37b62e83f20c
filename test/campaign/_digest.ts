import { createHmac, hash } from "node:crypto";
import type { Digest } from "../../firmware/core/port.ts";

/** SHA-256 of the platform in one call: a recovery hashes some hundred small pieces, a campaign millions. */
export const digest: Digest = {
	sha256: (bytes) => new Uint8Array(hash("sha256", bytes, "buffer")),
	hmacSha256: (key, bytes) => new Uint8Array(createHmac("sha256", key).update(bytes).digest()),
};

export const { sha256 } = digest;
