import test from "ava";
import fc from "fast-check";
import { decodeCbor, encodeCbor } from "../../protocol/cbor.ts";
import { RECORD_PAYLOAD_BYTES_MAX } from "../../protocol/limits.ts";
import {
	type AnyRecord,
	currency,
	decodeRecord,
	type EncodedRecord,
	encodeRecord,
	lastFour,
	type RecordKind,
	type RecordOf,
	recordKindName,
	recordKinds,
	type Stamp,
	scalar,
} from "../../protocol/record.ts";
import vectors from "../../protocol/vectors/records.json" with { type: "json" };
import { bytesOf, hexOf, toJson } from "./_json.ts";
import { cardNumber } from "./_random.ts";

const stamp: Stamp = { wallS: 1_795_259_109, zoneMinutes: 480, boot: 1, monotonicMs: 1 };

function encodeAgain<K extends RecordKind>(record: RecordOf<K>): EncodedRecord {
	return encodeRecord<K>(record.kind, record.stamp, record.body);
}

for (const { name, kind, number, stamp, body, hex } of vectors.good) {
	test(`good: ${name}`, (t) => {
		const record: AnyRecord = decodeRecord({ kind: number, payload: bytesOf(hex) });
		t.is(`${record.kind}`, kind);
		t.deepEqual(toJson(record.stamp), stamp);
		t.deepEqual(toJson(record.body), body);
		const again = encodeAgain(record);
		t.is(again.kind, number);
		t.is(hexOf(again.payload), hex);
	});
}

for (const { name, number, hex, error } of [...vectors.bad, ...vectors.unknown]) {
	test(`bad: ${name}`, (t) => {
		t.throws(() => decodeRecord({ kind: number, payload: bytesOf(hex) }), { code: error });
	});
}

test("every kind has a vector, a number of its own in one byte, and its name back", (t) => {
	const numbers = Object.values(recordKinds).map(({ number }) => number);
	t.is(new Set(numbers).size, numbers.length);
	t.true(numbers.every((number) => number >= 1 && number <= 255));
	const shown = new Set(vectors.good.map(({ kind }) => kind));
	t.deepEqual([...shown].sort(), Object.keys(recordKinds).sort());
	for (const [name, { number }] of Object.entries(recordKinds))
		t.is(`${recordKindName(number)}`, name);
	t.is(recordKindName(200), undefined);
});

test("every proper prefix of a payload is refused", (t) => {
	for (const { name, number, hex } of vectors.good) {
		const payload = bytesOf(hex);
		for (let length = 0; length < payload.length; length++) {
			const cut = { kind: number, payload: payload.subarray(0, length) };
			t.throws(() => decodeRecord(cut), { code: "CBOR_MALFORMED" }, `${name} cut at ${length}`);
		}
	}
});

test("a card number in any text of any kind is refused when written", (t) => {
	let texts = 0;
	for (const { number, hex } of vectors.good) {
		const record = decodeRecord({ kind: number, payload: bytesOf(hex) });
		for (const [field, value] of Object.entries(record.body)) {
			if (typeof value !== "string" || field === "currency" || field === "lastFour") continue;
			if (choiceFields.has(`${record.kind}.${field}`)) continue;
			texts += 1;
			fc.assert(
				fc.property(cardNumber, (digits) => {
					const body = Object.assign({}, record.body, { [field]: digits });
					const told = Object.assign({}, record, { body });
					t.throws(() => encodeAgain(told), { code: fits(told.kind, field, digits) });
				}),
				{ numRuns: 20 },
			);
		}
	}
	t.true(texts > 20, `${texts} texts`);
});

/** Fields that are texts in TypeScript and numbers on the wire. */
const choiceFields = new Set(
	Object.entries(recordKinds).flatMap(([kind, { body }]) =>
		body.fields
			.filter(([, { cddl }]) => cddl.startsWith("&("))
			.map(([field]) => `${kind}.${field}`),
	),
);

/** A number that is too long for its field is refused by the schema before the guard looks. */
function fits(kind: RecordKind, field: string, digits: string): string {
	const cddl = recordKinds[kind].body.fields.find(([name]) => name === field)?.[1].cddl ?? "";
	const size = /\.size \(0\.\.(\d+)\)/.exec(cddl)?.[1];
	return size !== undefined && digits.length > Number(size) / 3 ? "SCHEMA" : "CARD_DATA";
}

test("a card number in a setting is refused", (t) => {
	const settings = [{ name: "merchantName", value: "4111 1111 1111 1111" }];
	t.throws(() => encodeRecord("configuration", stamp, { version: 1, source: "host", settings }), {
		code: "CARD_DATA",
	});
	const asNumber = [{ name: "merchantNumber", value: 4_111_111_111_111_111 }];
	t.throws(
		() => encodeRecord("configuration", stamp, { version: 1, source: "host", settings: asNumber }),
		{ code: "SCHEMA", message: /settings\[0\]\.value/ },
	);
});

test("a payload is bounded both ways", (t) => {
	const setting = { name: "n".repeat(32), value: "v".repeat(64) };
	const settings = Array.from({ length: 32 }, () => setting);
	t.throws(() => encodeRecord("configuration", stamp, { version: 1, source: "host", settings }), {
		code: "LIMIT",
		message: /^configuration of \d+ bytes/,
	});
	const payload = encodeCbor(new Uint8Array(RECORD_PAYLOAD_BYTES_MAX));
	t.throws(() => decodeRecord({ kind: 1, payload }), { code: "LIMIT" });
});

test("a payload may be exactly as long as the limit", (t) => {
	const first = { name: "first", value: "v".repeat(64) };
	const encode = (length: number) => {
		const value = "v".repeat(length);
		const last = ["n", "m"].map((letter) => ({ name: letter.repeat(32), value }));
		const settings = [...new Array(12).fill(first), ...last];
		return encodeRecord("configuration", stamp, { version: 1, source: "host", settings });
	};
	// Texts of 24 to 64 characters have heads of one length, so the rest is arithmetic.
	const room = RECORD_PAYLOAD_BYTES_MAX - encode(30).payload.length;
	t.is(room % 2, 0);
	const full = encode(30 + room / 2);
	t.is(full.payload.length, RECORD_PAYLOAD_BYTES_MAX);
	t.is(decodeRecord(full).kind, "configuration");
	t.throws(() => encode(31 + room / 2), { code: "LIMIT" });
});

test("a payload that is no array is refused by its kind", (t) => {
	for (const value of [null, 5, "a text"]) {
		const record = { kind: recordKinds.shiftOpen.number, payload: encodeCbor(value) };
		t.throws(() => decodeRecord(record), { code: "SCHEMA", message: "shiftOpen: not an array" });
	}
});

test("a currency is three capital letters, and of a card number four digits may be kept", (t) => {
	t.is(currency.encode("CNY", "x"), "CNY");
	for (const wrong of ["", "CN", "cny", "CN1", "xCNY", "CNYx", "CNYEUR"]) {
		const message = "x: not three capital letters of ISO 4217";
		t.throws(() => currency.encode(wrong, "x"), { code: "SCHEMA", message }, wrong);
	}
	t.is(lastFour.encode("0427", "x"), "0427");
	for (const wrong of ["", "427", "042x", "x0427", "0427x", "00427"]) {
		const message = "x: not four digits";
		t.throws(() => lastFour.encode(wrong, "x"), { code: "SCHEMA", message }, wrong);
	}
});

test("a setting is a whole number of at most twelve digits, a short text, true or false", (t) => {
	for (const value of [0, 999_999_999_999, -999_999_999_999, "", "结".repeat(64), true, false]) {
		t.is(scalar.encode(value, "x"), value);
		t.is(scalar.decode(value, "x"), value);
	}
	for (const value of [
		1_000_000_000_000,
		-1_000_000_000_000,
		1.5,
		2n ** 60n,
		"v".repeat(65),
		null,
		[],
	]) {
		t.throws(() => scalar.decode(value, "x"), { code: "SCHEMA", message: /^x: / }, String(value));
	}
	t.is(scalar.cddl, "-999999999999..999999999999 / tstr .size (0..192) / bool");
});

test("the stamp stands first", (t) => {
	const { payload } = encodeRecord("shiftOpen", stamp, { shift: 7, operator: "op" });
	t.deepEqual(decodeCbor(payload), [1_795_259_109, 480, 1, 1, 7, "op"]);
});
