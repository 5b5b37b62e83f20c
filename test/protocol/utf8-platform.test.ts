import { TextDecoder, TextEncoder } from "node:util";
import test from "ava";
import fc from "fast-check";
import { decodeUtf8, encodeUtf8 } from "../../protocol/utf8.ts";

test("bytes are those of the platform's encoder", (t) => {
	const encoder = new TextEncoder();
	fc.assert(
		fc.property(fc.string({ unit: "binary" }), (text) => {
			t.deepEqual(encodeUtf8(text), encoder.encode(text));
		}),
	);
});

test("bytes are refused exactly where the platform's strict decoder refuses them", (t) => {
	const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
	const lead = fc.constantFrom(0x41, 0x80, 0xc1, 0xc3, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5);
	const bytes = fc.array(fc.oneof(lead, fc.integer({ min: 0x80, max: 0xbf })), { maxLength: 5 });
	fc.assert(
		fc.property(bytes, (list) => {
			const given = Uint8Array.from(list);
			let expected: string | undefined;
			try {
				expected = decoder.decode(given);
			} catch {
				t.throws(() => decodeUtf8(given), { code: "CBOR_MALFORMED" });
				return;
			}
			t.is(decodeUtf8(given), expected);
		}),
		{ numRuns: 5_000 },
	);
});
