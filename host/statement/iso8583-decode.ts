import { TextDecoder } from "node:util";
import { CloseoutError } from "../../protocol/error.ts";
import { type FieldShape, type Iso8583Layout, iso8583Layouts } from "./iso8583-layout.ts";
import { FieldError } from "./statement.ts";

export interface Iso8583Message {
	readonly layout: Iso8583Layout;
	/** Message type, such as `0210`. */
	readonly type: string;
	/** Texts by field number; bits as hexadecimal digits. */
	readonly fields: ReadonlyMap<number, string>;
}

/**
 * Decodes one message with the first of the layouts that uses up every byte and finds digits where digits belong.
 * Throws `SCHEMA`; the message never repeats a value, because it may be card data.
 */
export function decodeIso8583(
	bytes: Uint8Array,
	layouts: readonly Iso8583Layout[] = iso8583Layouts,
): Iso8583Message {
	// What is told is the fault of the layout that got furthest.
	let best: { error: CloseoutError; parts: number } | undefined;
	for (const layout of layouts) {
		const reader = new Reader(layout, bytes);
		try {
			return reader.message();
		} catch (error) {
			if (!(error instanceof CloseoutError) || error.code !== "SCHEMA") throw error;
			if (best === undefined || reader.parts > best.parts) best = { error, parts: reader.parts };
		}
	}
	throw best?.error ?? new CloseoutError("SCHEMA", "no layout of ISO 8583 was given");
}

interface Shape {
	readonly kind: string;
	/** Digits of the length before the field; 0 for a field of one length. */
	readonly prefix: number;
	/** Digits, characters or bits. */
	readonly length: number;
}

function shapeOf(field: number, shape: FieldShape | undefined): Shape {
	const match = /^(n|an|ans|z|b|x\+n)(\.*)(\d+)$/.exec(shape ?? "");
	if (match === null) throw new FieldError(`field ${field}`, "the layout does not have it");
	const [, kind = "", dots = "", length = ""] = match;
	return { kind, prefix: dots.length, length: Number(length) };
}

class Reader {
	readonly #layout: Iso8583Layout;
	readonly #bytes: Uint8Array;
	#at: number;
	/** Parts of the message that were taken. */
	parts = 0;

	constructor(layout: Iso8583Layout, bytes: Uint8Array) {
		this.#layout = layout;
		this.#bytes = bytes;
		this.#at = layout.headerBytes;
	}

	message(): Iso8583Message {
		const layout = this.#layout;
		const type = layout.type === "ascii" ? this.#ascii(4, "type") : this.#digits(4, "type");
		if (!/^[0-2][1-8][0-9]{2}$/.test(type)) {
			throw new FieldError("type", "it is none of ISO 8583");
		}
		const present = this.#bitmap();
		const fields = new Map<number, string>();
		for (const field of present) {
			// Fields 1 and 65 say that there are more bitmaps.
			if (field !== 1 && field !== 65) fields.set(field, this.#field(field));
		}
		const rest = this.#bytes.subarray(this.#at);
		if (rest.some((byte) => byte !== 0x20 && byte !== 0x0a && byte !== 0x0d)) {
			const what = `${rest.length} bytes are left over after the last field`;
			throw new CloseoutError("SCHEMA", what);
		}
		return { layout, type, fields };
	}

	#bitmap(): number[] {
		const present: number[] = [];
		for (let start = 0; start < 128; start += 64) {
			const hex =
				this.#layout.bitmap === "hex" ? this.#ascii(16, "bitmap") : this.#hex(8, "bitmap");
			if (!/^[0-9a-f]{16}$/i.test(hex)) throw new FieldError("bitmap", "it is not hexadecimal");
			for (let bit = 0; bit < 64; bit++) {
				const digit = Number.parseInt(hex.charAt(bit >> 2), 16);
				if ((digit >> (3 - (bit & 3))) & 1) present.push(start + bit + 1);
			}
			if (!present.includes(1)) break;
		}
		return present;
	}

	#field(field: number): string {
		const name = `field ${field}`;
		const { kind, prefix, length } = shapeOf(field, this.#layout.fields[field]);
		const size = prefix === 0 ? length : this.#size(prefix, name);
		if (size > length) throw new FieldError(name, `the length ${size} is above ${length}`);
		if (kind === "b") {
			const bytes = size / 8;
			return this.#layout.bits === "hex" ? this.#ascii(bytes * 2, name) : this.#hex(bytes, name);
		}
		if (kind === "n" || kind === "z") return this.#number(kind, size, prefix > 0, name);
		if (kind === "x+n") return this.#ascii(1, name) + this.#number("n", size, false, name);
		return this.#text(size, name);
	}

	/** A length before a field: half bytes are filled up to whole ones on the left. */
	#size(prefix: number, name: string): number {
		const isAscii = this.#layout.length === "ascii";
		const text = isAscii ? this.#ascii(prefix, name) : this.#digits(prefix + (prefix & 1), name);
		if (/^\d+$/.test(text)) return Number(text);
		throw new FieldError(name, "its length is not a number");
	}

	#number(kind: "n" | "z", size: number, isVariable: boolean, name: string): string {
		const isAscii = this.#layout.number === "ascii";
		let text = "";
		if (isAscii) text = this.#ascii(size, name);
		else {
			const padded = this.#hex((size + 1) >> 1, name);
			const isLeft = size % 2 === 1 && !isVariable && this.#layout.padding === "left";
			text = isLeft ? padded.slice(1) : padded.slice(0, size);
		}
		if (kind === "z") return text.replaceAll(/d/gi, "=");
		if (/^\d*$/.test(text)) return text;
		throw new FieldError(name, "it has something else than digits");
	}

	#text(size: number, name: string): string {
		const bytes = this.#take(size, name);
		return new TextDecoder(this.#layout.text).decode(bytes);
	}

	#ascii(size: number, name: string): string {
		return new TextDecoder("latin1").decode(this.#take(size, name));
	}

	#digits(size: number, name: string): string {
		const text = this.#hex(size / 2, name);
		if (/^\d+$/.test(text)) return text;
		throw new FieldError(name, "it has something else than digits");
	}

	#hex(size: number, name: string): string {
		return [...this.#take(size, name)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
	}

	#take(size: number, name: string): Uint8Array {
		const bytes = this.#bytes.subarray(this.#at, this.#at + size);
		if (bytes.length < size) throw new FieldError(name, "the message ends before its end");
		this.#at += size;
		this.parts += 1;
		return bytes;
	}
}
