import test from "ava";
import { findCardNumber, holdsCardNumber } from "../../../host/core/card.ts";
import { decodeCbor, encodeCbor } from "../../../protocol/cbor.ts";
import { encodeRecord } from "../../../protocol/record.ts";

const stamp = { wallS: 1_795_259_109, zoneMinutes: 480, boot: 1, monotonicMs: 5 };
const number = "4111111111111111";

function wire(kind: number, payload: Uint8Array) {
	return { kind, flags: 1, payload };
}

test("an honest record passes", (t) => {
	const body = { transaction: 1, outcome: "unknown", source: "app", group: "domestic" } as const;
	const rest = { scheme: "CUP", reference: "R1", authorisation: "A1", response: "00" };
	const record = encodeRecord("outcome", stamp, { ...body, ...rest, lastFour: "1234" });
	t.is(findCardNumber([{ ...record, flags: 1 }], 7), undefined);
});

test("the record and the field with a card number are named, the number is not", (t) => {
	const body = { method: "card", amountMinor: 1, currency: "CNY", trace: 1 } as const;
	const rest = { original: null, order: "x", operator: "01", request: 1 };
	const { kind, payload } = encodeRecord("intent", stamp, { type: "sale", ...body, ...rest });
	const items = decodeCbor(payload);
	const put = Array.isArray(items) ? items.map((item) => (item === "x" ? number : item)) : [];
	const found = findCardNumber([wire(kind, encodeCbor(put))], 7);
	t.deepEqual(found, { sequence: 7, field: "intent.order" });
});

for (const [name, payload, field] of [
	["a kind of the future", encodeCbor([1, 2, 3, 4, [number]]), "250.4"],
	["an integer", encodeCbor([BigInt(number)]), "250.wallS"],
	["a negative integer", encodeCbor([-BigInt(number)]), "250.wallS"],
	[
		"a byte string",
		encodeCbor([Buffer.from("４１１１\u00a0１１１１１１１１１１１１")]),
		"250.wallS",
	],
	["bytes that are no record", Buffer.from(`${number}\xff`, "latin1"), "250, unreadable"],
	[
		"an integer in bytes that are no record",
		Buffer.concat([Buffer.of(0xbf), encodeCbor(BigInt(number))]),
		"250, unreadable",
	],
] as const) {
	test(`a card number is found in ${name}`, (t) => {
		t.deepEqual(findCardNumber([wire(250, new Uint8Array(payload))], 1), { sequence: 1, field });
	});
}

test("times, counts and hashes are no card numbers", (t) => {
	for (const value of [1_795_259_109, 999_999_999_999, null, true, new Uint8Array(32).fill(0x31)])
		t.false(holdsCardNumber(value));
});
