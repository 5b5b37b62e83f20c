import test from "ava";
import fc from "fast-check";
import { decodeForList } from "../../../../firmware/core/print/list-record.ts";
import {
	decodeRecord,
	encodeRecord,
	outcome,
	outcomeSource,
	paymentMethod,
	schemeGroup,
	transactionType,
} from "../../../../protocol/record.ts";

/** Numbers whose CBOR items are of every length. */
const number = (max: number) =>
	fc.oneof(
		fc.nat(23),
		fc.nat(255),
		fc.nat(65_535),
		fc.nat(Math.min(max, 0xffff_ffff)),
		fc.nat(max),
	);
const words = (maxLength: number) => fc.string({ unit: fc.constantFrom(..."aZ é中"), maxLength });
const stamp = fc.record({
	wallS: number(Number.MAX_SAFE_INTEGER),
	zoneMinutes: fc.integer({ min: -1080, max: 1080 }),
	boot: number(0xffff_ffff),
	monotonicMs: number(Number.MAX_SAFE_INTEGER),
});
const intent = fc.record({
	type: fc.constantFrom(...transactionType.names),
	method: fc.constantFrom(...paymentMethod.names),
	amountMinor: number(999_999_999_999),
	currency: fc.constantFrom("CNY", "JPY", "EUR"),
	trace: fc.option(fc.nat(999_999)),
	original: fc.option(number(Number.MAX_SAFE_INTEGER)),
	order: fc.option(words(32)),
	operator: words(16),
	request: fc.nat(999_999),
});
const end = fc.record({
	transaction: number(Number.MAX_SAFE_INTEGER),
	outcome: fc.constantFrom(...outcome.names),
	source: fc.constantFrom(...outcomeSource.names),
	group: fc.constantFrom(...schemeGroup.names),
	scheme: words(16),
	reference: fc.option(words(32)),
	authorisation: fc.option(words(8)),
	response: fc.option(words(4)),
	lastFour: fc.option(fc.constantFrom("0000", "1234", "9999")),
});

test("of an intent a list reads what the decoder of records reads", (t) => {
	fc.assert(
		fc.property(stamp, intent, (made, fields) => {
			const record = encodeRecord("intent", made, fields);
			const read = decodeForList(record);
			t.like(decodeRecord(record), { kind: read.kind, body: { ...read.body } });
			const { wallS, zoneMinutes } = made;
			t.like(read, { stamp: { wallS, zoneMinutes } });
			t.true("amountMinor" in read.body && "order" in read.body);
		}),
	);
});

test("of an outcome a list reads what the decoder of records reads", (t) => {
	fc.assert(
		fc.property(stamp, end, (made, fields) => {
			const record = encodeRecord("outcome", made, fields);
			const read = decodeForList(record);
			t.like(decodeRecord(record), { kind: read.kind, body: { ...read.body } });
			const { wallS, zoneMinutes } = made;
			t.like(read, { stamp: { wallS, zoneMinutes } });
			t.true("group" in read.body && "lastFour" in read.body);
		}),
	);
});

test("of a print a list reads which copy it is", (t) => {
	for (const copy of [0, 1, 23, 24, 99]) {
		for (const subject of [5, 500, 70_000]) {
			const fields = { document: "slip", subject, copy, by: "01", reason: null } as const;
			const made = { wallS: 1_900_000_000, zoneMinutes: -90, boot: 3, monotonicMs: 77_000 };
			t.deepEqual(decodeForList(encodeRecord("printDue", made, fields)), {
				kind: "printDue",
				body: { copy },
			});
		}
	}
});

test("a record of another shape is decoded as any other, and refused as any other", (t) => {
	const clock = { oldWallS: 1, newWallS: 2, source: "host" } as const;
	const made = { wallS: 1, zoneMinutes: 480, boot: 1, monotonicMs: 5 };
	const record = encodeRecord("clock", made, clock);
	t.deepEqual(decodeForList(record), decodeRecord(record));
	const { payload } = encodeRecord("outcome", made, ended);
	const longer = Uint8Array.of(0x8e, ...payload.subarray(1), 0xf6);
	t.throws(() => decodeForList({ kind: 21, payload: longer }), { code: "SCHEMA" });
});

const ended = {
	transaction: 1,
	outcome: "approved",
	source: "app",
	group: "domestic",
	scheme: "",
	reference: null,
	authorisation: null,
	response: null,
	lastFour: null,
} as const;
