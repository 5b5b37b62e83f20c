import test from "ava";
import { decode as decodeWithCborX } from "cbor-x";
import { decode as decodeWithCbor2 } from "cbor2";
import fc from "fast-check";
import { type CborValue, decodeCbor, encodeCbor } from "../../protocol/cbor.ts";
import { CloseoutError } from "../../protocol/error.ts";
import { cborValue } from "./_random.ts";

/** Other decoders give a Buffer for bytes, and have a border of their own between number and bigint. */
function plain(value: unknown): unknown {
	if (value instanceof Uint8Array) return Uint8Array.from(value);
	if (Array.isArray(value)) return value.map(plain);
	return typeof value === "number" ? BigInt(value) : value;
}

/** cbor-x reads negative integers past the safe range inexactly, so values with them are not compared there. */
function holdsLowInteger(value: CborValue): boolean {
	if (typeof value === "bigint") return value < 0n;
	return Array.isArray(value) && value.some(holdsLowInteger);
}

test("a value comes back, and has one encoding", (t) => {
	fc.assert(
		fc.property(cborValue, (value) => {
			const bytes = encodeCbor(value);
			const decoded = decodeCbor(bytes);
			t.deepEqual(plain(decoded), plain(value));
			t.deepEqual(encodeCbor(decoded), bytes);
		}),
	);
});

test("cbor2, which is strict here, reads our bytes as the same value", (t) => {
	fc.assert(
		fc.property(cborValue, (value) => {
			const decoded = decodeWithCbor2(encodeCbor(value), { cde: true });
			t.deepEqual(plain(decoded), plain(value));
		}),
	);
});

test("cbor-x reads our bytes as the same value", (t) => {
	const comparable = cborValue.filter((value) => !holdsLowInteger(value));
	fc.assert(
		fc.property(comparable, (value) => {
			t.deepEqual(plain(decodeWithCborX(encodeCbor(value))), plain(value));
		}),
	);
});

test("a truncated item is malformed", (t) => {
	fc.assert(
		fc.property(cborValue, fc.double({ min: 0, max: 1, maxExcluded: true }), (value, part) => {
			const bytes = encodeCbor(value);
			const cut = bytes.subarray(0, Math.floor(bytes.length * part));
			t.throws(() => decodeCbor(cut), { code: "CBOR_MALFORMED" });
		}),
	);
});

test("random bytes are refused by a code or are the one encoding of their value", (t) => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
			let value: CborValue;
			try {
				value = decodeCbor(bytes);
			} catch (error) {
				t.true(error instanceof CloseoutError && error.family === "outside");
				return;
			}
			t.deepEqual(encodeCbor(value), bytes);
		}),
		{ numRuns: 2_000 },
	);
});
