import { CloseoutError } from "./error.ts";

/**
 * UTF-8 (RFC 3629), strict both ways: surrogates, overlong forms and values past U+10FFFF are refused.
 * Written here because XS and Node share no encoder that refuses instead of replacing.
 */
export function encodeUtf8(text: string): Uint8Array {
	const length = text.length;
	const ascii = new Uint8Array(length);
	for (let index = 0; index < length; index++) {
		const unit = text.charCodeAt(index);
		if (unit >= 0x80) return encodeWide(text);
		ascii[index] = unit;
	}
	return ascii;
}

/** By code points: XS on a terminal counts and indexes text by them, other engines by units of UTF-16. */
function encodeWide(text: string): Uint8Array {
	const bytes: number[] = [];
	for (const character of text) {
		const point = Number(character.codePointAt(0));
		if (point < 0x80) bytes.push(point);
		else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 0x3f));
		else if (point < 0x1_0000) {
			if (point >= 0xd800 && point <= 0xdfff) {
				throw new CloseoutError("CBOR_UNSUPPORTED", "text holds half a surrogate pair");
			}
			bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f));
		} else {
			bytes.push(0xf0 | (point >> 18), 0x80 | ((point >> 12) & 0x3f));
			bytes.push(0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f));
		}
	}
	return Uint8Array.from(bytes);
}

/** Length in units of UTF-16 on every engine; a terminal's counts code points. */
export function utf16Units(text: string): number {
	let units = 0;
	for (const character of text) units += Number(character.codePointAt(0)) < 0x1_0000 ? 1 : 2;
	return units;
}

/** The text of these bytes. Throws `CBOR_MALFORMED` where they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
	let text = "";
	let index = 0;
	for (;;) {
		const lead = bytes[index];
		if (lead === undefined) return text;
		if (lead < 0x80) {
			text += String.fromCharCode(lead);
			index += 1;
			continue;
		}
		const size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
		if (lead < 0xc2 || lead > 0xf4) throw notUtf8(index);
		let point = lead & (0xff >> (size + 1));
		for (let next = index + 1; next < index + size; next++) {
			// Past the end there is no continuation byte either.
			const byte = bytes[next] ?? 0;
			if ((byte & 0xc0) !== 0x80) throw notUtf8(index);
			point = (point << 6) | (byte & 0x3f);
		}
		const least = size === 4 ? 0x1_0000 : size === 3 ? 0x800 : 0x80;
		if (point < least || point > 0x10_ffff || (point >= 0xd800 && point <= 0xdfff))
			throw notUtf8(index);
		text += String.fromCodePoint(point);
		index += size;
	}
}

function notUtf8(index: number): CloseoutError {
	return new CloseoutError("CBOR_MALFORMED", `text is not UTF-8 at its byte ${index}`);
}
