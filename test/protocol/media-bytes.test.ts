import test from "ava";
import { concatBytes, equalBytes } from "../../protocol/bytes.ts";
import {
	isFilledWith,
	readU32,
	readU64,
	roundUp,
	u64,
	viewOf,
} from "../../protocol/media-bytes.ts";

test("numbers are big-endian, also in the middle of a larger buffer", (t) => {
	const bytes = Uint8Array.of(0xff, 0x81, 0x02, 0x03, 0x84, 0xff).subarray(1, 5);
	t.is(readU32(bytes, 0), 0x8102_0384);
	t.is(viewOf(bytes).getUint32(0), 0x8102_0384);
	t.is(viewOf(bytes).byteLength, 4);
	t.is(readU32(bytes, 2), 0x0384_0000, "what is not there counts as zero");
	t.is(readU32(bytes, 4), 0);
});

test("a number of 64 bits is exact or infinite", (t) => {
	for (const value of [0, 1, 0xffff_ffff, 0x1_0000_0000, 0x1_0000_0001, Number.MAX_SAFE_INTEGER])
		t.is(readU64(viewOf(u64(value)), 0), value);
	t.deepEqual(u64(0x0102_0304_0506), Uint8Array.of(0, 0, 1, 2, 3, 4, 5, 6));
	const next = Uint8Array.of(0, 0x20, 0, 0, 0, 0, 0, 0);
	t.is(readU64(viewOf(next), 0), Number.POSITIVE_INFINITY, "2^53");
});

test("equal and filled look at every byte", (t) => {
	const bytes = Uint8Array.of(7, 7, 7);
	t.true(equalBytes(bytes, Uint8Array.of(7, 7, 7)));
	t.true(isFilledWith(bytes, 7));
	for (let index = 0; index < 3; index++) {
		const other = bytes.slice();
		other[index] = 8;
		t.false(equalBytes(bytes, other));
		t.false(isFilledWith(other, 7));
	}
	t.false(equalBytes(bytes, bytes.subarray(0, 2)));
	t.false(equalBytes(bytes.subarray(0, 2), bytes));
	t.true(isFilledWith(new Uint8Array(0), 7));
});

test("parts stand one behind the other, and lengths are rounded up to a multiple", (t) => {
	const whole = concatBytes(Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(3));
	t.deepEqual(whole, Uint8Array.of(1, 2, 3));
	t.deepEqual(concatBytes(), new Uint8Array(0));
	t.deepEqual(
		[0, 1, 7, 8, 9].map((value) => roundUp(value, 8)),
		[0, 8, 8, 8, 16],
	);
});
