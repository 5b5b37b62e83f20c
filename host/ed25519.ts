import { createPublicKey, type KeyObject, verify } from "node:crypto";

/** The key of 32 bytes (RFC 8032) as the platform has it. Undefined for bytes that are none. */
function publicKeyOf(bytes: Uint8Array): KeyObject | undefined {
	const x = Buffer.from(bytes).toString("base64url");
	try {
		return createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
	} catch {
		return undefined;
	}
}

/** True when this is the Ed25519 signature of the key over the bytes. */
export function verifyEd25519(
	publicKey: Uint8Array,
	bytes: Uint8Array,
	signature: Uint8Array,
): boolean {
	const key = publicKeyOf(publicKey);
	return key !== undefined && verify(null, bytes, key, signature);
}
