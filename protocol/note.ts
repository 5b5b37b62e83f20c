import { fromBase64, toBase64 } from "./base64.ts";
import { concatBytes, equalBytes } from "./bytes.ts";
import type { Sha256 } from "./chain.ts";
import { CloseoutError } from "./error.ts";
import { encodeUtf8 } from "./utf8.ts";

/**
 * Signed notes (C2SP signed-note): a text that ends in a newline, an empty line, and a line for each signature.
 * A signature covers the text up to and with its last newline.
 */

/** What a key signs; the number is hashed into its key id (C2SP signed-note and tlog-cosignature). */
export const noteKeyType = { ed25519: 1, cosignature: 4 } as const;
export type NoteKeyType = (typeof noteKeyType)[keyof typeof noteKeyType];

export const PUBLIC_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;
const KEY_ID_BYTES = 4;
const DASH = "\u2014";

/** A public key with the name that it signs under. */
export interface NoteKey {
	readonly name: string;
	readonly type: NoteKeyType;
	/** 32 bytes, RFC 8032. */
	readonly publicKey: Uint8Array;
}

/** One signature line. `signature` is what stands behind the key id: 64 bytes, for a cosignature 8 more before them. */
export interface NoteSignature {
	readonly name: string;
	readonly keyId: Uint8Array;
	readonly signature: Uint8Array;
}

export interface Note {
	/** Ends in a newline. */
	readonly text: string;
	readonly signatures: readonly NoteSignature[];
}

/** The four bytes by which a reader finds the line of a key. */
export function keyIdOf({ name, type, publicKey }: NoteKey, sha256: Sha256): Uint8Array {
	const hashed = concatBytes(encodeUtf8(`${name}\n`), Uint8Array.of(type), publicKey);
	return sha256(hashed).slice(0, KEY_ID_BYTES);
}

export function formatNote({ text, signatures }: Note): string {
	const lines = signatures.map(
		({ name, keyId, signature }) => `${DASH} ${name} ${toBase64(concatBytes(keyId, signature))}\n`,
	);
	return `${text}\n${lines.join("")}`;
}

/** Reads a signed note. Throws `SCHEMA` for a text that is none. */
export function parseNote(note: string): Note {
	const end = note.lastIndexOf("\n\n");
	const lines = note.slice(end + 2).split("\n");
	if (end < 0 || lines.pop() !== "" || lines.length === 0) {
		throw new CloseoutError("SCHEMA", "this is no signed note: a text, an empty line, signatures");
	}
	return { text: note.slice(0, end + 1), signatures: lines.map(parseSignature) };
}

function parseSignature(line: string): NoteSignature {
	const match = /^\u2014 ([^ +]+) ([A-Za-z0-9+/=]+)$/.exec(line);
	const bytes = fromBase64(match?.[2] ?? "");
	if (match === null || bytes.length < KEY_ID_BYTES + SIGNATURE_BYTES) {
		throw new CloseoutError("SCHEMA", `"${line.slice(0, 40)}" is no signature line of a note`);
	}
	const keyId = bytes.slice(0, KEY_ID_BYTES);
	return { name: match[1] ?? "", keyId, signature: bytes.slice(KEY_ID_BYTES) };
}

/** The signature of a key in a note, by name and id; undefined when it has not signed. */
export function signatureOf(note: Note, key: NoteKey, sha256: Sha256): Uint8Array | undefined {
	const keyId = keyIdOf(key, sha256);
	return note.signatures.find((line) => line.name === key.name && equalBytes(line.keyId, keyId))
		?.signature;
}
