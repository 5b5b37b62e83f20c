import { toHex } from "../../protocol/bytes.ts";
import type { Sha256 } from "../../protocol/chain.ts";
import { type ListRow, listPageHashes, netMinor } from "../../protocol/list-hash.ts";
import { type ReadListSeal, SEAL_ROOT_DIGITS } from "../../protocol/paper-seal.ts";
import type { VerifySignature } from "./head.ts";

/** A list of more rows is not searched for the one that differs. */
const SEARCHED_ROWS_MAX = 1_000;

export interface Range {
	readonly from: number;
	readonly to: number;
}

/** How a paper list stands to the host's records. */
export interface ListJudgement {
	/**
	 * `same`: row by row. `differs`: the host has all records of the list, and other rows. `incomplete`: the host lacks
	 * records of the list, so nothing can be said.
	 */
	readonly verdict: "same" | "differs" | "incomplete";
	/** Of the paper's own signature; `none` on paper of a terminal that cannot sign, `noKey` without a key to check by. */
	readonly signature: "right" | "wrong" | "none" | "noKey";
	/** Of the head on the paper, against the one that the host got with that size. */
	readonly head: "same" | "differs" | "unknown" | "none";
	readonly paper: Figures;
	readonly host: Figures;
	/** Records of the list that the host does not hold. */
	readonly missing: readonly Range[];
	/** The one row of the host that is not on the paper, by the record of its outcome, if that explains all. */
	readonly notOnPaper: number | null;
}

export interface Figures {
	readonly rowCount: number;
	readonly netMinor: number;
	readonly hash: string;
}

/** What the host has of the period of a list. */
export interface HeldPeriod {
	readonly rows: readonly ListRow[];
	readonly missing: readonly Range[];
	/** Key of the stream's signatures. */
	readonly publicKey: Uint8Array | undefined;
	/** Root of the signed head with the size that the paper names. */
	readonly root: Uint8Array | undefined;
}

/** Compares a paper list with what the host holds. */
export function judgeList(
	seal: ReadListSeal,
	held: HeldPeriod,
	{ sha256, verify }: { readonly sha256: Sha256; readonly verify: VerifySignature },
): ListJudgement {
	const { rowCount, netMinor: net, hash } = seal;
	const host = figuresOf(held.rows, sha256);
	const isSame = host.hash === hash && host.rowCount === rowCount && host.netMinor === net;
	const { missing } = held;
	return {
		verdict: isSame ? "same" : missing.length > 0 ? "incomplete" : "differs",
		signature: judgeSignature(seal, held.publicKey, verify),
		head: judgeShortHead(seal, held.root),
		paper: { rowCount, netMinor: net, hash },
		host,
		missing,
		notOnPaper: isSame ? null : rowNotOnPaper(seal, held.rows, sha256),
	};
}

function figuresOf(rows: readonly ListRow[], sha256: Sha256): Figures {
	const net = rows.reduce((sum, { type, amountMinor }) => sum + netMinor(type, amountMinor), 0);
	const hash = listPageHashes(rows, sha256).at(-1) ?? new Uint8Array();
	return { rowCount: rows.length, netMinor: net, hash: toHex(hash) };
}

function judgeSignature(
	{ signed, signature }: ReadListSeal,
	publicKey: Uint8Array | undefined,
	verify: VerifySignature,
): ListJudgement["signature"] {
	if (signature === null) return "none";
	if (publicKey === undefined) return "noKey";
	return verify(publicKey, signed, signature) ? "right" : "wrong";
}

function judgeShortHead(
	{ head }: ReadListSeal,
	root: Uint8Array | undefined,
): ListJudgement["head"] {
	if (head === null) return "none";
	if (root === undefined) return "unknown";
	return toHex(root).slice(0, SEAL_ROOT_DIGITS) === head.root ? "same" : "differs";
}

/** The hash tells nothing of the rows behind it, but a list without one of ours can be tried out. */
function rowNotOnPaper(
	seal: ReadListSeal,
	rows: readonly ListRow[],
	sha256: Sha256,
): number | null {
	if (rows.length !== seal.rowCount + 1 || rows.length > SEARCHED_ROWS_MAX) return null;
	const found = rows.find((left) => {
		const { hash } = figuresOf(
			rows.filter((row) => row !== left),
			sha256,
		);
		return hash === seal.hash;
	});
	return found?.sequence ?? null;
}

/** The numbers of a range that are not among these, which are in order. */
export function holes(sequences: readonly number[], { from, to }: Range): readonly Range[] {
	const missing: Range[] = [];
	let next = from;
	for (const sequence of sequences) {
		if (sequence > next) missing.push({ from: next, to: sequence - 1 });
		next = sequence + 1;
	}
	if (next <= to) missing.push({ from: next, to });
	return missing;
}
