import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { CloseoutError } from "../../protocol/error.ts";
import { peek } from "./bytes.ts";
import { type StatementSource, statementError } from "./statement.ts";
import { isWorkbook, workbookCsv } from "./workbook.ts";
import { readZip } from "./zip.ts";

/** Bytes of an archive, which is held in memory because its directory stands at its end. */
export const ARCHIVE_BYTES_MAX = 67_108_864;

/**
 * The statements in a file as banks and providers pack them: every file of a ZIP archive, the first sheet of an
 * Excel workbook as CSV, what a gzip archive holds, or the file itself. Names of packed files follow that of the
 * archive after a slash. Throws `STATEMENT_FORMAT` for an archive that is broken.
 */
export async function* unpackSource(source: StatementSource): AsyncGenerator<StatementSource> {
	const { head, bytes } = await peek(source.bytes, 4);
	const whole = { name: source.name, bytes };
	if (head[0] === 0x1f && head[1] === 0x8b) {
		yield { name: source.name, bytes: gunzip(whole) };
		return;
	}
	if (head[0] !== 0x50 || head[1] !== 0x4b || head[2] !== 0x03 || head[3] !== 0x04) {
		yield whole;
		return;
	}
	const members = readZip(source.name, await collectBytes(whole));
	if (isWorkbook(members)) {
		yield { name: source.name, bytes: workbookCsv(source.name, members) };
		return;
	}
	for (const { name, stream } of members) {
		if (!isOfThePacker(name)) yield { name: `${source.name}/${name}`, bytes: stream() };
	}
}

/** What systems put into an archive by themselves. */
function isOfThePacker(name: string): boolean {
	return /^__MACOSX\/|(?:^|\/)(?:\.DS_Store|Thumbs\.db)$/i.test(name);
}

async function* gunzip(source: StatementSource): AsyncGenerator<Uint8Array> {
	const unzip = createGunzip();
	// The generator below throws what goes wrong; the callback only keeps it from being unhandled.
	pipeline(Readable.from(source.bytes, { objectMode: false }), unzip, () => {});
	try {
		for await (const piece of unzip) yield piece;
	} catch (cause) {
		if (cause instanceof CloseoutError) throw cause;
		const what = `${source.name}:1: the gzip archive is damaged; get it again`;
		throw new CloseoutError("STATEMENT_FORMAT", what, { cause });
	}
}

async function collectBytes(source: StatementSource): Promise<Uint8Array> {
	const pieces: Uint8Array[] = [];
	let size = 0;
	for await (const piece of source.bytes) {
		pieces.push(piece);
		size += piece.length;
		if (size > ARCHIVE_BYTES_MAX) {
			const what = `the archive has more than ${ARCHIVE_BYTES_MAX} bytes; unpack it first`;
			throw statementError("STATEMENT_FORMAT", source, 1, what);
		}
	}
	const whole = new Uint8Array(size);
	let at = 0;
	for (const piece of pieces) {
		whole.set(piece, at);
		at += piece.length;
	}
	return whole;
}
