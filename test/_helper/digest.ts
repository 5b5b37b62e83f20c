import { createHash, createHmac } from "node:crypto";
import type { Digest } from "../../firmware/core/port.ts";

/**
 * SHA-256 of the platform, as the `Digest` port. Byte arrays of plain type, as the device gives them. Not the host's,
 * which needs more of Node than the tests find inside XS.
 */
export const digest: Digest = {
	sha256: (bytes) => Uint8Array.from(createHash("sha256").update(bytes).digest()),
	hmacSha256: (key, bytes) => Uint8Array.from(createHmac("sha256", key).update(bytes).digest()),
};

export const sha256 = digest.sha256;
