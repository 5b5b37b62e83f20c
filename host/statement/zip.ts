import { TextDecoder } from "node:util";
import { crc32, createInflateRaw, inflateRawSync } from "node:zlib";
import { CloseoutError } from "../../protocol/error.ts";

/** Files in one archive. */
const MEMBERS_MAX = 200;
/** Bytes of one file when it is unpacked as a whole. */
export const MEMBER_BYTES_MAX = 268_435_456;

/** One file of an archive; `read` unpacks and checks it, `stream` does so in pieces. */
export interface ZipMember {
	readonly name: string;
	readonly read: () => Uint8Array;
	readonly stream: () => AsyncGenerator<Uint8Array>;
}

type Refuse = (what: string) => CloseoutError;

/**
 * Files of a ZIP archive (APPNOTE 6.3) by its central directory: stored and deflated members, names in UTF-8 or, as
 * archives from China have them, GB 18030. Throws `STATEMENT_FORMAT` for what is broken, encrypted, too large or of
 * the 64-bit kind.
 */
export function readZip(name: string, bytes: Uint8Array): ZipMember[] {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const refuse = (what: string) => new CloseoutError("STATEMENT_FORMAT", `${name}:1: ${what}`);
	const end = endOfDirectory(view);
	if (end === undefined) throw refuse("the ZIP archive has no end; get it again");
	const count = view.getUint16(end + 10, true);
	if (count > MEMBERS_MAX) throw refuse(`the archive has more than ${MEMBERS_MAX} files`);
	const members: ZipMember[] = [];
	let at = view.getUint32(end + 16, true);
	for (let index = 0; index < count; index++) {
		if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50) {
			throw refuse("the directory of the ZIP archive is broken; get it again");
		}
		const entry = readEntry(view, bytes, at);
		if (!entry.name.endsWith("/")) {
			members.push({
				name: entry.name,
				read: () => unpack(view, bytes, entry, refuse),
				stream: () => unpackPieces(view, bytes, entry, refuse),
			});
		}
		at = entry.next;
	}
	return members;
}

interface Entry {
	readonly name: string;
	readonly flags: number;
	readonly method: number;
	readonly crc: number;
	readonly packed: number;
	readonly size: number;
	readonly offset: number;
	readonly next: number;
}

function readEntry(view: DataView, bytes: Uint8Array, at: number): Entry {
	const flags = view.getUint16(at + 8, true);
	const nameLength = view.getUint16(at + 28, true);
	const rest = view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
	const label = (flags & 0x800) === 0 ? "gb18030" : "utf-8";
	return {
		name: new TextDecoder(label).decode(bytes.subarray(at + 46, at + 46 + nameLength)),
		flags,
		method: view.getUint16(at + 10, true),
		crc: view.getUint32(at + 16, true),
		packed: view.getUint32(at + 20, true),
		size: view.getUint32(at + 24, true),
		offset: view.getUint32(at + 42, true),
		next: at + 46 + nameLength + rest,
	};
}

/** Place of the record that ends the directory; a comment may follow it. */
function endOfDirectory(view: DataView): number | undefined {
	const first = Math.max(0, view.byteLength - 22 - 0xffff);
	for (let at = view.byteLength - 22; at >= first; at--) {
		if (view.getUint32(at, true) === 0x06054b50) return at;
	}
	return undefined;
}

function unpack(view: DataView, bytes: Uint8Array, entry: Entry, refuse: Refuse): Uint8Array {
	const { name, size } = entry;
	if (size > MEMBER_BYTES_MAX) throw refuse(`${name} has more than ${MEMBER_BYTES_MAX} bytes`);
	const whole = inflate(entry, packedData(view, bytes, entry, refuse), refuse);
	if (whole.length === size && crc32(whole) === entry.crc) return whole;
	throw refuse(damaged(entry));
}

async function* unpackPieces(
	view: DataView,
	bytes: Uint8Array,
	entry: Entry,
	refuse: Refuse,
): AsyncGenerator<Uint8Array> {
	const data = packedData(view, bytes, entry, refuse);
	let length = 0;
	let crc = 0;
	for await (const piece of entry.method === 0 ? [data] : inflatePieces(entry, data, refuse)) {
		length += piece.length;
		crc = crc32(piece, crc);
		if (length > entry.size) break;
		yield piece;
	}
	if (length !== entry.size || crc !== entry.crc) throw refuse(damaged(entry));
}

/** Bytes of the archive that hold the file. */
function packedData(view: DataView, bytes: Uint8Array, entry: Entry, refuse: Refuse): Uint8Array {
	const { name, offset, packed, method } = entry;
	if ((entry.flags & 1) !== 0) throw refuse(`${name} is encrypted; unpack the archive first`);
	if (offset + 30 > bytes.length || view.getUint32(offset, true) !== 0x04034b50) {
		throw refuse(`${name} is not where the archive says; get it again`);
	}
	if (method !== 0 && method !== 8) {
		throw refuse(`${name} is packed by a method that is not known (${method})`);
	}
	const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
	return bytes.subarray(start, start + packed);
}

function damaged({ name }: Entry): string {
	return `${name} is damaged; get the archive again`;
}

function inflate(entry: Entry, data: Uint8Array, refuse: Refuse): Uint8Array {
	if (entry.method === 0) return data;
	try {
		return inflateRawSync(data, { maxOutputLength: Math.max(entry.size, 1) });
	} catch (cause) {
		throw new CloseoutError("STATEMENT_FORMAT", refuse(damaged(entry)).message, { cause });
	}
}

async function* inflatePieces(
	entry: Entry,
	data: Uint8Array,
	refuse: Refuse,
): AsyncGenerator<Uint8Array> {
	const unzip = createInflateRaw();
	unzip.end(data);
	try {
		for await (const piece of unzip) yield piece;
	} catch (cause) {
		throw new CloseoutError("STATEMENT_FORMAT", refuse(damaged(entry)).message, { cause });
	}
}
