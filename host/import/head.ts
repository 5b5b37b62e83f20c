import { fromBase64, toBase64 } from "../../protocol/base64.ts";
import { concatBytes, equalBytes, toHex } from "../../protocol/bytes.ts";
import type { ChainedRecord } from "../../protocol/chain.ts";
import { formatCheckpoint, parseCheckpoint, type TreeHead } from "../../protocol/checkpoint.ts";
import { CloseoutError } from "../../protocol/error.ts";
import {
	formatNote,
	keyIdOf,
	type NoteKey,
	noteKeyType,
	PUBLIC_KEY_BYTES,
	parseNote,
	signatureOf,
} from "../../protocol/note.ts";
import { parseHeadSeal } from "../../protocol/paper-seal.ts";
import { StreamTree } from "../../protocol/stream-tree.ts";
import { encodeUtf8 } from "../../protocol/utf8.ts";
import { headKey } from "../core/head.ts";
import { sha256 } from "../digest.ts";
import { verifyEd25519 } from "../ed25519.ts";
import { hostKeyName } from "../host-key.ts";
import type { KeptHead } from "../store/head.ts";

/** A head in somebody's hands, with the signatures that came along. */
export interface GivenHead {
	readonly head: TreeHead;
	/** Signature of the stream's key, by the key that it is to be of. */
	signatureBy(publicKey: Uint8Array): Uint8Array | undefined;
}

/** Reads a signed note, or the QR code of a status slip. Throws `SCHEMA` when the text is neither. */
export function readHead(text: string): GivenHead {
	if (/^closeout-head:/i.test(text.replaceAll(/\s/g, ""))) {
		const { signature, ...head } = parseHeadSeal(text);
		return { head, signatureBy: () => signature };
	}
	const note = parseNote(text);
	const head = parseCheckpoint(note.text);
	return {
		head,
		signatureBy: (publicKey) => signatureOf(note, headKey(head, publicKey), sha256),
	};
}

/** True when the head in a note or QR text is signed with this key. Throws `SCHEMA` for a text that is none. */
export function verifyHead(text: string, publicKey: Uint8Array): boolean {
	const { head, signatureBy } = readHead(text);
	const signature = signatureBy(publicKey);
	const signed = encodeUtf8(formatCheckpoint(head));
	return signature !== undefined && verifyEd25519(publicKey, signed, signature);
}

/** A tree over records, and the chain at its end. */
export interface RecordsHead {
	/** Record that is the first leaf. */
	readonly first: number;
	readonly size: number;
	readonly root: Uint8Array;
	readonly chain: Uint8Array | undefined;
}

type Given = ChainedRecord & { readonly chain?: Uint8Array };

/** Grows the tree over the records `first` to `last` of a stream; others are left out. */
export class RecordsTree {
	readonly #first: number;
	readonly #last: number;
	readonly #tree: StreamTree;
	#chain: Uint8Array | undefined;

	constructor(first: number, last: number) {
		this.#first = first;
		this.#last = last;
		this.#tree = new StreamTree(sha256, { first, size: 0, roots: [] });
	}

	/** Takes the next record in order. */
	add(record: Given): void {
		if (record.sequence < this.#first || record.sequence > this.#last) return;
		this.#tree.add(record);
		if (record.sequence === this.#last) this.#chain = record.chain;
	}

	/** Behind a gap a tree begins anew, so `first` and `size` say what it covers. */
	head(): RecordsHead {
		const { first, size } = this.#tree;
		return { first, size, root: this.#tree.root(), chain: this.#chain };
	}
}

/** Root over the records `first` to `last` among these, which are in order. */
export function rootOf(records: Iterable<Given>, first: number, last: number): RecordsHead {
	const tree = new RecordsTree(first, last);
	for (const record of records) tree.add(record);
	return tree.head();
}

/** How a head stands to records: by its root where they reach back to its first one, else by its chain. */
export function compareHead(
	head: TreeHead,
	own: RecordsHead,
): "same" | "sameChain" | "differs" | "notHeld" {
	if (own.chain === undefined) return "notHeld";
	if (!equalBytes(own.chain, head.chain)) return "differs";
	if (own.first !== head.first || own.size !== head.size) return "sameChain";
	return equalBytes(own.root, head.root) ? "same" : "differs";
}

/** A head of the host's store as a signed note, with the cosignature where there is one. */
export function noteOf(head: KeptHead, publicKey: Uint8Array): string {
	const own = headKey(head, publicKey);
	const signatures = [{ name: own.name, keyId: head.keyId, signature: head.signature }];
	if (head.cosigned !== null) {
		const { hostKey, timeS, signature } = head.cosigned;
		const key = cosignerKey(hostKey);
		const time = new Uint8Array(8);
		new DataView(time.buffer).setBigUint64(0, BigInt(timeS));
		const line = { keyId: keyIdOf(key, sha256), signature: concatBytes(time, signature) };
		signatures.push({ name: key.name, ...line });
	}
	return formatNote({ text: formatCheckpoint(head), signatures });
}

export function cosignerKey(publicKey: Uint8Array): NoteKey {
	return { name: hostKeyName(publicKey), type: noteKeyType.cosignature, publicKey };
}

/** A public key as text: name, key id and key (the verifier keys of Go's checksum database and of C2SP). */
export function formatKey(key: NoteKey): string {
	const typed = concatBytes(Uint8Array.of(key.type), key.publicKey);
	return `${key.name}+${toHex(keyIdOf(key, sha256))}+${toBase64(typed)}`;
}

/** The key of such a text, of a signer or of a cosigner. Throws `USAGE` when it is none. */
export function parseAnyKey(text: string): NoteKey {
	const match = /^([^ +]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text.trim());
	const typed = match === null ? new Uint8Array() : bytesOf(match[3] ?? "");
	const type = Object.values(noteKeyType).find((known) => known === typed[0]);
	const publicKey = typed.slice(1);
	const key = type && { name: match?.[1] ?? "", type, publicKey };
	const isWhole = key !== undefined && publicKey.length === PUBLIC_KEY_BYTES;
	if (isWhole && toHex(keyIdOf(key, sha256)) === match?.[2]) return key;
	const message = `"${text.slice(0, 40)}" is no public key; "closeout head show" prints it`;
	throw new CloseoutError("USAGE", message);
}

/** The key of a signer. Throws `USAGE` when the text is none. */
export function parseKey(text: string): NoteKey {
	const key = parseAnyKey(text);
	if (key.type === noteKeyType.ed25519) return key;
	throw new CloseoutError("USAGE", `${key.name}: this is the key of a cosigner; give the signer's`);
}

function bytesOf(base64: string): Uint8Array {
	try {
		return fromBase64(base64);
	} catch {
		return new Uint8Array();
	}
}
