import { Buffer } from "node:buffer";
import { TextDecoder } from "node:util";
import { guessEncoding, isUtf8Start, unicodeEncoding } from "./encoding.ts";
import type { StatementSource } from "./statement.ts";

/** Bytes that are kept behind the place to which a file was read: parsers look ahead by less. */
const KEPT_BYTES_MAX = 4_194_304;
/** Characters of a line that are told. */
const TEXT_LENGTH_MAX = 4_000;

interface Piece {
	readonly bytes: Uint8Array;
	/** Line in which the piece begins, counted from 1. */
	readonly line: number;
}

const LF = 0x0a;
const CR = 0x0d;

/** A source that still knows the text of the lines it gave last, for those that cannot be read. */
export function withLineText(source: StatementSource): StatementSource {
	const recent = new Recent();
	async function* pass(): AsyncGenerator<Uint8Array> {
		for await (const bytes of source.bytes) {
			recent.add(bytes);
			yield bytes;
		}
	}
	return { name: source.name, bytes: pass(), lineText: (line) => recent.text(line) };
}

class Recent {
	#pieces: Piece[] = [];
	#size = 0;
	#line = 1;
	#end: number | undefined;
	#encoding: string | undefined;

	add(bytes: Uint8Array): void {
		if (this.#encoding === undefined) this.#begin(bytes);
		this.#pieces.push({ bytes, line: this.#line });
		this.#size += bytes.length;
		for (let at = this.#find(bytes, 0); at >= 0; at = this.#find(bytes, at + 1)) this.#line += 1;
		let [first] = this.#pieces;
		while (first !== undefined && this.#size - first.bytes.length > KEPT_BYTES_MAX) {
			this.#pieces.shift();
			this.#size -= first.bytes.length;
			[first] = this.#pieces;
		}
	}

	text(line: number): string | undefined {
		const index = line === 1 ? 0 : this.#pieces.findLastIndex((piece) => piece.line < line);
		const first = this.#pieces[index];
		if (first === undefined || first.line > line || line > this.#line) return undefined;
		let number = first.line;
		let from = 0;
		const parts: Uint8Array[] = [];
		for (const { bytes } of this.#pieces.slice(index)) {
			for (; number < line; number++) {
				const end = this.#find(bytes, from);
				if (end < 0) break;
				from = end + (this.#encoding === "utf-16le" ? 2 : 1);
			}
			if (number < line) return undefined;
			const end = this.#find(bytes, from);
			parts.push(bytes.subarray(from, end < 0 ? bytes.length : end));
			if (end >= 0) break;
			from = 0;
		}
		return this.#decode(Buffer.concat(parts));
	}

	#begin(bytes: Uint8Array): void {
		this.#encoding = unicodeEncoding(bytes) ?? "";
		// Without a line feed in its first piece a file has the line ends of old Macs, or one line.
		this.#end = bytes.includes(LF) || !bytes.includes(CR) ? LF : CR;
	}

	#find(bytes: Uint8Array, from: number): number {
		return bytes.indexOf(this.#end ?? LF, from);
	}

	#decode(bytes: Uint8Array): string {
		const isWide = this.#encoding?.startsWith("utf-16") === true;
		const label = isWide ? this.#encoding : isUtf8Start(bytes) ? "utf-8" : guessEncoding(bytes);
		const even = isWide ? bytes.subarray(0, bytes.length - (bytes.length % 2)) : bytes;
		const text = new TextDecoder(label).decode(even);
		return text.replaceAll(/[\r\n]/g, "").slice(0, TEXT_LENGTH_MAX);
	}
}
