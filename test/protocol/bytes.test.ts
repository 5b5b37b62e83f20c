import test from "ava";
import fc from "fast-check";
import { concatBytes, equalBytes, toHex } from "../../protocol/bytes.ts";
import { hexOf } from "./_json.ts";

test("equal means same length and same bytes", (t) => {
	t.true(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2)));
	t.false(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3)));
	t.false(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1)));
	t.false(equalBytes(Uint8Array.of(1), Uint8Array.of(1, 2)));
	t.true(equalBytes(new Uint8Array(0), new Uint8Array(0)));
});

test("parts stand one behind the other, and hexadecimal text has two digits a byte", (t) => {
	fc.assert(
		fc.property(fc.array(fc.uint8Array({ maxLength: 9 })), (parts) => {
			const whole = concatBytes(...parts);
			t.deepEqual(
				[...whole],
				parts.flatMap((part) => [...part]),
			);
			t.is(toHex(whole), hexOf(whole));
		}),
	);
});
