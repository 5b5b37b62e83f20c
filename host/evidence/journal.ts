import { toHex } from "../../protocol/bytes.ts";
import { leafHash } from "../../protocol/chain.ts";
import { lastOfHead } from "../../protocol/checkpoint.ts";
import { CloseoutError } from "../../protocol/error.ts";
import { recordViewOf } from "../api/record-view.ts";
import { findCardNumber } from "../core/card.ts";
import { headKey } from "../core/head.ts";
import { InclusionProofs } from "../core/inclusion.ts";
import { sha256 } from "../digest.ts";
import { formatKey, noteOf } from "../import/head.ts";
import type { KeptHead } from "../store/head.ts";
import type { StoredRecord } from "../store/records.ts";
import type { Store } from "../store/store.ts";
import { type BundlePart, jsonPart } from "./bundle.ts";

/** Records of one journal that prove something. */
export interface Wanted {
	readonly terminal: string;
	readonly epoch: number;
	readonly sequences: readonly number[];
}

/** One record of an excerpt, as it stands in the journal; byte strings are hexadecimal. */
export interface ExcerptRecord {
	readonly sequence: number;
	readonly kind: number;
	readonly flags: number;
	readonly payload: string;
	/** The same in words, for people. */
	readonly says: {
		readonly kind: string;
		readonly atS: number | null;
		readonly body: unknown;
	};
	/** The way from the record to the root of the signed head; null where no head covers it yet. */
	readonly proof: { readonly index: number; readonly path: readonly string[] } | null;
}

/** Part `journal/<terminal>.<epoch>.json`. The head itself is in the part of the same name with `.note`. */
export interface Excerpt {
	readonly terminal: string;
	readonly epoch: number;
	/** What the host holds of this journal without a hole. */
	readonly watermark: number;
	readonly records: readonly ExcerptRecord[];
}

export function excerptName({ terminal, epoch }: Pick<Wanted, "terminal" | "epoch">): string {
	return `journal/${terminal}.${epoch}.json`;
}

export function noteName(excerpt: string): string {
	return excerpt.replace(/\.json$/, ".note");
}

/** Most records of one journal whose tree is rebuilt for a proof. */
const LEAVES_MAX = 5_000_000;

/**
 * The excerpt, the signed head over it with the host's cosignature (the receipt), and the journal's key. Throws
 * `CARD_DATA` should a record hold a card number after all.
 */
export async function journalParts(
	store: Store,
	wanted: Wanted,
): Promise<{
	readonly parts: readonly BundlePart[];
	readonly excerpt: Excerpt;
	readonly key: string | undefined;
}> {
	const { terminal, epoch } = wanted;
	const records: StoredRecord[] = [];
	for (const sequence of [...new Set(wanted.sequences)].sort((a, b) => a - b))
		records.push(...(await store.readRecords({ terminal, epoch, from: sequence, to: sequence })));
	for (const record of records) refuseCard(terminal, record);
	const head = await store.lastCosigned({ terminal, epoch });
	const publicKey = await store.signingKey({ terminal, epoch });
	const proofs = head && (await proofsOf(store, head));
	const streams = await store.listStreams(terminal);
	const excerpt: Excerpt = {
		terminal,
		epoch,
		watermark: streams.find((stream) => stream.epoch === epoch)?.watermark ?? 0,
		records: records.map((record) => excerptOf(terminal, epoch, record, head, proofs)),
	};
	const name = excerptName(wanted);
	const parts: BundlePart[] = [jsonPart(name, excerpt)];
	if (head === undefined || publicKey === undefined) return { parts, excerpt, key: undefined };
	const note = new TextEncoder().encode(noteOf(head, publicKey));
	parts.push({ name: noteName(name), bytes: note });
	return { parts, excerpt, key: formatKey(headKey(head, publicKey)) };
}

function refuseCard(terminal: string, record: StoredRecord): void {
	const found = findCardNumber([record], record.sequence);
	if (found === undefined) return;
	const message = `record ${found.sequence} of ${terminal} holds a card number in ${found.field}; no bundle is made`;
	throw new CloseoutError("CARD_DATA", message);
}

function excerptOf(
	terminal: string,
	epoch: number,
	record: StoredRecord,
	head: KeptHead | undefined,
	proofs: InclusionProofs | undefined,
): ExcerptRecord {
	const { sequence, kind, flags, payload } = record;
	const { kind: name, atS, body } = recordViewOf(terminal, epoch, record);
	const isCovered = head !== undefined && sequence >= head.first && sequence <= lastOfHead(head);
	const index = sequence - (head?.first ?? 0);
	return {
		sequence,
		kind,
		flags,
		payload: toHex(payload),
		says: { kind: name, atS, body },
		proof:
			isCovered && proofs !== undefined ? { index, path: proofs.pathOf(index).map(toHex) } : null,
	};
}

/** The tree of the head, from the records that the host holds. */
async function proofsOf(store: Store, head: KeptHead): Promise<InclusionProofs | undefined> {
	const { terminal, epoch, first, size } = head;
	if (size > LEAVES_MAX) return undefined;
	const leaves: Uint8Array[] = [];
	while (leaves.length < size) {
		const from = first + leaves.length;
		const page = await store.readRecords({ terminal, epoch, from, to: lastOfHead(head) });
		if (page.length === 0) return undefined;
		for (const record of page) {
			// Behind a loss the tree of the host's records is not the one that was signed.
			if (record.sequence !== first + leaves.length) return undefined;
			leaves.push(leafHash(record, sha256));
		}
	}
	return new InclusionProofs(leaves, sha256);
}
