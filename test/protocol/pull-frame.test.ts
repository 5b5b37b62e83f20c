import test from "ava";
import fc from "fast-check";
import { concatBytes } from "../../protocol/bytes.ts";
import { PULL_MESSAGE_BYTES_MAX } from "../../protocol/limits.ts";
import {
	encodePullFrame,
	PULL_FRAME_OVERHEAD_BYTES,
	PullFrames,
} from "../../protocol/pull-frame.ts";
import vectors from "../../protocol/vectors/pull.json" with { type: "json" };
import { thin } from "../_helper/effort.ts";
import { bytesOf, hexOf } from "./_json.ts";

/** The frames found in a stream that comes in pieces of these lengths, over and over. */
function framesOf(stream: Uint8Array, lengths: readonly number[] = [stream.length]) {
	const frames = new PullFrames();
	const found: Uint8Array[] = [];
	for (let at = 0, turn = 0; at < stream.length; turn++) {
		const length = Math.max(1, lengths[turn % lengths.length] ?? 1);
		frames.push(stream.subarray(at, at + length));
		at += length;
		for (let message = frames.next(); message !== undefined; message = frames.next())
			found.push(message);
	}
	return { frames, found };
}

const message = fc.uint8Array({ maxLength: 200 });
/** Garbage that looks like the beginning of a frame more often than chance would have it. */
const garbage = fc.oneof(
	fc.uint8Array({ maxLength: 40 }),
	fc
		.array(fc.constantFrom(0xc5, 0x50, 0x4c, 0x01, 0x00), { maxLength: 20 })
		.map((bytes) => Uint8Array.from(bytes)),
	message.map((bytes) => encodePullFrame(bytes).subarray(0, 14)),
);
const lengths = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 8 });

for (const { name, message: payload, frame } of vectors.frames) {
	test(`frame: ${name}`, (t) => {
		t.is(hexOf(encodePullFrame(bytesOf(payload))), frame);
		const { found, frames } = framesOf(bytesOf(frame), [1]);
		t.deepEqual(found.map(hexOf), [payload]);
		t.is(frames.skipped, 0);
	});
}

test("messages come out of a stream as they went in, however it is cut into pieces", (t) => {
	const property = fc.property(fc.array(message, { maxLength: 12 }), lengths, (messages, cuts) => {
		const stream = concatBytes(...messages.map(encodePullFrame));
		const { found, frames } = framesOf(stream, cuts);
		t.deepEqual(found, messages);
		t.is(frames.skipped, 0);
		t.is(frames.taken, stream.length);
	});
	fc.assert(property, { numRuns: thin(500) });
	t.pass();
});

test("after any garbage every later whole frame is found once more bytes have come", (t) => {
	const parts = fc.array(fc.tuple(garbage, message), { minLength: 1, maxLength: 8 });
	const property = fc.property(parts, lengths, (pairs, cuts) => {
		// The tail pushes out a piece of garbage that looks like the head of a longer frame.
		const tail = new Uint8Array(PULL_FRAME_OVERHEAD_BYTES + 200);
		const stream = concatBytes(
			...pairs.flatMap(([noise, body]) => [noise, encodePullFrame(body)]),
			tail,
		);
		const { found, frames } = framesOf(stream, cuts);
		t.deepEqual(
			found,
			pairs.map(([, body]) => body),
		);
		const noise = pairs.reduce((sum, [bytes]) => sum + bytes.length, 0);
		t.is(frames.skipped, noise);
	});
	fc.assert(property, { numRuns: thin(500) });
});

test("a flipped bit costs its own frame and no other, and never gives another message", (t) => {
	const messages = fc.array(fc.uint8Array({ minLength: 1, maxLength: 60 }), {
		minLength: 3,
		maxLength: 3,
	});
	const property = fc.property(
		messages,
		fc.nat(),
		fc.integer({ min: 0, max: 7 }),
		(bodies, place, bit) => {
			const frames = bodies.map(encodePullFrame);
			const stream = concatBytes(...frames, new Uint8Array(PULL_FRAME_OVERHEAD_BYTES + 200));
			const end = frames.reduce((sum, frame) => sum + frame.length, 0);
			const at = place % end;
			stream[at] = (stream[at] ?? 0) ^ (1 << bit);
			let hit = 0;
			for (let before = frames[0]?.length ?? 0; before <= at; before += frames[hit]?.length ?? 1)
				hit += 1;
			t.deepEqual(
				framesOf(stream).found,
				bodies.filter((_, index) => index !== hit),
			);
		},
	);
	fc.assert(property, { numRuns: thin(500) });
});

test("a length beyond the limit is not waited for", (t) => {
	const frame = encodePullFrame(new Uint8Array(PULL_MESSAGE_BYTES_MAX));
	t.is(framesOf(frame, [999]).found.length, 1);
	t.throws(() => encodePullFrame(new Uint8Array(PULL_MESSAGE_BYTES_MAX + 1)), {
		code: "ASSERTION",
	});
	const [claim = ""] = vectors.frames
		.filter(({ name }) => name === "empty")
		.map(({ frame: hex }) => hex);
	const long = bytesOf(claim.replace("00000000", "00004001"));
	t.deepEqual(framesOf(concatBytes(long, encodePullFrame(Uint8Array.of(7)))).found, [
		Uint8Array.of(7),
	]);
});
