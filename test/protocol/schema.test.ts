import test from "ava";
import fc from "fast-check";
import { type CborValue, decodeCbor, encodeCbor } from "../../protocol/cbor.ts";
import {
	bool,
	bytes,
	choice,
	int,
	kebab,
	list,
	nullable,
	text,
	tuple,
	uint,
	where,
} from "../../protocol/schema.ts";

function thingSchema() {
	const colour = choice({ red: 1, deepBlue: 7 });
	const even = where(uint(100), "0..100", "an even number", (value) => value % 2 === 0);
	return tuple({
		amountMinor: uint(999),
		offset: int(-5, 5),
		name: text(4),
		hash: bytes(2),
		blob: bytes(0, 3),
		isNew: bool,
		colour,
		note: nullable(text(2)),
		parts: list(tuple({ even }), 2),
	});
}

const good = {
	amountMinor: 999,
	offset: -5,
	name: "结算完成",
	hash: Uint8Array.of(1, 2),
	blob: new Uint8Array(0),
	isNew: true,
	colour: "deepBlue",
	note: null,
	parts: [{ even: 0 }, { even: 100 }],
} as const;

test("a tuple is an object here and an array there", (t) => {
	const thing = thingSchema();
	const encoded = thing.encode(good, "thing");
	t.deepEqual(encoded, [999, -5, "结算完成", good.hash, good.blob, true, 7, null, [[0], [100]]]);
	t.deepEqual(thing.decode(encoded, "thing"), good);
});

test("the description is CDDL", (t) => {
	const thing = thingSchema();
	t.is(
		thing.cddl,
		"[amount-minor: 0..999, offset: -5..5, name: tstr .size (0..12), hash: bstr .size 2, " +
			"blob: bstr .size (0..3), is-new: bool, colour: &(red: 1, deep-blue: 7), " +
			"note: tstr .size (0..6) / null, parts: [0*2 [even: 0..100]]]",
	);
	t.is(list(nullable(bool), 3).cddl, "[0*3 (bool / null)]");
	t.is(list(tuple({ flag: nullable(bool) }), 3).cddl, "[0*3 [flag: bool / null]]");
	t.is(list(uint(9), 3).cddl, "[0*3 0..9]");
	t.is(thing.cddl, `[${thing.cddlFields}]`);
	t.deepEqual(thing.fieldNames, Object.keys(good));
	t.deepEqual(
		thing.fields.map(([name]) => name),
		thing.fieldNames,
	);
	t.is(kebab("lastFour"), "last-four");
});

/** A value as it would come from somewhere without types. */
function changed(field: string, value: unknown): typeof good {
	return Object.assign({}, good, { [field]: value });
}

const misfits: Readonly<Record<string, readonly unknown[]>> = {
	amountMinor: [-1, 1000, 1.5, "1", null, 2n ** 53n, undefined],
	offset: [-6, 6, 1.5, Number.NaN, null],
	name: ["12345", 1, null, new Uint8Array(1)],
	hash: [new Uint8Array(1), new Uint8Array(3), "ab", [1, 2], null],
	blob: [new Uint8Array(4), null],
	isNew: [0, 1, "true", null],
	note: ["abc", 1, undefined],
	parts: [
		[{ even: 1 }],
		[{ even: 102 }],
		[{ even: 0 }, { even: 2 }, { even: 4 }],
		{ even: 2 },
		null,
		"ab",
	],
	colour: ["blue", "toString", "__proto__", 1, 7, null],
};

for (const [field, values] of Object.entries(misfits)) {
	test(`${field} that does not fit is refused when written, by its path`, (t) => {
		const thing = thingSchema();
		for (const value of values) {
			t.throws(
				() => thing.encode(changed(field, value), "thing"),
				{ code: "SCHEMA", message: new RegExp(`^thing\\.${field}`) },
				String(value),
			);
		}
	});
}

test("an array that does not fit is refused when read, by its path", (t) => {
	const thing = thingSchema();
	const encoded = thing.encode(good, "thing");
	const cases: readonly (readonly [index: number, value: CborValue, path: RegExp])[] = [
		[0, 1000, /^thing\.amountMinor: not an integer from 0 to 999/],
		[6, 2, /^thing\.colour: not one of red, deepBlue/],
		[6, "red", /^thing\.colour/],
		[7, "abc", /^thing\.note/],
		[8, [[0], [1]], /^thing\.parts\[1\]\.even: not an even number/],
		[8, [[0], [2], [4]], /^thing\.parts: not a list of at most 2/],
		[8, [[]], /^thing\.parts\[0\]: not an array of 1: even/],
		[8, null, /^thing\.parts/],
	];
	for (const [index, value, message] of cases) {
		const other = [...encoded];
		other[index] = value;
		t.throws(() => thing.decode(other, "thing"), { code: "SCHEMA", message });
	}
	t.throws(() => thing.decode(encoded.slice(1), "thing"), { code: "SCHEMA" });
	t.throws(() => thing.decode([...encoded, null], "thing"), { code: "SCHEMA" });
	t.throws(() => thing.decode("thing", "thing"), { code: "SCHEMA" });
});

test("a field that is missing in the middle of an array counts as null", (t) => {
	const thing = thingSchema();
	const encoded = thing.encode(good, "thing");
	const withoutNote = Object.assign([...encoded], { 7: undefined });
	t.is(thing.decode(withoutNote, "thing").note, null);
	const withoutName = Object.assign([...encoded], { 2: undefined });
	t.throws(() => thing.decode(withoutName, "thing"), { code: "SCHEMA", message: /^thing\.name/ });
});

test("two names of a choice cannot have one number", (t) => {
	t.throws(() => choice({ on: 1, off: 1 }), { code: "ASSERTION" });
});

test("any value that fits comes back through bytes", (t) => {
	const thing = thingSchema();
	const value = fc.record(
		{
			amountMinor: fc.integer({ min: 0, max: 999 }),
			offset: fc.integer({ min: -5, max: 5 }),
			name: fc.string({ maxLength: 4 }),
			hash: fc.uint8Array({ minLength: 2, maxLength: 2 }),
			blob: fc.uint8Array({ maxLength: 3 }),
			isNew: fc.boolean(),
			colour: fc.constantFrom("red" as const, "deepBlue" as const),
			note: fc.option(fc.string({ maxLength: 2 })),
			parts: fc.array(
				fc.record(
					{ even: fc.integer({ min: 0, max: 50 }).map((half) => half * 2) },
					{ noNullPrototype: true },
				),
				{
					maxLength: 2,
				},
			),
		},
		{ noNullPrototype: true },
	);
	fc.assert(
		fc.property(value, (given) => {
			const bytes = encodeCbor(thing.encode(given, "thing"));
			t.deepEqual(thing.decode(decodeCbor(bytes), "thing"), given);
		}),
	);
});

test("a text's limit is in units of UTF-16, however the engine counts", (t) => {
	const short = text(4);
	for (const fits of ["abcd", "结算汇总", "𠮷𠮷", "𠮷结算"])
		t.is(short.decode(short.encode(fits, "x"), "x"), fits);
	for (const long of ["abcde", "𠮷𠮷𠮷", "𠮷𠮷a", "𠮷结算汇"])
		t.throws(() => short.decode(long, "x"), { code: "SCHEMA" }, long);
});

test("whatever is read is refused with SCHEMA or fits exactly", (t) => {
	fc.assert(
		fc.property(
			fc.array(fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null))),
			(items) => {
				const small = tuple({ count: uint(9), flag: nullable(bool) });
				const [count, flag] = items;
				const fits =
					items.length === 2 &&
					typeof count === "number" &&
					count >= 0 &&
					count <= 9 &&
					(flag === null || typeof flag === "boolean");
				if (fits) t.deepEqual(small.decode(items, "x"), { count, flag });
				else t.throws(() => small.decode(items, "x"), { code: "SCHEMA" });
			},
		),
	);
});
