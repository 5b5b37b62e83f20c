import { concatBytes } from "./bytes.ts";
import { crc32c } from "./crc.ts";
import { assert } from "./error.ts";
import { PULL_MESSAGE_BYTES_MAX } from "./limits.ts";
import { readU32, viewOf } from "./media-bytes.ts";

/** First bytes of every frame: a byte that is no text, "PL", version 1. */
const MAGIC = [0xc5, 0x50, 0x4c, 0x01] as const;
const LENGTH_OFFSET = 4;
const HEAD_CRC_OFFSET = 8;
const HEAD_BYTES = 12;
const TAIL_BYTES = 4;
/** What a frame adds to its message. */
export const PULL_FRAME_OVERHEAD_BYTES = HEAD_BYTES + TAIL_BYTES;

/**
 * A message in a byte stream: magic (4), length (4), CRC-32C of these (4), message, CRC-32C that goes on from
 * the first over the message (4). Numbers are big-endian. The length is trusted only after its checksum.
 */
export function encodePullFrame(message: Uint8Array): Uint8Array {
	assert(message.length <= PULL_MESSAGE_BYTES_MAX, `a pull message of ${message.length} bytes`);
	const frame = new Uint8Array(PULL_FRAME_OVERHEAD_BYTES + message.length);
	const view = viewOf(frame);
	frame.set(MAGIC);
	view.setUint32(LENGTH_OFFSET, message.length);
	const headCrc = crc32c(frame, 0, HEAD_CRC_OFFSET);
	view.setUint32(HEAD_CRC_OFFSET, headCrc);
	frame.set(message, HEAD_BYTES);
	view.setUint32(frame.length - TAIL_BYTES, crc32c(message, 0, message.length, headCrc));
	return frame;
}

/**
 * Finds the frames in a byte stream that comes in any pieces. What is no frame is skipped, byte by byte, so that it
 * finds the next whole frame after any garbage. Keeps at most one frame of the largest size and what was
 * given last.
 */
export class PullFrames {
	#bytes: Uint8Array = new Uint8Array(0);
	#taken = 0;
	#skipped = 0;
	/** Garbage that was dropped since the last frame; it counts when another frame has come. */
	#pending = 0;

	/** Bytes of the stream up to the end of the frame that was returned last. */
	get taken(): number {
		return this.#taken;
	}

	/** Bytes before that end which belonged to no frame. */
	get skipped(): number {
		return this.#skipped;
	}

	push(bytes: Uint8Array): void {
		this.#bytes = concatBytes(this.#bytes, bytes);
	}

	/** The next whole message, or undefined until more bytes have come. */
	next(): Uint8Array | undefined {
		let offset = 0;
		for (;;) {
			offset = findMagic(this.#bytes, offset);
			const found = messageAt(this.#bytes, offset);
			if (found === "more") break;
			if (found === "none") {
				offset += 1;
				continue;
			}
			this.#skipped += this.#pending + offset;
			this.#taken += this.#pending + offset + PULL_FRAME_OVERHEAD_BYTES + found.length;
			this.#pending = 0;
			this.#bytes = this.#bytes.slice(offset + PULL_FRAME_OVERHEAD_BYTES + found.length);
			return found;
		}
		this.#pending += offset;
		this.#bytes = this.#bytes.slice(offset);
		return undefined;
	}
}

/** Where the next frame may begin: at a whole magic, or at one that is cut by the end. */
function findMagic(bytes: Uint8Array, from: number): number {
	for (let offset = from; offset < bytes.length; offset++) {
		let length = 0;
		while (length < MAGIC.length && bytes[offset + length] === MAGIC[length]) length += 1;
		if (length === MAGIC.length || offset + length === bytes.length) return offset;
	}
	return bytes.length;
}

function messageAt(bytes: Uint8Array, offset: number): Uint8Array | "more" | "none" {
	if (offset + HEAD_BYTES > bytes.length) return "more";
	const length = readU32(bytes, offset + LENGTH_OFFSET);
	const headCrc = readU32(bytes, offset + HEAD_CRC_OFFSET);
	if (length > PULL_MESSAGE_BYTES_MAX) return "none";
	if (crc32c(bytes, offset, offset + HEAD_CRC_OFFSET) !== headCrc) return "none";
	const start = offset + HEAD_BYTES;
	if (start + length + TAIL_BYTES > bytes.length) return "more";
	const crc = readU32(bytes, start + length);
	if (crc32c(bytes, start, start + length, headCrc) !== crc) return "none";
	return bytes.slice(start, start + length);
}
