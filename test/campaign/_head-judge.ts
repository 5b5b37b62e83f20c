import { sha256 } from "../../host/digest.ts";
import { compareHead, verifyHead } from "../../host/import/head.ts";
import { formatCheckpoint, streamName, type TreeHead } from "../../protocol/checkpoint.ts";
import { formatNote, keyIdOf, noteKeyType } from "../../protocol/note.ts";
import { type SavedTree, StreamTree } from "../../protocol/stream-tree.ts";
import { encodeUtf8 } from "../../protocol/utf8.ts";
import { keyOfSeed, type TestKey } from "../_helper/head-keys.ts";
import type { KnownRecord } from "./_independent.ts";

const stream = { tenant: "demo", terminal: "shop-0001", epoch: 1 };
const own = keyOfSeed(new Uint8Array(32).fill(1));
const stolenFromNobody = keyOfSeed(new Uint8Array(32).fill(2));

/**
 * Off line there is no host to ask: a head that the terminal signed over the true records, and the public half of
 * its key, are all that history can be judged by.
 */
export class HeadJudge {
	readonly #records: readonly KnownRecord[];
	/** The true tree after each number of records. */
	readonly #trees: SavedTree[] = [];
	readonly #notes = new Map<number, string>();

	constructor(records: readonly KnownRecord[]) {
		this.#records = records;
		const tree = new StreamTree(sha256);
		this.#trees.push(tree.save());
		for (const record of records) {
			tree.add(record);
			this.#trees.push(tree.save());
		}
	}

	/** True when the head over the true records up to `last` tells that other ones begin at record `at`. */
	finds(forged: readonly KnownRecord[], at: number, last: number): boolean {
		const head = this.#head(forged, at, last);
		const note = this.#notes.get(last) ?? this.#sign(this.#head(this.#records, last, last), own);
		this.#notes.set(last, note);
		const truth = this.#head(this.#records, last, last);
		if (!verifyHead(note, own.publicKey)) return false;
		const chain = forged[last - 1]?.chain;
		return compareHead(truth, { ...head, chain }) !== "same";
	}

	/** True when a head over other records, made by somebody with a key of his own, is not believed. */
	refuses(forged: readonly KnownRecord[], at: number, last: number): boolean {
		const note = this.#sign(this.#head(forged, at, last), stolenFromNobody);
		return !verifyHead(note, own.publicKey);
	}

	/** Honest records are never called changed. */
	isSilent(last: number): boolean {
		return !this.finds(this.#records, last, last);
	}

	/** Where the tree begins anew it is compared all the same: by what it covers. */
	#head(records: readonly KnownRecord[], at: number, last: number): TreeHead {
		const tree = new StreamTree(sha256, this.#trees[at - 1]);
		for (const record of records.slice(at - 1, last)) tree.add(record);
		const { first, size } = tree;
		const chain = records[last - 1]?.chain ?? new Uint8Array(32);
		return { ...stream, first, size, root: tree.root(), chain };
	}

	#sign(head: TreeHead, key: TestKey): string {
		const text = formatCheckpoint(head);
		const name = streamName(stream);
		const { publicKey } = key;
		const keyId = keyIdOf({ name, type: noteKeyType.ed25519, publicKey }, sha256);
		return formatNote({
			text,
			signatures: [{ name, keyId, signature: key.sign(encodeUtf8(text)) }],
		});
	}
}
