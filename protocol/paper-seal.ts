import { fromBase32, toBase32 } from "./base32.ts";
import { toHex } from "./bytes.ts";
import { CHAIN_BYTES } from "./chain.ts";
import type { TreeHead } from "./checkpoint.ts";
import { CloseoutError } from "./error.ts";
import { isId } from "./id.ts";
import { SIGNATURE_BYTES } from "./note.ts";
import { encodeUtf8 } from "./utf8.ts";

/**
 * Texts of the QR codes on paper: fields parted by colons, `-` for one that is not there. Those of this version are
 * all of the alphanumeric set of QR codes; names of terminals stand in capitals there. White space and the case of
 * letters mean nothing, so that a text can also be printed in groups and typed.
 */

/** Hexadecimal digits of a root that a list shows of the last signed head. */
export const SEAL_ROOT_DIGITS = 16;

/** The last head that was signed when the list was printed. */
export interface SealedHead {
	readonly size: number;
	/** First `SEAL_ROOT_DIGITS` hexadecimal digits of its root. */
	readonly root: string;
}

/** The QR code at the end of a list. */
export interface ListSeal {
	readonly terminal: string;
	/** Null on a terminal that is not enrolled. */
	readonly epoch: number | null;
	/** Settlement, or first record of the day. */
	readonly subject: number;
	readonly first: number;
	readonly last: number;
	readonly rowCount: number;
	readonly netMinor: number;
	readonly currency: string;
	/** Hash of the last page, 64 hexadecimal digits. */
	readonly hash: string;
	readonly head: SealedHead | null;
}

/** A seal as it was read: what was signed, and by which signature; null for one without. */
export interface ReadListSeal extends ListSeal {
	readonly signed: Uint8Array;
	readonly signature: Uint8Array | null;
}

const NONE = "-";
const compact = (text: string): string => text.replace(/\s+/g, "");

/** The text that is signed: all of the QR code but the last field. */
export function listSealText(seal: ListSeal): string {
	const { terminal, epoch, subject, first, last, rowCount, currency, hash, head } = seal;
	const fields = [epoch ?? NONE, subject, first, last, rowCount, seal.netMinor, currency];
	const short = head === null ? NONE : `${head.size}/${head.root.toUpperCase()}`;
	const hash32 = toBase32(bytesOfHex(hash));
	return ["CLOSEOUT-LIST:2", terminal.toUpperCase(), ...fields, hash32, short].join(":");
}

/** Text of the QR code of a list; `sign` signs the bytes, and is left out where nobody can. */
export function formatListSeal(seal: ListSeal, sign?: (bytes: Uint8Array) => Uint8Array): string {
	const text = listSealText(seal);
	return `${text}:${sign === undefined ? NONE : toBase32(sign(encodeUtf8(text)))}`;
}

const listPattern = () =>
	/^CLOSEOUT-LIST:2:([^:]*):(-|\d{1,10}):(\d{1,16}):(\d{1,16}):(\d{1,16}):(\d{1,10}):(-?\d{1,16}):([A-Z]{3}):([A-Z2-7]{52}):(?:-|(\d{1,16})\/([0-9A-F]{16})):(-|[A-Z2-7]{103})$/;
/** As the first firmware printed it: in small letters, the hash hexadecimal, nothing signed. */
const firstListPattern = () =>
	/^closeout-list:1:([^:]*):(-|\d{1,10}):(\d{1,16}):(\d{1,16}):(\d{1,16}):(\d{1,10}):(-?\d{1,16}):([A-Z]{3}):([0-9a-f]{64})$/;

/** Reads the QR code of a list, of this version or of the first. Throws `SCHEMA` for any other text. */
export function parseListSeal(text: string): ReadListSeal {
	const given = compact(text);
	const isFirst = firstListPattern().test(given);
	const match = (isFirst ? firstListPattern() : listPattern()).exec(
		isFirst ? given : given.toUpperCase(),
	);
	const [, name = "", epoch = "", subject, first, last, rowCount, net, currency = "", hash = ""] =
		match ?? [];
	const [size, root, signature = NONE] = match?.slice(10) ?? [];
	const terminal = name.toLowerCase();
	if (match === null || !isId(terminal)) {
		throw new CloseoutError("SCHEMA", `"${text.slice(0, 40)}" is not the QR code of a daily list`);
	}
	const seal = {
		terminal,
		epoch: epoch === NONE ? null : Number(epoch),
		subject: Number(subject),
		first: Number(first),
		last: Number(last),
		rowCount: Number(rowCount),
		netMinor: Number(net),
		currency,
		hash: isFirst ? hash : toHex(fromBase32(hash)),
		head:
			size === undefined || root === undefined
				? null
				: { size: Number(size), root: root.toLowerCase() },
	};
	const signed = encodeUtf8(given.toUpperCase().slice(0, given.lastIndexOf(":")));
	return { ...seal, signed, signature: signature === NONE ? null : fromBase32(signature) };
}

/** A signed head on paper. */
export interface HeadSeal extends TreeHead {
	readonly signature: Uint8Array;
}

/** Text of the QR code of a status slip: a whole signed head, so that paper alone proves what the terminal said. */
export function formatHeadSeal(seal: HeadSeal): string {
	const { tenant, terminal, epoch, first, size, root, chain, signature } = seal;
	const names = [tenant.toUpperCase(), terminal.toUpperCase(), epoch, first, size];
	const hashes = [root, chain, signature].map(toBase32);
	return ["CLOSEOUT-HEAD:1", ...names, ...hashes].join(":");
}

const headPattern = () =>
	/^CLOSEOUT-HEAD:1:([^:]*):([^:]*):(\d{1,10}):([1-9]\d{0,15}):([1-9]\d{0,15}):([A-Z2-7]{52}):([A-Z2-7]{52}):([A-Z2-7]{103})$/;

/** Reads the QR code of a status slip. Throws `SCHEMA` for any other text. */
export function parseHeadSeal(text: string): HeadSeal {
	const match = headPattern().exec(compact(text).toUpperCase());
	const [, tenantName = "", name = "", epoch, first, size, ...hashes] = match ?? [];
	const [root = none, chain = none, signature = none] = hashes.map(fromBase32);
	const tenant = tenantName.toLowerCase();
	const terminal = name.toLowerCase();
	const isWhole =
		root.length === CHAIN_BYTES &&
		chain.length === CHAIN_BYTES &&
		signature.length === SIGNATURE_BYTES;
	if (match === null || !isWhole || !isId(tenant) || !isId(terminal)) {
		throw new CloseoutError("SCHEMA", `"${text.slice(0, 40)}" is not the QR code of a status slip`);
	}
	const numbers = { epoch: Number(epoch), first: Number(first), size: Number(size) };
	return { tenant, terminal, ...numbers, root, chain, signature };
}

const none = new Uint8Array(0);

function bytesOfHex(hex: string): Uint8Array {
	const pairs = hex.match(/../g) ?? [];
	return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
}
