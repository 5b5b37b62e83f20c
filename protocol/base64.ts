import { CloseoutError } from "./error.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Base64 with padding (RFC 4648, section 4). */
export function toBase64(bytes: Uint8Array): string {
	let text = "";
	for (let index = 0; index < bytes.length; index += 3) {
		const [first = 0, second, third] = bytes.subarray(index, index + 3);
		const held = (first << 16) | ((second ?? 0) << 8) | (third ?? 0);
		text += alphabet.charAt(held >> 18) + alphabet.charAt((held >> 12) & 63);
		text += second === undefined ? "=" : alphabet.charAt((held >> 6) & 63);
		text += third === undefined ? "=" : alphabet.charAt(held & 63);
	}
	return text;
}

/** The bytes of base64 with padding. Throws `SCHEMA` for anything that `toBase64` would not have written. */
export function fromBase64(text: string): Uint8Array {
	const digits = text.replace(/={1,2}$/, "");
	const bytes = new Uint8Array((digits.length * 6) >> 3);
	let held = 0;
	let heldBits = 0;
	let at = 0;
	for (const digit of digits) {
		held = ((held << 6) | alphabet.indexOf(digit)) & 0xffff;
		heldBits += 6;
		if (heldBits < 8) continue;
		heldBits -= 8;
		bytes[at++] = held >> heldBits;
	}
	if (toBase64(bytes) === text) return bytes;
	throw new CloseoutError("SCHEMA", `"${text.slice(0, 40)}" is not base64`);
}
