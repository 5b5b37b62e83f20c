import type { Digest } from "../../firmware/core/port.ts";

const roundConstants = Uint32Array.from(primes(64), (prime) => fraction(Math.cbrt(prime)));
const initial = Uint32Array.from(primes(8), (prime) => fraction(Math.sqrt(prime)));

/** SHA-256 (FIPS 180-4) and HMAC (RFC 2104) without any platform, for tests that also run inside XS. */
export const plainDigest: Digest = { sha256, hmacSha256 };

function primes(count: number): number[] {
	const found: number[] = [];
	for (let candidate = 2; found.length < count; candidate++) {
		if (found.every((prime) => candidate % prime !== 0)) found.push(candidate);
	}
	return found;
}

/** First 32 bits of the fractional part. */
function fraction(value: number): number {
	return Math.floor((value - Math.floor(value)) * 0x1_0000_0000);
}

function sha256(bytes: Uint8Array): Uint8Array {
	const blocks = Math.ceil((bytes.length + 9) / 64);
	const padded = new Uint8Array(blocks * 64);
	padded.set(bytes);
	padded[bytes.length] = 0x80;
	const view = new DataView(padded.buffer);
	view.setUint32(padded.length - 4, bytes.length * 8);
	const state = initial.slice();
	for (let block = 0; block < blocks; block++) compress(state, view, block * 64);
	const result = new DataView(new ArrayBuffer(32));
	for (const [index, word] of state.entries()) result.setUint32(index * 4, word);
	return new Uint8Array(result.buffer);
}

function compress(state: Uint32Array, view: DataView, offset: number): void {
	const words = new Uint32Array(64);
	const word = (index: number) => words[index] ?? 0;
	for (let index = 0; index < 16; index++) words[index] = view.getUint32(offset + index * 4);
	for (let index = 16; index < 64; index++) {
		const one = word(index - 15);
		const two = word(index - 2);
		const small = turn(one, 7) ^ turn(one, 18) ^ (one >>> 3);
		const large = turn(two, 17) ^ turn(two, 19) ^ (two >>> 10);
		words[index] = word(index - 16) + small + word(index - 7) + large;
	}
	let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
	for (let index = 0; index < 64; index++) {
		const first =
			h +
			(turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) +
			((e & f) ^ (~e & g)) +
			(roundConstants[index] ?? 0) +
			word(index);
		const second = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
		[h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
	}
	for (const [index, value] of [a, b, c, d, e, f, g, h].entries()) {
		state[index] = (state[index] ?? 0) + value;
	}
}

function turn(word: number, bits: number): number {
	return (word >>> bits) | (word << (32 - bits));
}

function hmacSha256(key: Uint8Array, bytes: Uint8Array): Uint8Array {
	const block = new Uint8Array(64);
	block.set(key.length > 64 ? sha256(key) : key);
	const inner = sha256(
		joined(
			block.map((byte) => byte ^ 0x36),
			bytes,
		),
	);
	return sha256(
		joined(
			block.map((byte) => byte ^ 0x5c),
			inner,
		),
	);
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
	const whole = new Uint8Array(head.length + tail.length);
	whole.set(head);
	whole.set(tail, head.length);
	return whole;
}
