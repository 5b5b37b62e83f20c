import { TextDecoder } from "node:util";

/** Encodings that are taken where neither a byte order mark nor the bytes themselves say UTF-8 or UTF-16. */
export type FallbackEncoding = "gb18030" | "windows-1252";

type UnicodeEncoding = "utf-8" | "utf-16le" | "utf-16be";

/** Encoding of a byte order mark. */
export function byteOrderMark(bytes: Uint8Array): UnicodeEncoding | undefined {
	const [first, second, third] = bytes;
	if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8";
	if (first === 0xff && second === 0xfe) return "utf-16le";
	return first === 0xfe && second === 0xff ? "utf-16be" : undefined;
}

/** Bytes by which `unicodeEncoding` tells. */
export const UNICODE_SAMPLE_BYTES = 256;
/** Characters in a hundred that are digits, marks and line ends in any statement. */
const ASCII_PERCENT_MIN = 5;

/**
 * Encoding of a byte order mark; without one UTF-16 is told by the empty halves of the digits and marks that every
 * text has, nearly all of them on one side.
 */
export function unicodeEncoding(bytes: Uint8Array): UnicodeEncoding | undefined {
	const mark = byteOrderMark(bytes);
	if (mark !== undefined) return mark;
	const sample = bytes.subarray(0, UNICODE_SAMPLE_BYTES);
	const empty = [0, 0];
	for (const [at, byte] of sample.entries()) {
		if (byte === 0) empty[at % 2] = (empty[at % 2] ?? 0) + 1;
	}
	const [even = 0, odd = 0] = empty;
	const [few, many] = [Math.min(even, odd), Math.max(even, odd)];
	const isWide = sample.length > 0 && (many * 200) / sample.length >= ASCII_PERCENT_MIN;
	// Now and then a Chinese character has an empty half as well.
	if (!isWide || few * 4 > many) return undefined;
	return odd > even ? "utf-16le" : "utf-16be";
}

/** True for bytes that are UTF-8; a character cut off at the end does not count against it. */
export function isUtf8Start(bytes: Uint8Array): boolean {
	return decodes(bytes, "utf-8");
}

/**
 * The likelier of the two for bytes that are not UTF-8. Chinese characters are pairs of high bytes; the letters with
 * accents of western languages stand alone between ASCII letters.
 */
export function guessEncoding(bytes: Uint8Array): FallbackEncoding {
	let paired = 0;
	let alone = 0;
	for (let at = 0; at < bytes.length; at++) {
		if (!isHigh(bytes[at])) continue;
		if (isHigh(bytes[at + 1])) {
			paired += 1;
			at += 1;
		} else alone += 1;
	}
	return paired > alone && decodes(bytes, "gb18030") ? "gb18030" : "windows-1252";
}

function isHigh(byte: number | undefined): boolean {
	return byte !== undefined && byte >= 0xa1;
}

function decodes(bytes: Uint8Array, label: string): boolean {
	try {
		new TextDecoder(label, { fatal: true }).decode(bytes, { stream: true });
		return true;
	} catch {
		return false;
	}
}
