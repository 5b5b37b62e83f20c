import test from "ava";
import { deepEqual, isLike } from "./deep-equal.ts";

test("equal values are equal at any depth", (t) => {
	const make = () => ({
		list: [1, "x", null, undefined, Number.NaN, 10n ** 20n],
		bytes: Uint8Array.of(1, 2),
		map: new Map([["a", { b: 1 }]]),
		set: new Set([1]),
		date: new Date(5),
	});
	t.true(deepEqual(make(), make()));
});

test("a difference anywhere is seen", (t) => {
	const pairs: [unknown, unknown][] = [
		[1, "1"],
		[0, -0],
		[null, undefined],
		[{}, null],
		[{ a: 1 }, { a: 2 }],
		[{ a: undefined }, {}],
		[{ a: undefined }, { b: undefined }],
		[[1], [1, 2]],
		[[], {}],
		[Uint8Array.of(1), Uint8Array.of(2)],
		[Uint8Array.of(1), [1]],
		[new Map([["a", 1]]), new Map([["a", 2]])],
		[new Set([1]), new Set([2])],
		[new Date(1), new Date(2)],
		[new RangeError("a"), new RangeError("b")],
		[new RangeError("a"), new TypeError("a")],
	];
	for (const [left, right] of pairs) {
		t.false(deepEqual(left, right));
		t.false(deepEqual(right, left));
	}
});

test("a pattern names only some fields", (t) => {
	t.true(isLike({ a: 1, b: { c: [1, { d: 2, e: 3 }] } }, { b: { c: [1, { d: 2 }] } }));
	t.true(isLike(new RangeError("x"), { message: "x" }));
	t.true(isLike({ bytes: Uint8Array.of(1), more: 1 }, { bytes: Uint8Array.of(1) }));
	t.false(isLike({ bytes: Uint8Array.of(1, 2) }, { bytes: Uint8Array.of(1) }));
	t.false(isLike({ a: 1 }, { a: 2 }));
	t.false(isLike({}, { a: 1 }));
	t.false(isLike(undefined, { a: 1 }));
});
