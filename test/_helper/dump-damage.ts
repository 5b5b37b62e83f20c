import fc from "fast-check";
import { ROOT_BYTES } from "../../protocol/media.ts";
import { otherImage } from "./known-image.ts";
import { Random } from "./random.ts";

const strangers = [
	otherImage("shop-0002", 0, 60),
	otherImage("shop-0001", 7, 60),
	otherImage("shop-0001", 3, 100),
];
const RING_BYTES = 32_768;

/** One thing that is done to the bytes. `size` is in thousandths of a ring. */
export interface Harm {
	readonly what:
		| "noise"
		| "zeros"
		| "ones"
		| "flips"
		| "both"
		| "headers"
		| "roots"
		| "prefix"
		| "suffix"
		| "cutFront"
		| "cutBack"
		| "remove"
		| "swap"
		| "split"
		| "stranger"
		| "sector";
	readonly at: number;
	readonly size: number;
	readonly seed: number;
}

const harm: fc.Arbitrary<Harm> = fc.record({
	what: fc.constantFrom<Harm["what"]>(
		"noise",
		"zeros",
		"ones",
		"flips",
		"both",
		"headers",
		"roots",
		"prefix",
		"suffix",
		"cutFront",
		"cutBack",
		"remove",
		"swap",
		"split",
		"stranger",
		"sector",
	),
	at: fc.nat(65_535),
	size: fc.nat(300),
	seed: fc.nat(),
});

export const harms = fc.array(harm, { maxLength: 7 });

/** The files that are left when all of it has happened, one after the other. */
export function wreck(bytes: Uint8Array, done: readonly Harm[]): readonly Uint8Array[] {
	let files: Uint8Array[] = [bytes.slice()];
	for (const one of done) {
		const index = one.seed % files.length;
		const file = files[index] ?? new Uint8Array(0);
		const changed = harmOf(file, one);
		files = [...files.slice(0, index), ...changed, ...files.slice(index + 1)];
	}
	return files;
}

function harmOf(file: Uint8Array, { what, at, size, seed }: Harm): readonly Uint8Array[] {
	const random = new Random(seed);
	const start = file.length === 0 ? 0 : at % file.length;
	const length = Math.floor((RING_BYTES * size) / 1_000);
	const copy = Uint8Array.from(file);
	const noise = (count: number) => random.read(count);
	switch (what) {
		case "noise":
			copy.set(noise(Math.min(length, file.length - start)), start);
			return [copy];
		case "zeros":
			return [copy.fill(0, start, start + length)];
		case "ones":
			return [copy.fill(0xff, start, start + length)];
		case "flips":
			for (let flip = 0; flip < size / 4 && copy.length > 0; flip++) {
				const place = random.below(copy.length);
				copy[place] = (copy[place] ?? 0) ^ (1 << random.below(8));
			}
			return [copy];
		case "both": {
			const bytes = 1 + (size % 200);
			const twin = (start + RING_BYTES) % Math.max(1, file.length);
			return [copy.fill(0x55, start, start + bytes).fill(0x55, twin, twin + bytes)];
		}
		case "headers":
			for (let base = start - (start % 512); base < copy.length; base += 512) {
				const isHeader = Buffer.from(copy.subarray(base, base + 4)).toString("latin1") === "CLSG";
				if (isHeader && random.below(3) > 0) copy.fill(0, base, base + 192);
			}
			return [copy];
		case "roots":
			for (let base = 0; base < copy.length; base += ROOT_BYTES) {
				const isRoot = Buffer.from(copy.subarray(base, base + 4)).toString("latin1") === "CLRT";
				if (isRoot) copy.fill(seed & 0xff, base, base + ROOT_BYTES);
			}
			return [copy];
		case "prefix":
			return [Buffer.concat([noise(size * 7 + (at % 13)), copy])];
		case "suffix":
			return [Buffer.concat([copy, noise(size * 7 + (at % 13))])];
		case "cutFront":
			return [copy.subarray(Math.min(start, length))];
		case "cutBack":
			return [copy.subarray(0, copy.length - Math.min(start, length))];
		case "remove":
			return [Buffer.concat([copy.subarray(0, start), copy.subarray(start + length / 8)])];
		case "swap":
			return [Buffer.concat([copy.subarray(start), copy.subarray(0, start)])];
		case "split":
			return [copy.subarray(start), copy.subarray(0, start)];
		case "stranger": {
			const other = strangers[seed % strangers.length] ?? copy;
			const part = other.subarray(at % 20_000, (at % 20_000) + size * 100);
			return [seed & 1 ? Buffer.concat([part, copy]) : Buffer.concat([copy, part])];
		}
		case "sector": {
			const from = random.below(Math.max(1, copy.length - 512));
			copy.copyWithin(start, from, from + 512);
			return [copy];
		}
	}
}
