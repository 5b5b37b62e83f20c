import { TextDecoder } from "node:util";
import { CloseoutError } from "../../protocol/error.ts";
import { peek } from "./bytes.ts";
import {
	type FallbackEncoding,
	guessEncoding,
	isUtf8Start,
	UNICODE_SAMPLE_BYTES,
	unicodeEncoding,
} from "./encoding.ts";
import { type StatementSource, statementError } from "./statement.ts";

/** Longest line taken, in characters or bytes. */
export const LINE_LENGTH_MAX = 65_536;
/** Bytes, from the first that is not ASCII, by which the encoding is told. */
const ENCODING_SAMPLE_BYTES = 65_536;

export interface TextOptions {
	/**
	 * Encoding to take when the bytes are not UTF-8 and no byte order mark says what they are, or `guess`; without
	 * it such a file is refused.
	 */
	readonly fallback?: FallbackEncoding | "guess";
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
	for await (const piece of withoutFill(decode(source, options))) {
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

const LF = 0x0a;
const CR = 0x0d;

/**
 * Lines of a file whose fields are counted in bytes; empty lines are left out, ends are LF, CR LF or CR. In GB 18030
 * neither byte stands inside a character.
 */
export async function* readByteLines(source: StatementSource): AsyncGenerator<ByteLine> {
	let line = 1;
	let rest: Uint8Array = new Uint8Array();
	let endedInReturn = false;
	for await (const piece of source.bytes) {
		let from = endedInReturn && piece[0] === LF ? 1 : 0;
		if (piece.length > 0) endedInReturn = piece.at(-1) === CR;
		for (let end = lineEnd(piece, from); end >= 0; end = lineEnd(piece, from)) {
			const bytes = join(rest, piece.subarray(from, end));
			rest = new Uint8Array();
			if (bytes.length > 0) yield { bytes, line };
			line += 1;
			from = end + (piece[end] === CR && piece[end + 1] === LF ? 2 : 1);
		}
		rest = join(rest, piece.subarray(from));
		if (rest.length > LINE_LENGTH_MAX) throw tooLong(source, line);
	}
	// The last line may be what old systems and transfers by the block fill files up with.
	if (!rest.every(isFill)) yield { bytes: rest, line };
}

/** Zero, or the end-of-file mark Ctrl-Z. */
function isFill(code: number): boolean {
	return code === 0 || code === 0x1a;
}

function lineEnd(bytes: Uint8Array, from: number): number {
	const feed = bytes.indexOf(LF, from);
	const back = (feed < 0 ? bytes : bytes.subarray(0, feed)).indexOf(CR, from);
	return back < 0 ? feed : back;
}

/**
 * A text without the end-of-file mark of old systems and without the zeros with which transfers fill the last block;
 * inside the text they stay, because there they are damage.
 */
export async function* withoutFill(pieces: AsyncIterable<string>): AsyncGenerator<string> {
	let held = "";
	for await (const piece of pieces) {
		const text = held + piece;
		let end = text.length;
		while (end > 0 && isFill(text.charCodeAt(end - 1))) end -= 1;
		held = text.slice(end);
		if (held.length > LINE_LENGTH_MAX) {
			end = text.length;
			held = "";
		}
		if (end > 0) yield text.slice(0, end);
	}
}

async function* decode(source: StatementSource, { fallback }: TextOptions): AsyncGenerator<string> {
	const { head, bytes } = await peek(source.bytes, UNICODE_SAMPLE_BYTES);
	const mark = unicodeEncoding(head);
	let decoder = mark && new LineDecoder(source, mark, 1);
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
	if (fallback === undefined || isUtf8Start(sample)) return "utf-8";
	return fallback === "guess" ? guessEncoding(sample) : fallback;
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

function count(bytes: Uint8Array): number {
	let lines = 0;
	for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) lines += 1;
	return lines;
}

function tooLong(source: StatementSource, line: number): CloseoutError {
	const what = `the line is longer than ${LINE_LENGTH_MAX}; this is no statement or its line ends are lost`;
	return statementError("STATEMENT_FORMAT", source, line, what);
}
