import { createHmac } from "node:crypto";
import type { Digest } from "../../firmware/core/port.ts";
import { sha256 as hostSha256 } from "../../host/digest.ts";

/** SHA-256 of the platform, as the `Digest` port. Byte arrays of plain type, as the device gives them. */
export const digest: Digest = {
	sha256: (bytes) => Uint8Array.from(hostSha256(bytes)),
	hmacSha256: (key, bytes) => Uint8Array.from(createHmac("sha256", key).update(bytes).digest()),
};

export const sha256 = digest.sha256;
