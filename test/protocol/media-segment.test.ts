import test from "ava";
import { concatBytes } from "../../protocol/bytes.ts";
import { crc32c } from "../../protocol/crc.ts";
import {
	decodeSegmentHeader,
	encodeSegmentHeader,
	readSegmentHeader,
	segmentBases,
	segmentOffset,
} from "../../protocol/media.ts";
import { viewOf } from "../../protocol/media-bytes.ts";
import { headerOf, journalOf } from "./_media.ts";

const header = headerOf(3, { firstSequence: 40, eraseCount: 7 });

function resealed(change: (view: DataView) => void): Uint8Array {
	const bytes = encodeSegmentHeader(header);
	const view = viewOf(bytes);
	change(view);
	view.setUint32(188, crc32c(bytes, 0, 188));
	return bytes;
}

test("a header that is sealed rightly and says what cannot be is none", (t) => {
	t.deepEqual(decodeSegmentHeader(resealed(() => {})), header);
	t.is(decodeSegmentHeader(resealed((view) => view.setUint8(0, 0x44))), undefined, "magic");
	t.is(decodeSegmentHeader(resealed((view) => view.setUint16(4, 2))), undefined, "version");
	t.is(decodeSegmentHeader(resealed((view) => view.setUint16(6, 191))), undefined, "length");
	t.is(decodeSegmentHeader(resealed((view) => view.setUint8(88, 0))), undefined, "terminal");
});

test("a header has 192 bytes, of which those that it does not use are zero", (t) => {
	const bytes = encodeSegmentHeader(header);
	t.is(bytes.length, 192);
	t.deepEqual(bytes.slice(121, 188), new Uint8Array(67));
	t.is(decodeSegmentHeader(concatBytes(bytes, Uint8Array.of(0))), undefined);
	t.is(decodeSegmentHeader(bytes.slice(0, 191)), undefined);
});

test("a segment stands at the same place of both rings", (t) => {
	const { layout } = journalOf([1]);
	t.deepEqual(segmentBases(layout, 5), [segmentOffset(layout, 0, 5), segmentOffset(layout, 1, 5)]);
});

/** What is found of segment 3 when the copies hold these headers; undefined cannot be read. */
function found(...copies: readonly (Uint8Array | undefined)[]) {
	const read = (offset: number, length: number) => copies[offset / 192]?.subarray(0, length);
	return readSegmentHeader(read, [0, 192], 3);
}

test("the header is taken from the copies that hold it; of two that differ, the later one", (t) => {
	const bytes = encodeSegmentHeader(header);
	const later = { ...header, eraseCount: 8 };
	const other = encodeSegmentHeader({ ...header, number: 4 });
	const broken = bytes.slice();
	broken[20] = 1;
	t.deepEqual(found(bytes, bytes), { header, good: 3 });
	t.deepEqual(found(bytes, undefined), { header, good: 1 });
	t.deepEqual(found(undefined, bytes), { header, good: 2 });
	t.deepEqual(found(broken, bytes), { header, good: 2 });
	t.deepEqual(found(bytes, other), { header, good: 1 });
	t.deepEqual(found(other, bytes), { header, good: 2 });
	t.deepEqual(found(bytes, encodeSegmentHeader(later)), { header: later, good: 2 });
	t.deepEqual(found(encodeSegmentHeader(later), bytes), { header: later, good: 1 });
	const twin = encodeSegmentHeader({ ...header, firstSequence: 41 });
	t.deepEqual(found(bytes, twin), { header, good: 1 }, "two lives of one age: the first");
	t.is(found(other, undefined), undefined);
});
