import test from "ava";
import { crc32c, crc32cOfU32 } from "../../protocol/crc.ts";
import { encodeUtf8 } from "../../protocol/utf8.ts";

/** Examples of RFC 3720, appendix B.4, and the check value of the CRC catalogue. */
const vectors: readonly (readonly [name: string, bytes: Uint8Array, crc: number])[] = [
	["123456789", encodeUtf8("123456789"), 0xe306_9283],
	["32 zeros", new Uint8Array(32), 0x8a91_36aa],
	["32 ones", new Uint8Array(32).fill(0xff), 0x62a8_ab43],
	["0 to 31", Uint8Array.from({ length: 32 }, (_, index) => index), 0x46dd_794e],
	["31 to 0", Uint8Array.from({ length: 32 }, (_, index) => 31 - index), 0x113f_db5c],
];

for (const [name, bytes, crc] of vectors) {
	test(`CRC-32C of ${name} is the published value`, (t) => {
		t.is(crc32c(bytes), crc);
	});
}

test("a checksum computed piece by piece is that of the whole", (t) => {
	const bytes = encodeUtf8("the quick brown fox");
	for (let cut = 0; cut <= bytes.length; cut++) {
		const head = crc32c(bytes, 0, cut);
		t.is(crc32c(bytes, cut, bytes.length, head), crc32c(bytes));
	}
});

test("a number counts as its four bytes, most significant first", (t) => {
	for (let last = 0; last < 256; last++) {
		const bytes = Uint8Array.of(0xf1, 2, 0xf3, last);
		t.is(crc32cOfU32(0xf102_f300 + last, 77), crc32c(bytes, 0, 4, 77));
	}
});

test("what lies past the last byte counts as zeros", (t) => {
	t.is(crc32c(Uint8Array.of(7), 0, 3), crc32c(Uint8Array.of(7, 0, 0)));
});
