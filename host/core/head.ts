import { equalBytes } from "../../protocol/bytes.ts";
import type { Sha256 } from "../../protocol/chain.ts";
import {
	formatCheckpoint,
	lastOfHead,
	streamName,
	type TreeHead,
} from "../../protocol/checkpoint.ts";
import { keyIdOf, type NoteKey, noteKeyType } from "../../protocol/note.ts";
import type { RecordBody } from "../../protocol/record.ts";
import { encodeUtf8 } from "../../protocol/utf8.ts";

/** What became of a signed head. */
export type HeadVerdict =
	/** It is what the host holds. */
	| "consistent"
	/** Root, chain or place are not those of the records that the host holds. */
	| "fork"
	/** The signature does not fit, or is of another key than the stream's first. */
	| "badSignature"
	/** The host never got a key of this stream. */
	| "noKey"
	/** Records that it covers are lost here: only its signature could be checked. */
	| "unproven";

export type VerifySignature = (
	publicKey: Uint8Array,
	bytes: Uint8Array,
	signature: Uint8Array,
) => boolean;

/** A head as a terminal has signed it. */
export interface SignedHead extends TreeHead {
	readonly keyId: Uint8Array;
	readonly signature: Uint8Array;
}

/** The same head as the host computes it from its own records; undefined when it cannot. */
export type OwnHead = Pick<TreeHead, "root"> & { readonly chain: Uint8Array | undefined };

export interface Judging {
	/** Key of the stream; undefined when it has none. */
	readonly publicKey: Uint8Array | undefined;
	readonly sha256: Sha256;
	readonly verify: VerifySignature;
}

/** The head in a record, with the stream that it is of. */
export function headOf(
	stream: Pick<TreeHead, "tenant" | "terminal" | "epoch">,
	body: RecordBody<"signedHead">,
): SignedHead {
	const { tenant, terminal, epoch } = stream;
	return { tenant, terminal, epoch, ...body };
}

/** The key of a stream's heads as signed notes name it. */
export function headKey(stream: Parameters<typeof streamName>[0], publicKey: Uint8Array): NoteKey {
	return { name: streamName(stream), type: noteKeyType.ed25519, publicKey };
}

/** True when the key has signed this head. */
export function isSigned(
	head: SignedHead,
	publicKey: Uint8Array,
	{ sha256, verify }: Pick<Judging, "sha256" | "verify">,
): boolean {
	const keyId = keyIdOf(headKey(head, publicKey), sha256);
	const text = encodeUtf8(formatCheckpoint(head));
	return equalBytes(keyId, head.keyId) && verify(publicKey, text, head.signature);
}

/** Judges the head that record `sequence` holds: it must cover all before that record. */
export function judgeHead(
	head: SignedHead,
	sequence: number,
	own: OwnHead | undefined,
	judging: Judging,
): HeadVerdict {
	const { publicKey } = judging;
	if (publicKey === undefined) return "noKey";
	if (!isSigned(head, publicKey, judging)) return "badSignature";
	if (lastOfHead(head) !== sequence - 1) return "fork";
	if (own === undefined) return "unproven";
	const isSameChain = own.chain === undefined || equalBytes(own.chain, head.chain);
	return isSameChain && equalBytes(own.root, head.root) ? "consistent" : "fork";
}
