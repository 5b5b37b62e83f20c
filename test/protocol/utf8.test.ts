import test from "ava";
import fc from "fast-check";
import { decodeUtf8, encodeUtf8, utf16Units } from "../../protocol/utf8.ts";
import { bytesOf, hexOf } from "./_json.ts";

test("text of any well-formed characters comes back", (t) => {
	fc.assert(
		fc.property(fc.string({ unit: "binary" }), (text) => {
			t.is(decodeUtf8(encodeUtf8(text)), text);
		}),
	);
});

test("the first and the last character of each length have the bytes of RFC 3629", (t) => {
	const ends: readonly (readonly [point: number, hex: string])[] = [
		[0x00, "00"],
		[0x7f, "7f"],
		[0x80, "c280"],
		[0x7ff, "dfbf"],
		[0x800, "e0a080"],
		[0xd7ff, "ed9fbf"],
		[0xe000, "ee8080"],
		[0xffff, "efbfbf"],
		[0x1_0000, "f0908080"],
		[0x10_ffff, "f48fbfbf"],
	];
	for (const [point, hex] of ends) {
		const text = String.fromCodePoint(point);
		t.is(hexOf(encodeUtf8(text)), hex);
		t.is(decodeUtf8(bytesOf(hex)), text);
	}
});

test("what lies just outside of each length is no text", (t) => {
	const outside = [
		"7f80", // a continuation byte behind a whole character
		"c1bf", // overlong U+007F
		"e09fbf", // overlong U+07FF
		"eda080", // U+D800, half a surrogate pair
		"edbfbf", // U+DFFF, the other half
		"f08fbfbf", // overlong U+FFFF
		"f4908080", // U+110000
		"f5808080", // a lead byte that RFC 3629 does not have
		"f9908080", // its low bits alone would make U+50000
		"c3", // cut short behind each byte of a character
		"e58d",
		"f09f98",
	];
	for (const hex of outside) {
		t.throws(() => decodeUtf8(bytesOf(hex)), { code: "CBOR_MALFORMED" }, hex);
	}
});

test("half a surrogate pair has no bytes", (t) => {
	for (const text of ["\ud800", "a\udfff", "\udc00\ud800"]) {
		t.throws(() => encodeUtf8(text), { code: "CBOR_UNSUPPORTED" });
	}
});

test("a text is as long as its units of UTF-16, also where a character is the first of two units", (t) => {
	const lengths = ["", "a", "签", "\uffff", "\u{10000}", "a\u{1f600}签"].map(utf16Units);
	t.deepEqual(lengths, [0, 1, 1, 1, 2, 4]);
});
