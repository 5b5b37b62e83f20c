import { CloseoutError } from "./error.ts";

/**
 * Base32 without padding (RFC 4648, section 6). All its digits are in the alphanumeric set of QR codes (ISO/IEC
 * 18004), where five and a half bits carry a digit of five: a byte costs as much room as it would raw, and the
 * text can be typed.
 */
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export function toBase32(bytes: Uint8Array): string {
	let text = "";
	let held = 0;
	let heldBits = 0;
	for (const byte of bytes) {
		held = ((held << 8) | byte) & 0xffff;
		heldBits += 8;
		while (heldBits >= 5) {
			heldBits -= 5;
			text += alphabet.charAt((held >> heldBits) & 31);
		}
	}
	return heldBits === 0 ? text : text + alphabet.charAt((held << (5 - heldBits)) & 31);
}

/** The bytes of base32 text. Throws `SCHEMA` for anything that `toBase32` would not have written. */
export function fromBase32(text: string): Uint8Array {
	const bytes = new Uint8Array((text.length * 5) >> 3);
	let held = 0;
	let heldBits = 0;
	let at = 0;
	for (const digit of text) {
		held = ((held << 5) | alphabet.indexOf(digit)) & 0xffff;
		heldBits += 5;
		if (heldBits < 8) continue;
		heldBits -= 8;
		bytes[at++] = held >> heldBits;
	}
	if (toBase32(bytes) === text) return bytes;
	throw new CloseoutError("SCHEMA", `"${text.slice(0, 40)}" is not base32`);
}
