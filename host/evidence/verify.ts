import { equalBytes, toHex } from "../../protocol/bytes.ts";
import { leafHash } from "../../protocol/chain.ts";
import {
	cosignedBytes,
	parseCheckpoint,
	streamName,
	type TreeHead,
} from "../../protocol/checkpoint.ts";
import { CloseoutError } from "../../protocol/error.ts";
import { type Note, type NoteKey, parseNote, signatureOf } from "../../protocol/note.ts";
import { decodeRecord } from "../../protocol/record.ts";
import { encodeUtf8 } from "../../protocol/utf8.ts";
import { verifyInclusion } from "../core/inclusion.ts";
import { sha256 } from "../digest.ts";
import { verifyEd25519 } from "../ed25519.ts";
import { cosignerKey, parseAnyKey } from "../import/head.ts";
import { readZip } from "../statement/zip.ts";
import { toJson } from "../store/book-rows.ts";
import { MANIFEST_PART, manifestText, SIGNATURE_PART } from "./bundle.ts";
import { type Excerpt, type ExcerptRecord, noteName } from "./journal.ts";
import { readExcerpt, readManifest } from "./schema.ts";

/** What was found about one part; everything but `good` and `held` does not fit. */
export type FindingType =
	/** As it was when the bundle was made. */
	| "good"
	/** A record that no signed head covers yet: the host's word only. */
	| "held"
	/** The file is no ZIP archive that can be read. */
	| "archive"
	| "missing"
	/** Named in no manifest. */
	| "extra"
	/** In the archive more than once. */
	| "twice"
	/** Not the bytes that the manifest names. */
	| "altered"
	/** Cannot be read as what it should be. */
	| "unreadable"
	/** Not signed, or not by the key that stands in the manifest. */
	| "signature"
	/** Signed by another key than the one that was given. */
	| "otherKey"
	/** The record, or what is said of it, is not the one in the signed head. */
	| "proof"
	/** Of another tenant, terminal or epoch than the part says. */
	| "stream"
	/** The host's receipt, the cosignature of the head, is not there or does not fit. */
	| "receipt";

export interface Finding {
	readonly type: FindingType;
	readonly part: string;
	/** The record of the journal that it is about; 0 for a part as a whole. */
	readonly sequence: number;
}

export interface Verified {
	readonly isRight: boolean;
	/** Id of the case; "" when there is no manifest. */
	readonly case: string;
	readonly createdS: number;
	readonly hostKey: string;
	/** True when the key of the host was given by who asks, and not only taken from the file. */
	readonly isKeyGiven: boolean;
	readonly findings: readonly Finding[];
}

const fine: readonly FindingType[] = ["good", "held"];

/**
 * Checks a bundle without anything but itself: hashes of all parts, the host's signature over the manifest, the
 * terminals' signatures and the host's cosignatures of the heads, and the way from each record to its head. `keys` are
 * those that the reader trusts; what they have not signed does not fit. Never throws for what a file may hold.
 */
export function verifyEvidence(bytes: Uint8Array, keys: readonly NoteKey[]): Verified {
	const archive = open(bytes);
	const check = new Check(archive.parts, keys);
	for (const part of archive.twice) check.find("twice", part);
	for (const part of archive.broken) check.find("altered", part);
	if (!archive.isReadable) check.find("archive", "");
	else check.run();
	return check.result();
}

interface Archive {
	readonly isReadable: boolean;
	readonly parts: ReadonlyMap<string, Uint8Array>;
	readonly twice: readonly string[];
	/** Parts that cannot be unpacked. */
	readonly broken: readonly string[];
}

function open(bytes: Uint8Array): Archive {
	const parts = new Map<string, Uint8Array>();
	const seen = new Set<string>();
	const twice: string[] = [];
	const broken: string[] = [];
	try {
		for (const { name, read } of readZip("evidence", bytes)) {
			if (seen.has(name)) twice.push(name);
			seen.add(name);
			const part = attempt(read);
			if (part === undefined) broken.push(name);
			else parts.set(name, part);
		}
	} catch (error) {
		if (!(error instanceof CloseoutError) && !(error instanceof RangeError)) throw error;
		return { isReadable: false, parts, twice, broken };
	}
	return { isReadable: true, parts, twice, broken };
}

/** Undefined for what cannot be unpacked or parsed: whose fault that is, is said by the caller. */
function attempt<T>(run: () => T): T | undefined {
	try {
		return run();
	} catch (error) {
		if (error instanceof CloseoutError || error instanceof RangeError) return undefined;
		throw error;
	}
}

class Check {
	readonly #parts: ReadonlyMap<string, Uint8Array>;
	readonly #given: readonly NoteKey[];
	readonly #findings: Finding[] = [];
	#facts = { case: "", createdS: 0, hostKey: "" };
	#hostKey: NoteKey | undefined;
	#journalKeys: readonly NoteKey[] = [];

	constructor(parts: ReadonlyMap<string, Uint8Array>, given: readonly NoteKey[]) {
		this.#parts = parts;
		this.#given = given;
	}

	find(type: FindingType, part: string, sequence = 0): void {
		this.#findings.push({ type, part, sequence });
	}

	result(): Verified {
		const isRight = this.#findings.every(({ type }) => fine.includes(type));
		const isKeyGiven = this.#given.some((key) => isHost(key));
		return { isRight, ...this.#facts, isKeyGiven, findings: this.#findings };
	}

	run(): void {
		const bytes = this.#parts.get(MANIFEST_PART);
		if (bytes === undefined) {
			this.find("missing", MANIFEST_PART);
			return;
		}
		const manifest = readManifest(bytes);
		if (manifest === undefined) {
			this.find("unreadable", MANIFEST_PART);
			return;
		}
		const { case: id, createdS, hostKey, journalKeys } = manifest;
		this.#facts = { case: id, createdS, hostKey };
		this.#hostKey = attempt(() => parseAnyKey(hostKey));
		this.#journalKeys = journalKeys.flatMap((text) => attempt(() => parseAnyKey(text)) ?? []);
		this.#checkManifest(bytes);
		const named = new Set([MANIFEST_PART, SIGNATURE_PART]);
		for (const { name, size, sha256: digest } of manifest.parts) {
			named.add(name);
			const part = this.#parts.get(name);
			if (part === undefined) {
				if (!this.#findings.some((one) => one.part === name)) this.find("missing", name);
			} else if (part.length !== size || toHex(sha256(part)) !== digest) this.find("altered", name);
			else this.find("good", name);
		}
		for (const name of this.#parts.keys()) {
			if (!named.has(name)) this.find("extra", name);
			if (/^journal\/.*\.json$/.test(name)) this.#checkJournal(name, manifest.tenant);
		}
	}

	/** The key must be the one in the manifest, and the one that was given where one was. */
	#checkManifest(manifest: Uint8Array): void {
		const bytes = this.#parts.get(SIGNATURE_PART);
		if (bytes === undefined) {
			this.find("missing", SIGNATURE_PART);
			return;
		}
		const note = noteOf(bytes);
		if (note === undefined) {
			this.find("unreadable", SIGNATURE_PART);
			return;
		}
		const key = this.#hostKey;
		const signature = key && signatureOf(note, key, sha256);
		const isSigned =
			key !== undefined &&
			signature !== undefined &&
			note.text === manifestText(manifest) &&
			verifyEd25519(key.publicKey, encodeUtf8(note.text), signature);
		if (!isSigned) {
			this.find("signature", SIGNATURE_PART);
			return;
		}
		if (!this.#isTrusted(key, isHost)) {
			this.find("otherKey", SIGNATURE_PART);
			return;
		}
		this.find("good", MANIFEST_PART);
		this.find("good", SIGNATURE_PART);
	}

	/** True for a key that was given, or when none of its kind was. */
	#isTrusted(key: NoteKey, isKind: (key: NoteKey) => boolean): boolean {
		const own = this.#given.filter(isKind);
		return own.length === 0 || own.some((one) => equalBytes(one.publicKey, key.publicKey));
	}

	#checkJournal(name: string, tenant: string): void {
		const excerpt = readExcerpt(this.#parts.get(name) ?? new Uint8Array());
		if (excerpt === undefined) {
			this.find("unreadable", name);
			return;
		}
		const head = this.#checkHead(noteName(name), tenant, excerpt);
		for (const record of excerpt.records) {
			const { sequence, proof } = record;
			const isTold = saysWhatItHolds(record);
			if (isTold && proof === null) this.find("held", name, sequence);
			else if (!isTold || head === undefined || !isIn(head, record))
				this.find("proof", name, sequence);
		}
	}

	/** The head, when the terminal has signed it. */
	#checkHead(name: string, tenant: string, excerpt: Excerpt): TreeHead | undefined {
		const bytes = this.#parts.get(name);
		// Without a head nothing is proven; a bundle that has proofs has one.
		if (bytes === undefined) return undefined;
		const note = noteOf(bytes);
		const head = note && attempt(() => parseCheckpoint(note.text));
		if (note === undefined || head === undefined) {
			this.find("unreadable", name);
			return undefined;
		}
		const stream = attempt(() => streamName({ ...excerpt, tenant }));
		if (streamName(head) !== stream) {
			this.find("stream", name);
			return undefined;
		}
		const key = this.#journalKeys.find((one) => one.name === stream);
		const signature = key && signatureOf(note, key, sha256);
		const text = encodeUtf8(note.text);
		if (!key || !signature || !verifyEd25519(key.publicKey, text, signature)) {
			this.find("signature", name);
			return undefined;
		}
		if (!this.#isTrusted(key, (one) => one.name === stream)) this.find("otherKey", name);
		if (!this.#isReceipt(note, head)) this.find("receipt", name);
		return head;
	}

	/** The cosignature by the host whose key the manifest names (C2SP cosignature/v1). */
	#isReceipt(note: Note, head: TreeHead): boolean {
		const host = this.#hostKey;
		if (host === undefined) return false;
		const line = signatureOf(note, cosignerKey(host.publicKey), sha256);
		if (line === undefined || line.length < 8) return false;
		const timeS = new DataView(line.buffer, line.byteOffset).getBigUint64(0);
		return verifyEd25519(host.publicKey, cosignedBytes(head, Number(timeS)), line.slice(8));
	}
}

function fromHex(text: string): Uint8Array {
	return new Uint8Array(Buffer.from(text, "hex"));
}

function isHost({ name }: NoteKey): boolean {
	return name.startsWith("closeout-host/");
}

function noteOf(bytes: Uint8Array): Note | undefined {
	return attempt(() => parseNote(new TextDecoder().decode(bytes)));
}

function isIn(head: TreeHead, { sequence, kind, flags, payload, proof }: ExcerptRecord): boolean {
	if (proof === null || proof.index !== sequence - head.first) return false;
	const leaf = leafHash({ sequence, kind, flags, payload: fromHex(payload) }, sha256);
	const { size, root } = head;
	const path = proof.path.map(fromHex);
	return verifyInclusion({ index: proof.index, size, leaf, path, root }, sha256);
}

/** True when what is shown to people is what the bytes say. */
function saysWhatItHolds({ kind, flags, payload, sequence, says }: ExcerptRecord): boolean {
	const record = { sequence, kind, flags, payload: fromHex(payload), chain: new Uint8Array(32) };
	const decoded = attempt(() => decodeRecord(record));
	if (decoded === undefined) return says.kind === `unknown ${kind}`;
	return says.kind === decoded.kind && JSON.stringify(says.body) === toJson(decoded.body);
}
