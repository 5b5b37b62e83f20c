import test from "ava";
import { concatBytes } from "../../protocol/bytes.ts";
import { crc32c } from "../../protocol/crc.ts";
import {
	decodeFrame,
	decodeFrameHeader,
	decodeGap,
	decodeSeal,
	encodeFrame,
	encodeGap,
	encodeSeal,
	FRAME_HEADER_BYTES,
	FRAME_OVERHEAD_BYTES,
	type Frame,
	frameBytes,
	frameType,
	saltCrc,
	sealBytesMax,
} from "../../protocol/media.ts";
import { viewOf } from "../../protocol/media-bytes.ts";

const salt = Uint8Array.of(8, 7, 6, 5, 4, 3, 2, 1);
const place = { offset: 0x1234, seed: saltCrc(salt), alignBytes: 16 };
const frame: Frame = {
	type: frameType.record,
	kind: 21,
	flags: 1,
	sequence: 77,
	payload: Uint8Array.of(1, 2, 3),
	chain: new Uint8Array(32).fill(0xcd),
};

function decoded(bytes: Uint8Array): Frame | undefined {
	const header = decodeFrameHeader(bytes.subarray(0, FRAME_HEADER_BYTES), place);
	return header && decodeFrame(bytes, header);
}

/** The frame with some bytes changed and both checksums made again as `media.md` says. */
function resealed(change: (bytes: Uint8Array, view: DataView) => void): Uint8Array {
	const bytes = encodeFrame(frame, place);
	const view = viewOf(bytes);
	change(bytes, view);
	const offset = new Uint8Array(4);
	viewOf(offset).setUint32(0, place.offset);
	const headerCrc = crc32c(concatBytes(salt, offset, bytes.subarray(0, 16)));
	view.setUint32(16, headerCrc);
	const end = bytes.length - 4;
	view.setUint32(end, crc32c(bytes, 20, end, headerCrc));
	return bytes;
}

test("checksums go over salt, offset, head, and then over the rest", (t) => {
	t.deepEqual(
		resealed(() => {}),
		encodeFrame(frame, place),
	);
	t.deepEqual(decoded(encodeFrame(frame, place)), frame);
});

test("a frame takes its overhead and payload, rounded up to the alignment", (t) => {
	t.is(FRAME_OVERHEAD_BYTES, 56);
	t.deepEqual(
		[0, 8, 9].map((length) => frameBytes(length, 16)),
		[64, 64, 80],
	);
	t.is(frameBytes(1, 4), 60);
	t.is(sealBytesMax(4), 56 + 36 + 512);
	t.is(sealBytesMax(64), 640);
	t.is(encodeFrame(frame, place).length, 64);
});

test("each type may be as long as its payload, and not a byte longer", (t) => {
	const longest = { record: 1_024, checkpoint: 8_192, seal: 548, gap: 44 } as const;
	for (const name of ["record", "checkpoint", "seal", "gap"] as const) {
		const type = frameType[name];
		const withLength = (length: number) =>
			decoded(encodeFrame({ ...frame, type, payload: new Uint8Array(length).fill(7) }, place));
		t.is(withLength(longest[name])?.payload.length, longest[name], name);
		t.is(withLength(longest[name])?.type, type);
		t.is(withLength(longest[name] + 1), undefined, name);
	}
});

test("a frame that is sealed rightly and says what cannot be is none", (t) => {
	const wrong: Readonly<Record<string, (bytes: Uint8Array, view: DataView) => void>> = {
		"another magic": (_, view) => view.setUint8(0, 0xc6),
		"a type of later": (_, view) => view.setUint8(1, 5),
		"no type": (_, view) => view.setUint8(1, 0),
		"a reserved byte": (_, view) => view.setUint8(6, 1),
		"the other reserved byte": (_, view) => view.setUint8(7, 1),
		"a sequence that no number holds": (_, view) => view.setUint8(8, 0x20),
	};
	for (const [name, change] of Object.entries(wrong))
		t.is(decoded(resealed(change)), undefined, name);
});

test("a frame that is sealed rightly with a byte in its padding is none", (t) => {
	t.is(decoded(resealed((bytes) => bytes.fill(1, 55, 56))), undefined);
	t.is(decoded(resealed((bytes) => bytes.fill(1, 59, 60))), undefined);
});

test("a decoded frame keeps its bytes when the buffer is used again", (t) => {
	const bytes = encodeFrame(frame, place);
	const kept = decoded(bytes);
	bytes.fill(0);
	t.deepEqual(kept, frame);
});

test("a seal and a gap come back, and other lengths are none", (t) => {
	const root = Uint8Array.from({ length: 32 }, (_, index) => index);
	const seal = { count: 0x0102_0304, root, note: Uint8Array.of(9, 9) };
	const sealed = encodeSeal(seal);
	t.deepEqual(sealed, concatBytes(Uint8Array.of(1, 2, 3, 4), root, seal.note));
	t.deepEqual(decodeSeal(sealed), seal);
	t.deepEqual(decodeSeal(sealed.slice(0, 36)), { ...seal, note: new Uint8Array(0) });
	t.is(decodeSeal(sealed.slice(0, 35)), undefined);

	const gap = { from: 0x1_0000_0002, damagedBytes: 0x0304, hash: root };
	const told = encodeGap(gap);
	t.deepEqual(told, concatBytes(Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 3, 4), root));
	t.deepEqual(decodeGap(told), gap);
	t.is(decodeGap(told.slice(0, 43)), undefined);
	t.is(decodeGap(concatBytes(told, Uint8Array.of(0))), undefined);
});
