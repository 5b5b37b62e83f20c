import test from "ava";
import { decodeCbor, encodeCbor } from "../../protocol/cbor.ts";
import { CBOR_BYTES_MAX, CBOR_DEPTH_MAX } from "../../protocol/limits.ts";
import vectors from "../../protocol/vectors/cbor.json" with { type: "json" };
import { bytesOf, cborOf, hexOf, toJson } from "./_json.ts";

for (const { name, value, hex } of vectors.good) {
	test(`good: ${name}`, (t) => {
		t.deepEqual(toJson(decodeCbor(bytesOf(hex))), value);
		t.is(hexOf(encodeCbor(cborOf(value))), hex);
	});
}

test("every proper prefix of a good item is refused as malformed", (t) => {
	for (const { name, hex } of vectors.good) {
		const bytes = bytesOf(hex);
		for (let length = 0; length < bytes.length; length++) {
			const cut = bytes.subarray(0, length);
			const refused = { code: "CBOR_MALFORMED", message: /^(item cut off|length past the end)/ };
			t.throws(() => decodeCbor(cut), refused, `${name} cut at ${length}`);
		}
	}
});

for (const { name, hex, error } of vectors.bad) {
	test(`bad: ${name}`, (t) => {
		t.throws(() => decodeCbor(bytesOf(hex)), { code: error });
	});
}

test("an integer comes back as number when safe, else as bigint", (t) => {
	t.is(decodeCbor(encodeCbor(2n ** 53n - 1n)), 2 ** 53 - 1);
	t.is(decodeCbor(encodeCbor(2n ** 53n)), 2n ** 53n);
	t.is(decodeCbor(encodeCbor(-(2n ** 53n) + 1n)), -(2 ** 53) + 1);
	t.is(decodeCbor(encodeCbor(-(2n ** 53n))), -(2n ** 53n));
});

test("an integer has one encoding, whether it comes as bigint or as number", (t) => {
	for (const value of [0, 1, -1, 23, 24, -256, 65_536, 2 ** 32, 2 ** 53 - 1, -(2 ** 53) + 1]) {
		t.is(hexOf(encodeCbor(BigInt(value))), hexOf(encodeCbor(value)), String(value));
	}
});

test("a count past the end is refused before the items are looked at", (t) => {
	for (const hex of ["8300f7", "9affffffff00f7", "9bffffffffffffffff00f7"]) {
		t.throws(() => decodeCbor(bytesOf(hex)), {
			code: "CBOR_MALFORMED",
			message: "length past the end, at byte 0",
		});
	}
});

test("what is outside of the subset is named", (t) => {
	t.throws(() => decodeCbor(bytesOf("8100a0")), { message: "bytes after the item, at byte 2" });
	t.throws(() => decodeCbor(bytesOf("8200a0")), { message: "a map at byte 2" });
	t.throws(() => decodeCbor(bytesOf("8200c100")), { message: "a tag at byte 2" });
});

test("what has no encoding in the subset is refused", (t) => {
	const notOurs = [
		1.5,
		Number.NaN,
		Number.POSITIVE_INFINITY,
		2 ** 53,
		2n ** 64n,
		-(2n ** 64n) - 1n,
	];
	for (const value of notOurs) {
		t.throws(() => encodeCbor(value), { code: "CBOR_UNSUPPORTED" }, String(value));
	}
	t.throws(() => encodeCbor("half \ud83e pair"), { code: "CBOR_UNSUPPORTED" });
	for (const value of JSON.parse('[{}, {"map": 1}]')) {
		t.throws(() => encodeCbor(value), { code: "CBOR_UNSUPPORTED" });
	}
});

test("minus zero is zero", (t) => {
	t.is(hexOf(encodeCbor(-0)), "00");
});

test("nesting is bounded both ways", (t) => {
	let value: Parameters<typeof encodeCbor>[0] = 1;
	for (let level = 0; level < CBOR_DEPTH_MAX; level++) value = [value];
	t.deepEqual(decodeCbor(encodeCbor(value)), value);
	t.throws(() => encodeCbor([value]), { code: "LIMIT" });
});

test("the size is bounded both ways, however the item grew", (t) => {
	const full = encodeCbor([new Uint8Array(40_000), 0, new Uint8Array(25_528)]);
	t.is(full.length, CBOR_BYTES_MAX);
	t.is(encodeCbor(decodeCbor(full)).length, CBOR_BYTES_MAX);
	t.throws(() => encodeCbor([new Uint8Array(40_000), 0, new Uint8Array(25_529)]), {
		code: "LIMIT",
	});
	t.throws(() => encodeCbor(new Uint8Array(CBOR_BYTES_MAX)), { code: "LIMIT" });
	t.throws(() => decodeCbor(new Uint8Array(CBOR_BYTES_MAX + 1)), { code: "LIMIT" });
});

test("decoded bytes are a copy", (t) => {
	const encoded = Uint8Array.of(0x41, 0x07);
	const decoded = decodeCbor(encoded);
	encoded[1] = 0;
	t.deepEqual(decoded, Uint8Array.of(0x07));
});
