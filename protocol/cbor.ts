import { CloseoutError } from "./error.ts";
import { CBOR_BYTES_MAX, CBOR_DEPTH_MAX } from "./limits.ts";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

/**
 * Canonical CBOR, the subset of RFC 8949 that records and messages need: integers to 64 bits, byte strings,
 * text, arrays, booleans and null; definite lengths, shortest forms only (section 4.2.1). Everything that is
 * hashed or authenticated goes through here, so one value has exactly one encoding and the rest is refused.
 */
export type CborValue =
	| number
	| bigint
	| string
	| boolean
	| null
	| Uint8Array
	| readonly CborValue[];

const MAJOR_UNSIGNED = 0;
const MAJOR_NEGATIVE = 1;
const MAJOR_BYTES = 2;
const MAJOR_TEXT = 3;
const MAJOR_ARRAY = 4;
const MAJOR_SIMPLE = 7;

const FALSE = 0xf4;
const TRUE = 0xf5;
const NULL = 0xf6;

const TWO_32 = 0x1_0000_0000;
const UINT64_MAX = 0xffff_ffff_ffff_ffffn;

/** Bytes of `value`. Throws `CBOR_UNSUPPORTED` for a value outside the subset, `LIMIT` past a size limit. */
export function encodeCbor(value: CborValue): Uint8Array {
	const writer = new Writer();
	writer.value(value, 0);
	return writer.finish();
}

/**
 * The value of exactly these bytes. Throws `CBOR_MALFORMED` for what is not CBOR, `CBOR_NOT_CANONICAL` for a
 * longer form than needed, `CBOR_UNSUPPORTED` for tags, maps, floats and other items outside the subset,
 * `LIMIT` past a size or depth limit; the first of these from the left counts. Integers come back as `number`
 * when safe, else as `bigint`.
 */
export function decodeCbor(bytes: Uint8Array): CborValue {
	if (bytes.length > CBOR_BYTES_MAX) {
		throw new CloseoutError(
			"LIMIT",
			`CBOR item of ${bytes.length} bytes; at most ${CBOR_BYTES_MAX}`,
		);
	}
	const reader = new Reader(bytes);
	const value = reader.value(0);
	if (reader.offset !== bytes.length) {
		throw new CloseoutError("CBOR_MALFORMED", `bytes after the item, at byte ${reader.offset}`);
	}
	return value;
}

class Writer {
	#bytes = new Uint8Array(128);
	#length = 0;

	value(value: CborValue, depth: number): void {
		if (typeof value === "number") this.#number(value);
		else if (typeof value === "string") this.#text(value);
		else if (value === null) this.#byte(NULL);
		else if (typeof value === "boolean") this.#byte(value ? TRUE : FALSE);
		else if (value instanceof Uint8Array) this.#byteString(MAJOR_BYTES, value);
		else if (typeof value === "bigint") this.#bigint(value);
		else if (Array.isArray(value)) this.#array(value, depth);
		else throw new CloseoutError("CBOR_UNSUPPORTED", `a value of type ${typeof value}`);
	}

	finish(): Uint8Array {
		return this.#bytes.slice(0, this.#length);
	}

	#number(value: number): void {
		if (!Number.isSafeInteger(value)) {
			throw new CloseoutError("CBOR_UNSUPPORTED", `${value} is not a safe integer`);
		}
		if (value >= 0) this.#head(MAJOR_UNSIGNED, value);
		else this.#head(MAJOR_NEGATIVE, -1 - value);
	}

	#bigint(value: bigint): void {
		const negative = value < 0n;
		const magnitude = negative ? -1n - value : value;
		if (magnitude > UINT64_MAX) {
			throw new CloseoutError("CBOR_UNSUPPORTED", `${value} does not fit 64 bits`);
		}
		const major = negative ? MAJOR_NEGATIVE : MAJOR_UNSIGNED;
		if (magnitude <= BigInt(Number.MAX_SAFE_INTEGER)) {
			this.#head(major, Number(magnitude));
			return;
		}
		this.#byte((major << 5) | 27);
		this.#uint32(Number(magnitude >> 32n));
		this.#uint32(Number(magnitude & 0xffff_ffffn));
	}

	#text(value: string): void {
		this.#byteString(MAJOR_TEXT, encodeUtf8(value));
	}

	#byteString(major: number, bytes: Uint8Array): void {
		this.#head(major, bytes.length);
		this.#reserve(bytes.length);
		this.#bytes.set(bytes, this.#length);
		this.#length += bytes.length;
	}

	#array(items: readonly CborValue[], depth: number): void {
		if (depth >= CBOR_DEPTH_MAX) {
			throw new CloseoutError("LIMIT", `CBOR nested deeper than ${CBOR_DEPTH_MAX}`);
		}
		this.#head(MAJOR_ARRAY, items.length);
		for (const item of items) this.value(item, depth + 1);
	}

	#head(major: number, argument: number): void {
		const high = major << 5;
		if (argument < 24) {
			this.#byte(high | argument);
		} else if (argument < 0x100) {
			this.#byte(high | 24);
			this.#byte(argument);
		} else if (argument < 0x1_0000) {
			this.#byte(high | 25);
			this.#byte(argument >>> 8);
			this.#byte(argument & 0xff);
		} else if (argument < TWO_32) {
			this.#byte(high | 26);
			this.#uint32(argument);
		} else {
			this.#byte(high | 27);
			this.#uint32(Math.floor(argument / TWO_32));
			this.#uint32(argument % TWO_32);
		}
	}

	#uint32(value: number): void {
		this.#byte((value >>> 24) & 0xff);
		this.#byte((value >>> 16) & 0xff);
		this.#byte((value >>> 8) & 0xff);
		this.#byte(value & 0xff);
	}

	#byte(value: number): void {
		this.#reserve(1);
		this.#bytes[this.#length] = value;
		this.#length += 1;
	}

	#reserve(count: number): void {
		const needed = this.#length + count;
		if (needed > CBOR_BYTES_MAX) {
			throw new CloseoutError("LIMIT", `CBOR item longer than ${CBOR_BYTES_MAX} bytes`);
		}
		if (needed <= this.#bytes.length) return;
		const grown = new Uint8Array(needed * 2);
		grown.set(this.#bytes);
		this.#bytes = grown;
	}
}

class Reader {
	readonly #bytes: Uint8Array;
	offset = 0;

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
	}

	value(depth: number): CborValue {
		const start = this.offset;
		const initial = this.#byte();
		const major = initial >> 5;
		if (major === MAJOR_SIMPLE) return simpleValue(initial, start);
		if (major > MAJOR_ARRAY) {
			const item = major === 5 ? "a map" : "a tag";
			throw new CloseoutError("CBOR_UNSUPPORTED", `${item} at byte ${start}`);
		}
		const argument = this.#argument(major, initial & 0x1f, start);
		if (major === MAJOR_UNSIGNED) return argument;
		if (major === MAJOR_NEGATIVE) {
			if (typeof argument === "bigint") return -1n - argument;
			// -1 - MAX_SAFE_INTEGER is one past the safe range.
			return argument === Number.MAX_SAFE_INTEGER ? -1n - BigInt(argument) : -1 - argument;
		}
		const length = this.#length(argument, start);
		if (major === MAJOR_BYTES) return this.#take(length).slice();
		if (major === MAJOR_TEXT) return decodeUtf8(this.#take(length));
		return this.#array(length, depth, start);
	}

	#array(length: number, depth: number, start: number): CborValue[] {
		if (depth >= CBOR_DEPTH_MAX) {
			throw new CloseoutError(
				"LIMIT",
				`CBOR nested deeper than ${CBOR_DEPTH_MAX}, at byte ${start}`,
			);
		}
		const items: CborValue[] = [];
		for (let index = 0; index < length; index++) items.push(this.value(depth + 1));
		return items;
	}

	/** No item can be longer than the bytes left: each element of an array takes at least one. */
	#length(argument: number | bigint, start: number): number {
		if (typeof argument === "bigint" || argument > this.#bytes.length - this.offset) {
			throw new CloseoutError("CBOR_MALFORMED", `length past the end, at byte ${start}`);
		}
		return argument;
	}

	#argument(major: number, info: number, start: number): number | bigint {
		if (info < 24) return info;
		if (info > 27) {
			// Only strings and arrays have an indefinite length; for an integer these bits mean nothing.
			const indefinite = info === 31 && major >= MAJOR_BYTES;
			const code = indefinite ? "CBOR_UNSUPPORTED" : "CBOR_MALFORMED";
			throw new CloseoutError(code, `indefinite or reserved length at byte ${start}`);
		}
		const size = 1 << (info - 24);
		const raw = this.#take(size);
		let value = 0;
		let big = 0n;
		for (const byte of raw.subarray(0, Math.min(size, 4))) value = value * 256 + byte;
		if (size === 8) {
			let low = 0;
			for (const byte of raw.subarray(4)) low = low * 256 + byte;
			big = (BigInt(value) << 32n) | BigInt(low);
			value = value * TWO_32 + low;
		}
		const shortest =
			size === 1
				? value >= 24
				: size === 2
					? value > 0xff
					: size === 4
						? value > 0xffff
						: value >= TWO_32;
		if (!shortest) {
			throw new CloseoutError("CBOR_NOT_CANONICAL", `longer form than needed at byte ${start}`);
		}
		return Number.isSafeInteger(value) ? value : big;
	}

	#take(length: number): Uint8Array {
		const end = this.offset + length;
		if (end > this.#bytes.length) {
			throw new CloseoutError("CBOR_MALFORMED", `item cut off at byte ${this.#bytes.length}`);
		}
		const taken = this.#bytes.subarray(this.offset, end);
		this.offset = end;
		return taken;
	}

	#byte(): number {
		const byte = this.#bytes[this.offset];
		if (byte === undefined) {
			throw new CloseoutError("CBOR_MALFORMED", `item cut off at byte ${this.#bytes.length}`);
		}
		this.offset += 1;
		return byte;
	}
}

function simpleValue(initial: number, start: number): boolean | null {
	if (initial === FALSE) return false;
	if (initial === TRUE) return true;
	if (initial === NULL) return null;
	const info = initial & 0x1f;
	if (info >= 28)
		throw new CloseoutError("CBOR_MALFORMED", `stray break or reserved value at byte ${start}`);
	throw new CloseoutError("CBOR_UNSUPPORTED", `a float or simple value at byte ${start}`);
}
