import { concatBytes } from "../../../protocol/bytes.ts";
import {
	encodeFrame,
	encodeGap,
	encodeSeal,
	encodeSegmentHeader,
	type Frame,
	frameBytes,
	frameType,
	gapKind,
	type Layout,
	SEGMENT_HEADER_BYTES,
	type SegmentHeader,
	type SegmentItem,
	saltCrc,
} from "../../../protocol/media.ts";

const NO_CHAIN = new Uint8Array(32);

/** The bytes of one segment as it is to stand on the media, put together frame by frame. */
export class SegmentImage {
	readonly #layout: Layout;
	readonly #seed: number;
	readonly #bytes: Uint8Array;
	#offset = SEGMENT_HEADER_BYTES;
	/** A frame did not fit; the image must not be used. */
	overflow = false;

	constructor(layout: Layout, header: SegmentHeader, capacityBytes: number) {
		this.#layout = layout;
		this.#seed = saltCrc(header.salt);
		this.#bytes = new Uint8Array(capacityBytes);
		this.#bytes.set(encodeSegmentHeader(header));
	}

	get offset(): number {
		return this.#offset;
	}

	/** The used part; what follows it stays erased. */
	get bytes(): Uint8Array {
		return this.#bytes.subarray(0, this.#offset);
	}

	push(frame: Frame): void {
		const { alignBytes } = this.#layout;
		const length = frameBytes(frame.payload.length, alignBytes);
		if (this.overflow || this.#offset + length > this.#bytes.length) {
			this.overflow = true;
			return;
		}
		const place = { offset: this.#offset, seed: this.#seed, alignBytes };
		this.#bytes.set(encodeFrame(frame, place), this.#offset);
		this.#offset += length;
	}

	/** Takes back what was pushed after the image had this length; what did not fit by then stays missing. */
	truncate(offset: number): void {
		this.#offset = offset;
	}

	/** Takes over an item of another copy of the segment. */
	pushItem(item: SegmentItem): void {
		const frame = frameOf(item);
		if (frame !== undefined) this.push(frame);
	}
}

/** The frame that keeps an item, or undefined for one that leaves nothing behind. */
function frameOf(item: SegmentItem): Frame | undefined {
	switch (item.type) {
		case "record":
			return { type: frameType.record, ...item.record };
		case "checkpoint":
			return checkpointFrame(item.state, item.position);
		case "seal": {
			const payload = encodeSeal(item.seal);
			return { type: frameType.seal, kind: 0, flags: 0, payload, ...item.position };
		}
		case "gap": {
			const { gap } = item;
			const kind = gap.chain ? gapKind.chained : gapKind.adopted;
			const chain = gap.chain ?? NO_CHAIN;
			const payload = encodeGap(gap);
			return { type: frameType.gap, kind, flags: 0, sequence: gap.to, payload, chain };
		}
	}
	return undefined;
}

export function checkpointFrame(
	state: Uint8Array,
	{ sequence, chain }: { readonly sequence: number; readonly chain: Uint8Array },
): Frame {
	return { type: frameType.checkpoint, kind: 0, flags: 0, sequence, payload: state, chain };
}

/** Frames that follow each other from `offset` on, as one piece of bytes. */
export function encodeFrames(
	frames: readonly Frame[],
	start: { readonly offset: number; readonly salt: Uint8Array; readonly alignBytes: number },
): Uint8Array {
	const seed = saltCrc(start.salt);
	let { offset } = start;
	const parts = frames.map((frame) => {
		const bytes = encodeFrame(frame, { offset, seed, alignBytes: start.alignBytes });
		offset += bytes.length;
		return bytes;
	});
	return concatBytes(...parts);
}
