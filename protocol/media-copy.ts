import { CloseoutError } from "./error.ts";
import { isFilledWith } from "./media-bytes.ts";
import {
	decodeFrame,
	decodeFrameHeader,
	FRAME_HEADER_BYTES,
	type Frame,
	type FrameHeader,
	frameBytes,
} from "./media-frame.ts";

/** Reads bytes of the media; undefined when they cannot be read. */
export type MediaReader = (offset: number, length: number) => Uint8Array | undefined;

/** Counts work down; shared by everything that one recovery does. */
export interface Budget {
	steps: number;
}

/** Throws `LIMIT` when the budget is used up. */
export function spend(budget: Budget, steps: number): void {
	budget.steps -= steps;
	if (budget.steps >= 0) return;
	throw new CloseoutError(
		"LIMIT",
		"recovery of the journal takes too many steps; pull the image and send the terminal in",
	);
}

const BLOCK_BYTES_MAX = 2_048;
const STEP_BYTES = 64;

export interface CopyOptions {
	readonly read: MediaReader;
	/** Offset of the segment on the media. */
	readonly base: number;
	readonly segmentBytes: number;
	readonly sectorBytes: number;
	readonly seed: number;
	readonly alignBytes: number;
	readonly eraseValue: number;
	readonly budget?: Budget | undefined;
}

/** One copy of one segment, read block by block so that a walk costs few reads and little memory. */
export class SegmentCopy {
	readonly #options: CopyOptions;
	readonly #blockBytes: number;
	#blockStart: number | undefined;
	#block: Uint8Array | undefined;

	constructor(options: CopyOptions) {
		this.#options = options;
		this.#blockBytes = Math.min(options.sectorBytes, BLOCK_BYTES_MAX);
	}

	/** Bytes at an offset of the segment; undefined past its end and where the media cannot be read. */
	bytes(offset: number, length: number): Uint8Array | undefined {
		const { read, base, segmentBytes } = this.#options;
		if (offset + length > segmentBytes) return undefined;
		const start = offset - (offset % this.#blockBytes);
		if (offset + length > start + this.#blockBytes) return read(base + offset, length);
		return this.#blockAt(start)?.subarray(offset - start, offset - start + length);
	}

	#blockAt(start: number): Uint8Array | undefined {
		if (start !== this.#blockStart) {
			const { read, base, segmentBytes } = this.#options;
			const length = Math.min(this.#blockBytes, segmentBytes - start);
			this.#block = read(base + start, length);
			this.#blockStart = start;
		}
		return this.#block;
	}

	/** The valid header of a frame at an offset, whatever the rest of the frame is like. */
	header(offset: number): FrameHeader | undefined {
		const head = this.bytes(offset, FRAME_HEADER_BYTES);
		if (head === undefined) return undefined;
		const { seed, alignBytes } = this.#options;
		return decodeFrameHeader(head, { offset, seed, alignBytes });
	}

	/** The whole and valid frame at an offset with its raw bytes, or undefined. */
	frame(offset: number): { readonly frame: Frame; readonly raw: Uint8Array } | undefined {
		const header = this.header(offset);
		if (header === undefined) return undefined;
		const raw = this.bytes(offset, frameBytes(header.length, this.#options.alignBytes));
		this.#spend(header.length);
		const frame = raw && decodeFrame(raw, header);
		return frame && raw && { frame, raw };
	}

	/** Where the bytes that differ from the erase value end, looked for from `offset` on. */
	writtenEnd(offset: number): number {
		const { segmentBytes, eraseValue } = this.#options;
		let end = offset;
		for (let start = offset; start < segmentBytes; ) {
			const next = Math.min(start - (start % this.#blockBytes) + this.#blockBytes, segmentBytes);
			const bytes = this.bytes(start, next - start);
			if (bytes === undefined) end = next;
			else if (!isFilledWith(bytes, eraseValue)) {
				let last = bytes.length;
				while (bytes[last - 1] === eraseValue) last--;
				end = start + last;
			}
			start = next;
		}
		this.#spend(segmentBytes - offset);
		return end;
	}

	#spend(bytes: number): void {
		const { budget } = this.#options;
		if (budget) spend(budget, 1 + Math.floor(bytes / STEP_BYTES));
	}
}
