import test from "ava";
import fc from "fast-check";
import { decodeUtf8, encodeUtf8 } from "../../protocol/utf8.ts";

test("text of any well-formed characters comes back", (t) => {
	fc.assert(
		fc.property(fc.string({ unit: "binary" }), (text) => {
			t.is(decodeUtf8(encodeUtf8(text)), text);
		}),
	);
});

test("half a surrogate pair has no bytes", (t) => {
	for (const text of ["\ud800", "a\udfff", "\udc00\ud800"]) {
		t.throws(() => encodeUtf8(text), { code: "CBOR_UNSUPPORTED" });
	}
});
