import test from "ava";
import {
	checkpointFrame,
	encodeFrames,
	SegmentImage,
} from "../../../firmware/core/journal/segment-image.ts";
import { concatBytes } from "../../../protocol/bytes.ts";
import {
	BOTH_COPIES,
	encodeFrame,
	encodeGap,
	encodeSeal,
	encodeSegmentHeader,
	type Frame,
	frameBytes,
	frameType,
	planLayout,
	SEGMENT_HEADER_BYTES,
	type SegmentItem,
	saltCrc,
} from "../../../protocol/media.ts";
import { smallSegmentBytes } from "../../_helper/journal.ts";

const layout = planLayout(
	{ sizeBytes: 65_536, sectorBytes: 512, writeAlign: 16, eraseValue: 0xff },
	smallSegmentBytes,
);
const { alignBytes } = layout;
const salt = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const seed = saltCrc(salt);
const chain = new Uint8Array(32).fill(5);
const header = {
	number: 3,
	firstSequence: 10,
	previousChain: chain,
	salt,
	epoch: 2,
	terminalId: "shop-0001",
	previousNumber: 2,
	segmentBytes: smallSegmentBytes,
	eraseCount: 1,
	alignBytes,
};
const frameOf = (length: number): Frame => ({
	type: frameType.record,
	kind: 7,
	flags: 1,
	sequence: 10,
	payload: new Uint8Array(length).fill(length),
	chain,
});

/** An image with room for one frame of 10 bytes and some more bytes. */
function imageWith(moreBytes: number): SegmentImage {
	return new SegmentImage(
		layout,
		header,
		SEGMENT_HEADER_BYTES + frameBytes(10, alignBytes) + moreBytes,
	);
}

test("an image is the header and the frames behind it, each made for its place", (t) => {
	const image = imageWith(frameBytes(50, alignBytes));
	t.is(image.offset, SEGMENT_HEADER_BYTES);
	t.deepEqual(image.bytes, encodeSegmentHeader(header));
	image.push(frameOf(10));
	const second = image.offset;
	t.is(second, SEGMENT_HEADER_BYTES + frameBytes(10, alignBytes));
	image.push(frameOf(50));
	t.false(image.overflow, "the last byte of the capacity is used");
	const expected = concatBytes(
		encodeSegmentHeader(header),
		encodeFrame(frameOf(10), { offset: SEGMENT_HEADER_BYTES, seed, alignBytes }),
		encodeFrame(frameOf(50), { offset: second, seed, alignBytes }),
	);
	t.deepEqual(image.bytes, expected);
});

test("after a frame that did not fit the image takes no other, however small", (t) => {
	const image = imageWith(frameBytes(0, alignBytes));
	image.push(frameOf(10));
	const { bytes, offset } = image;
	image.push(frameOf(50));
	t.true(image.overflow);
	image.push(frameOf(0));
	t.is(image.offset, offset);
	t.deepEqual(image.bytes, bytes);
	image.truncate(SEGMENT_HEADER_BYTES);
	t.true(image.overflow, "taking back does not make it whole");
});

test("what is taken back leaves nothing behind", (t) => {
	const image = imageWith(frameBytes(50, alignBytes));
	image.push(frameOf(10));
	const { offset, bytes } = image;
	const before = bytes.slice();
	image.push(frameOf(50));
	image.truncate(offset);
	t.is(image.offset, offset);
	t.deepEqual(image.bytes, before);
	image.push(frameOf(40));
	const again = imageWith(frameBytes(50, alignBytes));
	again.push(frameOf(10));
	again.push(frameOf(40));
	t.deepEqual(image.bytes, again.bytes);
});

test("every item that keeps something becomes its frame", (t) => {
	const position = { sequence: 12, chain };
	const place = { offset: 0, good: BOTH_COPIES };
	const gap = { from: 10, to: 12, hash: new Uint8Array(32).fill(8), damagedBytes: 77, chain };
	const seal = { count: 3, root: new Uint8Array(32).fill(6), note: Uint8Array.of(1, 2) };
	const frames: readonly (readonly [SegmentItem, Frame | undefined])[] = [
		[
			{ ...place, type: "record", record: { ...frameOf(9), sequence: 12 } },
			{ ...frameOf(9), sequence: 12 },
		],
		[
			{ ...place, type: "checkpoint", state: Uint8Array.of(4), position },
			checkpointFrame(Uint8Array.of(4), position),
		],
		[
			{ ...place, type: "seal", seal, position },
			{ type: frameType.seal, kind: 0, flags: 0, payload: encodeSeal(seal), ...position },
		],
		[
			{ ...place, type: "gap", gap, recorded: false },
			{ type: frameType.gap, kind: 1, flags: 0, sequence: 12, payload: encodeGap(gap), chain },
		],
		[
			{ ...place, type: "gap", gap: { ...gap, chain: undefined }, recorded: true },
			{
				type: frameType.gap,
				kind: 0,
				flags: 0,
				sequence: 12,
				payload: encodeGap(gap),
				chain: new Uint8Array(32),
			},
		],
		[{ ...place, type: "damage", damagedBytes: 5 }, undefined],
		[{ ...place, type: "end", written: [0, 0], stale: 0 }, undefined],
	];
	for (const [item, frame] of frames) {
		const image = imageWith(1_000);
		const expected = imageWith(1_000);
		image.pushItem(item);
		if (frame) expected.push(frame);
		t.deepEqual(image.bytes, expected.bytes, item.type);
	}
});

test("a checkpoint says after which record its state is", (t) => {
	const state = Uint8Array.of(1, 2, 3);
	t.deepEqual(checkpointFrame(state, { sequence: 9, chain }), {
		type: frameType.checkpoint,
		kind: 0,
		flags: 0,
		sequence: 9,
		payload: state,
		chain,
	});
});

test("frames that follow each other know their own places", (t) => {
	const first = frameOf(10);
	const second = frameOf(20);
	const offset = 512;
	const next = offset + frameBytes(10, alignBytes);
	t.deepEqual(
		encodeFrames([first, second], { offset, salt, alignBytes }),
		concatBytes(
			encodeFrame(first, { offset, seed, alignBytes }),
			encodeFrame(second, { offset: next, seed, alignBytes }),
		),
	);
});
