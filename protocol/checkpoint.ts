import { fromBase64, toBase64 } from "./base64.ts";
import { CHAIN_BYTES } from "./chain.ts";
import { CloseoutError } from "./error.ts";
import { checkId, isId } from "./id.ts";
import { encodeUtf8 } from "./utf8.ts";

/**
 * The head of a stream as text (C2SP tlog-checkpoint): origin, tree size, root hash, and the chain as an extension
 * line. The tree is the one of RFC 6962, section 2.1, over the records `first` to `first + size - 1`, a leaf being
 * the record's head and payload as in `chain.ts`. `first` is 1, so that the size is a sequence number, until the
 * terminal had to begin its tree anew; see the README, section 16.
 */
export interface TreeHead {
	readonly tenant: string;
	readonly terminal: string;
	readonly epoch: number;
	readonly first: number;
	readonly size: number;
	readonly root: Uint8Array;
	/** Chain at record `first + size - 1`. */
	readonly chain: Uint8Array;
}

const EPOCH_MAX = 0xffff_ffff;

/** The name under which a terminal signs in one epoch. */
export function streamName({ tenant, terminal, epoch }: StreamOf): string {
	return `closeout/${checkId("tenant", tenant)}/${checkId("terminal", terminal)}/${epoch}`;
}

export type StreamOf = Pick<TreeHead, "tenant" | "terminal" | "epoch">;

/** The last record that a head covers. */
export function lastOfHead({ first, size }: Pick<TreeHead, "first" | "size">): number {
	return first + size - 1;
}

/** The text that is signed. */
export function formatCheckpoint(head: TreeHead): string {
	const { first, size, root, chain } = head;
	const origin = first === 1 ? streamName(head) : `${streamName(head)}/${first}`;
	return `${origin}\n${size}\n${toBase64(root)}\nchain ${toBase64(chain)}\n`;
}

const checkpointPattern = () =>
	/^closeout\/([^/\n]+)\/([^/\n]+)\/([1-9]\d{0,9})(?:\/([1-9]\d{0,15}))?\n([1-9]\d{0,15})\n([^\n]{44})\nchain ([^\n]{44})\n$/;

/** Reads a checkpoint of ours. Throws `SCHEMA` for any other text. */
export function parseCheckpoint(text: string): TreeHead {
	const match = checkpointPattern().exec(text);
	const [, tenant = "", terminal = "", epoch, first = "1", size, root = "", chain = ""] =
		match ?? [];
	const head = {
		tenant,
		terminal,
		epoch: Number(epoch),
		first: Number(first),
		size: Number(size),
		root: fromBase64(root),
		chain: fromBase64(chain),
	};
	const isOurs = match !== null && isId(tenant) && isId(terminal) && head.epoch <= EPOCH_MAX;
	const isExact = isOurs && Number.isSafeInteger(lastOfHead(head)) && match[4] !== "1";
	const isWhole = head.root.length === CHAIN_BYTES && head.chain.length === CHAIN_BYTES;
	if (isExact && isWhole) return head;
	throw new CloseoutError(
		"SCHEMA",
		`"${text.slice(0, 40)}" is no checkpoint of a terminal's stream`,
	);
}

/** What a cosigner signs (C2SP tlog-cosignature, cosignature/v1): when it saw the head consistent. Seconds since 1970. */
export function cosignedBytes(head: TreeHead, timeS: number): Uint8Array {
	return encodeUtf8(`cosignature/v1\ntime ${timeS}\n${formatCheckpoint(head)}`);
}
