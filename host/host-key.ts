import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { toHex } from "../protocol/bytes.ts";
import { CloseoutError } from "../protocol/error.ts";
import { sha256 } from "./digest.ts";

/** The key of this host, which cosigns heads that it has found consistent. */
export interface HostKey {
	/** Name of its signature lines; different for every key. */
	readonly name: string;
	/** 32 bytes, RFC 8032. */
	readonly publicKey: Uint8Array;
	/** 64 bytes of Ed25519 over these bytes. */
	sign(bytes: Uint8Array): Uint8Array;
}

export const HOST_KEY_FILE = "host-key.pem";
const OWNER_ONLY = 0o600;

/**
 * The key in the data folder (PKCS #8, readable by its owner only); made at the first start. Several hosts of one
 * database need the same file. Throws `USAGE` for a file that holds no Ed25519 key.
 */
export async function openHostKey(dataDir: string): Promise<HostKey> {
	const path = join(dataDir, HOST_KEY_FILE);
	const pem = await readFile(path, "utf8").catch(() => makeKey(path));
	try {
		const key = createPrivateKey(pem);
		const { x = "" } = createPublicKey(key).export({ format: "jwk" });
		const publicKey = new Uint8Array(Buffer.from(x, "base64url"));
		return {
			name: hostKeyName(publicKey),
			publicKey,
			sign: (bytes) => new Uint8Array(sign(null, bytes, key)),
		};
	} catch (cause) {
		const message = `${path} holds no Ed25519 key; restore it from a backup or move it away`;
		throw new CloseoutError("USAGE", message, { cause });
	}
}

/** The name that a host's key signs under; it follows from the key, so that the key alone is enough to verify. */
export function hostKeyName(publicKey: Uint8Array): string {
	return `closeout-host/${toHex(sha256(publicKey).slice(0, 4))}`;
}

/** Whole or not there: a power cut while it is made leaves no half of a key. */
async function makeKey(path: string): Promise<string> {
	const { privateKey } = generateKeyPairSync("ed25519");
	const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
	const fresh = `${path}.new`;
	await rm(fresh, { force: true });
	await writeFile(fresh, pem, { mode: OWNER_ONLY, flag: "wx", flush: true });
	await rename(fresh, path);
	return pem;
}
