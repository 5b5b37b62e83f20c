import { TextDecoder } from "node:util";
import { CloseoutError } from "../../protocol/error.ts";
import { peek } from "./bytes.ts";
import { type StatementSource, statementError } from "./statement.ts";

/** Longest line taken, in characters or bytes. */
export const LINE_LENGTH_MAX = 65_536;
/** Bytes, from the first that is not ASCII, by which the encoding is told. */
const ENCODING_SAMPLE_BYTES = 65_536;

export interface TextOptions {
	/**
	 * Encoding to take when the bytes are not UTF-8 and no byte order mark says what they are; without it such a
	 * file is refused.
	 */
	readonly fallback?: "gb18030" | "windows-1252";
}

export interface TextLine {
	readonly text: string;
	readonly line: number;
}

/**
 * Text of a file with `\n` as the only line end. The encoding is the byte order mark's (UTF-8, UTF-16); else UTF-8
 * when the bytes are valid UTF-8, else the fallback. Throws `STATEMENT_FORMAT` with the line of bytes that are not
 * of the encoding.
 */
export async function* readText(
	source: StatementSource,
	options: TextOptions = {},
): AsyncGenerator<string> {
	let held = "";
	for await (const piece of decode(source, options)) {
		const text = held + piece;
		held = text.endsWith("\r") ? "\r" : "";
		const whole = held === "" ? text : text.slice(0, -1);
		if (whole !== "") yield whole.replaceAll(/\r\n?/g, "\n");
	}
	if (held !== "") yield "\n";
}

/** Lines of a file, the empty ones as well, without their ends; the line after the last end only when it has text. */
export async function* readLines(
	source: StatementSource,
	options: TextOptions = {},
): AsyncGenerator<TextLine> {
	let line = 1;
	let rest = "";
	for await (const piece of readText(source, options)) {
		const texts = (rest + piece).split("\n");
		rest = texts.pop() ?? "";
		for (const text of texts) yield { text, line: line++ };
		if (rest.length > LINE_LENGTH_MAX) throw tooLong(source, line);
	}
	if (rest !== "") yield { text: rest, line };
}

export interface ByteLine {
	readonly bytes: Uint8Array;
	readonly line: number;
}

/** Lines of a file whose fields are counted in bytes; empty lines are left out, ends are LF or CR LF. */
export async function* readByteLines(source: StatementSource): AsyncGenerator<ByteLine> {
	let line = 1;
	let rest = new Uint8Array();
	for await (const piece of source.bytes) {
		let from = 0;
		for (let end = piece.indexOf(0x0a); end >= 0; end = piece.indexOf(0x0a, from)) {
			const bytes = withoutReturn(join(rest, piece.subarray(from, end)));
			rest = new Uint8Array();
			if (bytes.length > 0) yield { bytes, line };
			line += 1;
			from = end + 1;
		}
		rest = join(rest, piece.subarray(from));
		if (rest.length > LINE_LENGTH_MAX) throw tooLong(source, line);
	}
	const bytes = withoutReturn(rest);
	if (bytes.length > 0) yield { bytes, line };
}

/** Encoding of a byte order mark, and its length. */
export function byteOrderMark(bytes: Uint8Array): { label: string; length: number } | undefined {
	const [first, second, third] = bytes;
	if (first === 0xef && second === 0xbb && third === 0xbf) return { label: "utf-8", length: 3 };
	if (first === 0xff && second === 0xfe) return { label: "utf-16le", length: 2 };
	if (first === 0xfe && second === 0xff) return { label: "utf-16be", length: 2 };
	return undefined;
}

/** True for bytes that are UTF-8; a character cut off at the end does not count against it. */
export function isUtf8Start(bytes: Uint8Array): boolean {
	try {
		new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
		return true;
	} catch {
		return false;
	}
}

async function* decode(source: StatementSource, { fallback }: TextOptions): AsyncGenerator<string> {
	const { head, bytes } = await peek(source.bytes, 4);
	const mark = byteOrderMark(head);
	let decoder = mark && new LineDecoder(source, mark.label, 1);
	let lines = 1;
	let sample: Uint8Array = new Uint8Array();
	for await (const piece of bytes) {
		if (decoder !== undefined) {
			yield decoder.decode(piece);
			continue;
		}
		const start = sample.length > 0 ? 0 : piece.findIndex((byte) => byte > 0x7f);
		const ascii = start < 0 ? piece : piece.subarray(0, start);
		if (ascii.length > 0) {
			lines += count(ascii);
			yield new TextDecoder("latin1").decode(ascii);
		}
		if (start < 0) continue;
		sample = join(sample, piece.subarray(start));
		if (sample.length < ENCODING_SAMPLE_BYTES) continue;
		decoder = new LineDecoder(source, told(sample, fallback), lines);
		yield decoder.decode(sample);
	}
	if (decoder === undefined && sample.length > 0) {
		decoder = new LineDecoder(source, told(sample, fallback), lines);
		yield decoder.decode(sample);
	}
	if (decoder !== undefined) yield decoder.decode(new Uint8Array(), false);
}

function told(sample: Uint8Array, fallback: TextOptions["fallback"]): string {
	return fallback === undefined || isUtf8Start(sample) ? "utf-8" : fallback;
}

/** Decodes and knows at which line the bytes stop being of the encoding. */
export class LineDecoder {
	readonly #source: StatementSource;
	readonly #decoder: TextDecoder;
	#line: number;
	#fresh = true;

	/** Throws `RangeError` for an encoding that is not known. */
	constructor(source: StatementSource, label: string, line = 1) {
		this.#source = source;
		this.#decoder = new TextDecoder(label, { fatal: true });
		this.#line = line;
	}

	decode(bytes: Uint8Array, stream = true): string {
		const name = this.#source.name;
		try {
			const text = this.#decoder.decode(bytes, { stream });
			this.#line += text.split("\n").length - 1;
			this.#fresh = false;
			return text;
		} catch (cause) {
			const line = this.#line + this.#linesBefore(bytes);
			const what = `${name}:${line}: the bytes are not ${this.#decoder.encoding}; save the file as UTF-8`;
			throw new CloseoutError("STATEMENT_FORMAT", what, { cause });
		}
	}

	/** Whole lines of the piece that still decode. */
	#linesBefore(bytes: Uint8Array): number {
		const { encoding } = this.#decoder;
		if (encoding.startsWith("utf-16")) return 0;
		let lines = 0;
		let from = 0;
		for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, from)) {
			try {
				new TextDecoder(encoding, { fatal: true }).decode(bytes.subarray(from, end));
			} catch {
				// The first line of a later piece may begin inside a character and be good all the same.
				if (from > 0 || this.#fresh) return lines;
			}
			lines += 1;
			from = end + 1;
		}
		return lines;
	}
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
	const joined = new Uint8Array(a.length + b.length);
	joined.set(a);
	joined.set(b, a.length);
	return joined;
}

function withoutReturn(bytes: Uint8Array): Uint8Array {
	return bytes.at(-1) === 0x0d ? bytes.subarray(0, -1) : bytes;
}

function count(bytes: Uint8Array): number {
	let lines = 0;
	for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) lines += 1;
	return lines;
}

function tooLong(source: StatementSource, line: number): CloseoutError {
	const what = `the line is longer than ${LINE_LENGTH_MAX}; this is no statement or its line ends are lost`;
	return statementError("STATEMENT_FORMAT", source, line, what);
}
