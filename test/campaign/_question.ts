import {
	decodeSegmentHeader,
	type FrameHeader,
	readRootSlot,
	SEGMENT_HEADER_BYTES,
	SegmentCopy,
} from "../../protocol/media.ts";
import { sha256 } from "./_digest.ts";
import type { Media } from "./_media.ts";

/** Something that a start asks its media, and that can be asked again of others. */
export type Question = CopyQuestion | MediaQuestion;

/** Asked through the reader of one copy of a segment. */
export interface CopyQuestion {
	readonly method: "frame" | "header" | "writtenEnd" | "bytes";
	readonly offset: number;
	readonly length: number;
	/** The bytes are compared with these, and nothing else is done with them. */
	readonly compared: Uint8Array | undefined;
	/** The reader that asked last, and its number in the order in which readers ask. */
	readonly reader: SegmentCopy;
	readonly role: number;
	/** The reader has read since its last question, so what it holds of the media is not what that one saw. */
	readonly isFresh: boolean;
}

/** Asked of the media themselves: what stands there, or whether it is erased and can be written. */
export interface MediaQuestion {
	readonly method: "read" | "isErased";
	readonly offset: number;
	readonly length: number;
}

const NONE = "-";

/** The readers' methods as they are when nobody listens. */
const { frame, header, writtenEnd, bytes } = SegmentCopy.prototype;
export const plain = { frame, header, writtenEnd, bytes } as const;

/** Found last on the way to a frame: what it says of the length counts even when the frame is not whole. */
let headerFound: FrameHeader | undefined;

/** Told by who listens to the readers. */
export function noteHeader(found: FrameHeader | undefined): void {
	headerFound = found;
}

/** Tells questions from each other. */
export function nameOf(question: Question): string {
	const { method, offset, length } = question;
	const asker = "role" in question ? `reader ${question.role}` : "the start";
	return `${asker}: ${method} ${offset} ${length}`;
}

export const answers = {
	frame(found: ReturnType<SegmentCopy["frame"]>): string {
		if (found !== undefined) return latin1(found.raw);
		return headerFound === undefined ? NONE : `header for ${headerFound.length}`;
	},
	header(found: FrameHeader | undefined): string {
		if (found === undefined) return NONE;
		const { type, kind, flags, length, sequence, crc } = found;
		return [type, kind, flags, length, sequence, crc].join(" ");
	},
	writtenEnd: String,
	bytes(found: Uint8Array | undefined, compared: Uint8Array | undefined): string {
		if (found === undefined) return NONE;
		if (compared === undefined) return latin1(found);
		return Buffer.compare(found, compared) === 0 ? "equal" : "other";
	},
	/** A root slot counts as what is made of it, a segment header that is not whole as none. */
	read(media: Media, offset: number, found: Uint8Array): string {
		const { sizeBytes, sectorBytes, eraseValue } = media.geometry();
		const { length } = found;
		if (length === sectorBytes && offset % (sizeBytes / 2) < 2 * sectorBytes) {
			const { bytes: root, sequence, used, damaged } = readRootSlot(found, eraseValue, sha256);
			return `${sequence} ${used} ${damaged} ${root === undefined ? NONE : latin1(root)}`;
		}
		const isNone = length === SEGMENT_HEADER_BYTES && decodeSegmentHeader(found) === undefined;
		return isNone ? NONE : latin1(found);
	},
} as const;

function latin1({ buffer, byteOffset, length }: Uint8Array): string {
	return Buffer.from(buffer, byteOffset, length).toString("latin1");
}

/** Asks the questions of a start again, in their order, of media as they stand now. */
export class Walk {
	readonly #media: Media;
	readonly #segmentBytes: number;
	readonly #readers: (SegmentCopy | undefined)[] = [];

	constructor(media: Media, segmentBytes: number) {
		this.#media = media;
		this.#segmentBytes = segmentBytes;
	}

	/** Throws what the journal's own reader throws, such as `LIMIT` when it has been asked too often. */
	answer(question: Question): string {
		if ("role" in question) return this.#ask(question);
		const { method, offset, length } = question;
		if (method === "read")
			return answers.read(this.#media, offset, this.#media.read(offset, length));
		return String(this.#media.isErased(offset, length));
	}

	#ask({ method, offset, length, compared, reader, role, isFresh }: CopyQuestion): string {
		const known = this.#readers[role];
		const asker = known ?? reader;
		this.#readers[role] = asker;
		// A reader keeps the block that it read last: it is made to take up another one and to read this one anew.
		if (known === undefined || isFresh)
			plain.bytes.call(asker, offset < this.#segmentBytes / 2 ? this.#segmentBytes - 1 : 0, 1);
		headerFound = undefined;
		if (method === "frame") return answers.frame(plain.frame.call(asker, offset));
		if (method === "header") return answers.header(plain.header.call(asker, offset));
		if (method === "writtenEnd") return answers.writtenEnd(plain.writtenEnd.call(asker, offset));
		return answers.bytes(plain.bytes.call(asker, offset, length), compared);
	}
}
