import test from "ava";
import fc from "fast-check";
import { fromBase32, toBase32 } from "../../protocol/base32.ts";
import { fromBase64, toBase64 } from "../../protocol/base64.ts";
import { encodeUtf8 } from "../../protocol/utf8.ts";
import { thin } from "../_helper/effort.ts";

/** RFC 4648, section 10; base32 without its padding. */
const vectors = [
	["", "", ""],
	["f", "Zg==", "MY"],
	["fo", "Zm8=", "MZXQ"],
	["foo", "Zm9v", "MZXW6"],
	["foob", "Zm9vYg==", "MZXW6YQ"],
	["fooba", "Zm9vYmE=", "MZXW6YTB"],
	["foobar", "Zm9vYmFy", "MZXW6YTBOI"],
] as const;

for (const [text, base64, base32] of vectors) {
	test(`"${text}" of RFC 4648`, (t) => {
		const bytes = encodeUtf8(text);
		t.is(toBase64(bytes), base64);
		t.deepEqual(fromBase64(base64), bytes);
		t.is(toBase32(bytes), base32);
		t.deepEqual(fromBase32(base32), bytes);
	});
}

test("any bytes come back", (t) => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
			t.deepEqual(fromBase64(toBase64(bytes)), Uint8Array.from(bytes));
			t.deepEqual(fromBase32(toBase32(bytes)), Uint8Array.from(bytes));
		}),
		{ numRuns: thin(300) },
	);
});

test("only what would be written is read", (t) => {
	for (const bad of ["Zg", "Zh==", "Zg=", "Z", "Zm9*", "Zm 9", "=Zg=", "Zg==="])
		t.throws(() => fromBase64(bad), { code: "SCHEMA" }, bad);
	for (const bad of ["M", "MZ", "mzxw6", "MZXW6Y", "MZXW1"])
		t.throws(() => fromBase32(bad), { code: "SCHEMA" }, bad);
});
