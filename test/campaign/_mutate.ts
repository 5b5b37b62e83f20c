import type { Random } from "../_helper/random.ts";

const telling = [
	...[
		0x00, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1f, 0x20, 0x38, 0x3b, 0x40, 0x58, 0x5f, 0x60, 0x7f,
	],
	...[
		0x80, 0x98, 0x9b, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xd8, 0xf4, 0xf5, 0xf6, 0xf7, 0xf9, 0xfb, 0xff,
	],
] as const;

/** Where the items of a well-formed CBOR item begin and end; sloppy, since it is only to aim changes. */
function itemsOf(bytes: Uint8Array): readonly { readonly start: number; readonly end: number }[] {
	const items: { start: number; end: number }[] = [];
	const read = (start: number): number => {
		const initial = bytes[start] ?? 0;
		const major = initial >> 5;
		const info = initial & 31;
		const size = info < 24 || info > 27 ? 0 : 1 << (info - 24);
		let argument = info < 24 ? info : 0;
		for (let index = 1; index <= size; index++)
			argument = argument * 256 + (bytes[start + index] ?? 0);
		let end = start + 1 + size;
		const item = { start, end };
		items.push(item);
		if (major === 2 || major === 3) end += argument;
		if (major === 4)
			for (let count = 0; count < argument && end < bytes.length; count++) end = read(end);
		item.end = Math.min(end, bytes.length);
		return item.end;
	};
	read(0);
	return items;
}

function spliced(bytes: Uint8Array, start: number, end: number, put: Uint8Array): Uint8Array {
	const result = new Uint8Array(start + put.length + bytes.length - end);
	result.set(bytes.subarray(0, start));
	result.set(put, start);
	result.set(bytes.subarray(end), start + put.length);
	return result;
}

/** Makes one to three changes that know what CBOR looks like. */
export function mutate(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
	let result = bytes;
	const times = 1 + random.below(3);
	for (let time = 0; time < times && result.length > 0; time++)
		result = once(result, other, random);
	return result;
}

function once(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
	const items = itemsOf(bytes);
	const { start, end } = items[random.below(items.length)] ?? { start: 0, end: bytes.length };
	const at = random.below(bytes.length);
	switch (random.below(11)) {
		case 0:
			return spliced(bytes, at, at + 1, Uint8Array.of((bytes[at] ?? 0) ^ (1 << random.below(8))));
		case 1:
			return spliced(bytes, at, at + 1, Uint8Array.of(telling[random.below(telling.length)] ?? 0));
		case 2:
			return spliced(
				bytes,
				start,
				start + 1,
				Uint8Array.of(telling[random.below(telling.length)] ?? 0),
			);
		case 3:
			return spliced(bytes, start, end, new Uint8Array(0));
		case 4:
			return spliced(bytes, end, end, bytes.slice(start, end));
		case 5:
			return bytes.slice(0, at);
		case 6:
			return spliced(bytes, bytes.length, bytes.length, other.subarray(0, 1 + random.below(8)));
		case 7: {
			const theirs = itemsOf(other);
			const put = theirs[random.below(theirs.length)] ?? { start: 0, end: other.length };
			return spliced(bytes, start, end, other.slice(put.start, put.end));
		}
		case 8:
			return widened(bytes, start);
		case 9:
			return spliced(
				bytes,
				start,
				start + 1,
				Uint8Array.of((bytes[start] ?? 0) + 1 - 2 * random.below(2)),
			);
		default:
			return spliced(bytes, start, end, Uint8Array.from([0x1b, ...random.read(8)]));
	}
}

/** The same head in a longer form than needed. */
function widened(bytes: Uint8Array, start: number): Uint8Array {
	const initial = bytes[start] ?? 0;
	const info = initial & 31;
	if (info > 23) return spliced(bytes, start, start + 1, Uint8Array.of(initial + 1, 0));
	return spliced(bytes, start, start + 1, Uint8Array.of((initial & 0xe0) | 24, info));
}
