import fc from "fast-check";
import type { CborValue } from "../../protocol/cbor.ts";
import { CBOR_DEPTH_MAX } from "../../protocol/limits.ts";

const leaf: fc.Arbitrary<CborValue> = fc.oneof(
	fc.maxSafeInteger(),
	fc.integer({ min: -300, max: 300 }),
	fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
	fc.bigInt({ min: -(2n ** 64n), max: -(2n ** 53n) }),
	fc.string({ unit: "grapheme", maxLength: 40 }),
	fc.uint8Array({ maxLength: 300 }),
	fc.boolean(),
	fc.constant(null),
);

/** Any value of the subset, nested as deep as allowed. */
export const cborValue: fc.Arbitrary<CborValue> = fc.letrec<{ value: CborValue }>((tie) => ({
	value: fc.oneof(
		{ maxDepth: CBOR_DEPTH_MAX, depthSize: "small", withCrossShrink: true },
		leaf,
		fc.array(tie("value"), { maxLength: 30 }),
	),
})).value;

const lengths = { minLength: 12, maxLength: 18 };

/** 13 to 19 digits, the last one by the Luhn rule, written here once more and not as the guard does it. */
export const cardNumber: fc.Arbitrary<string> = fc
	.array(fc.integer({ min: 0, max: 9 }), lengths)
	.map((digits) => {
		const weighed = [...digits].reverse().map((digit, place) => {
			return place % 2 === 0 ? [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][digit] : digit;
		});
		const sum = weighed.reduce<number>((total, digit) => total + (digit ?? 0), 0);
		return `${digits.join("")}${(10 - (sum % 10)) % 10}`;
	});
