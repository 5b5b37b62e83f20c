/**
 * The bytes of base64 text that was cut into lines. For generated tables only: the last line alone may
 * end in padding, and the text is trusted to be well formed.
 */
export function fromBase64Lines(lines: readonly string[]): Uint8Array {
	const digits = digitValues();
	const characters = lines.reduce((sum, line) => sum + line.length, 0);
	const padding = lines.at(-1)?.match(/=*$/)?.[0].length ?? 0;
	const bytes = new Uint8Array((characters / 4) * 3 - padding);
	let held = 0;
	let heldBits = 0;
	let at = 0;
	for (const line of lines) {
		for (let index = 0; index < line.length && at < bytes.length; index++) {
			held = ((held << 6) | (digits[line.charCodeAt(index)] ?? 0)) & 0xffff;
			heldBits += 6;
			if (heldBits < 8) continue;
			heldBits -= 8;
			bytes[at++] = held >> heldBits;
		}
	}
	return bytes;
}

function digitValues(): Uint8Array {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const values = new Uint8Array(128);
	for (let index = 0; index < alphabet.length; index++) values[alphabet.charCodeAt(index)] = index;
	return values;
}
