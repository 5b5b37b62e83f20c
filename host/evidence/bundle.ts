import { strToU8, zipSync } from "fflate";
import { toHex } from "../../protocol/bytes.ts";
import { formatNote, keyIdOf, type NoteKey, noteKeyType } from "../../protocol/note.ts";
import { encodeUtf8 } from "../../protocol/utf8.ts";
import { sha256 } from "../digest.ts";
import type { HostKey } from "../host-key.ts";

/** Names of an evidence bundle's own parts. */
export const MANIFEST_PART = "manifest.json";
export const SIGNATURE_PART = "manifest.note";
export const CASE_PART = "case.json";
export const ROWS_PART = "rows.json";

export const BUNDLE_FORMAT = "closeout-evidence";

/** Bytes of a bundle that is read; one of a case has a few hundred thousand. */
export const BUNDLE_BYTES_MAX = 64 * 1024 * 1024;

/** What stands in a bundle beside its manifest. */
export interface BundlePart {
	readonly name: string;
	readonly bytes: Uint8Array;
}

export interface Manifest {
	readonly format: typeof BUNDLE_FORMAT;
	readonly version: 1;
	readonly tenant: string;
	/** Id of the case. */
	readonly case: string;
	/** Seconds since 1970. */
	readonly createdS: number;
	/** Key that signs the manifest, and keys of the journals, as `closeout head show` prints them. */
	readonly hostKey: string;
	readonly journalKeys: readonly string[];
	readonly parts: readonly {
		readonly name: string;
		readonly size: number;
		/** SHA-256, hexadecimal. */
		readonly sha256: string;
	}[];
}

/** JSON of a part, for people too. */
export function jsonPart(name: string, value: unknown): BundlePart {
	return { name, bytes: encodeUtf8(`${JSON.stringify(value, undefined, "\t")}\n`) };
}

/** The key under which a host signs manifests. */
export function hostNoteKey({ name, publicKey }: Pick<HostKey, "name" | "publicKey">): NoteKey {
	return { name, type: noteKeyType.ed25519, publicKey };
}

/** What is signed of a manifest. */
export function manifestText(manifest: Uint8Array): string {
	return `${BUNDLE_FORMAT}/1\n${toHex(sha256(manifest))}\n`;
}

/** The one file: the parts, the manifest with their hashes, and the host's signature over it. */
export function packBundle(
	facts: Omit<Manifest, "format" | "version" | "parts">,
	parts: readonly BundlePart[],
	hostKey: HostKey,
): Uint8Array {
	const manifest: Manifest = {
		format: BUNDLE_FORMAT,
		version: 1,
		...facts,
		parts: parts.map(({ name, bytes }) => ({
			name,
			size: bytes.length,
			sha256: toHex(sha256(bytes)),
		})),
	};
	const { bytes } = jsonPart(MANIFEST_PART, manifest);
	const key = hostNoteKey(hostKey);
	const text = manifestText(bytes);
	const signature = hostKey.sign(encodeUtf8(text));
	const line = { name: key.name, keyId: keyIdOf(key, sha256), signature };
	const note = strToU8(formatNote({ text, signatures: [line] }));
	const all = [{ name: MANIFEST_PART, bytes }, { name: SIGNATURE_PART, bytes: note }, ...parts];
	const files = Object.fromEntries(all.map((part) => [part.name, part.bytes]));
	// One time for all, so that the same evidence gives the same file; 1980 is where ZIP begins to count.
	return zipSync(files, { mtime: new Date(1980, 0, 1) });
}
