import { SegmentCopy, SegmentWalker } from "../../protocol/media.ts";
import type { Media, MediaListener, Range } from "./_media.ts";
import { answers, type CopyQuestion, noteHeader, plain, type Question } from "./_question.ts";

/** Who is told of a start's questions and of what it changes. */
export interface Hearer {
	asked(question: Question, answer: string): void;
	changed(offset: number, bytes: Uint8Array): void;
}

/** Bytes that were read, and what of the watched ones was left as it was found by then. */
interface Reading {
	readonly bytes: Uint8Array;
	readonly offset: number;
	readonly left: readonly Range[];
	readonly writtenCount: number;
}

/** A reader of one copy of a segment. */
interface Voice {
	/** Its number among those that have asked about watched bytes. */
	role: number | undefined;
	hasReadSince: boolean;
}

let listening: Listener | undefined;

/**
 * Hears what a start asks about some bytes of its media until it has written over them, be it directly or through the
 * readers of a segment's copies, and passes on each question with its answer.
 */
export class Listener implements MediaListener {
	readonly #media: Media;
	readonly #hearer: Hearer;
	readonly #readings: Reading[] = [];
	readonly #written: Range[] = [];
	readonly #voices = new Map<SegmentCopy, Voice>();
	#left: readonly Range[];
	#roles = 0;
	#speaking: Voice | undefined;
	#isTouched = false;
	#compared: Uint8Array | undefined;
	/** Something was asked that cannot be asked again of other media. */
	isOpaque = false;

	constructor(media: Media, watched: readonly Range[], hearer: Hearer) {
		this.#media = media;
		this.#left = watched;
		this.#hearer = hearer;
	}

	/** Listens while something runs. */
	during<T>(run: () => T): T {
		listening = this;
		this.#media.listener = this;
		try {
			return run();
		} finally {
			listening = undefined;
			this.#media.listener = undefined;
		}
	}

	get isSpeaking(): boolean {
		return this.#speaking !== undefined;
	}

	read(offset: number, bytes: Uint8Array): void {
		const left = this.#left;
		const writtenCount = this.#written.length;
		const reading = { bytes, offset, left, writtenCount };
		this.#readings.push(reading);
		if (this.#speaking !== undefined) {
			this.#speaking.hasReadSince = true;
			return;
		}
		const { length } = bytes;
		if (this.#concerns(reading, offset, length))
			this.#hearer.asked(
				{ method: "read", offset, length },
				answers.read(this.#media, offset, bytes),
			);
	}

	isErased(offset: number, length: number, answer: boolean): void {
		const now = { left: this.#left, writtenCount: this.#written.length };
		if (this.#concerns(now, offset, length))
			this.#hearer.asked({ method: "isErased", offset, length }, String(answer));
	}

	changed(offset: number, bytes: Uint8Array): void {
		const to = offset + bytes.length;
		this.#hearer.changed(offset, bytes);
		this.#written.push({ from: offset, to });
		if (!touches(this.#left, offset, to)) return;
		this.#left = this.#left.flatMap((range) =>
			[
				{ from: range.from, to: Math.min(range.to, offset) },
				{ from: Math.max(range.from, to), to: range.to },
			].filter((rest) => rest.to > rest.from),
		);
	}

	compared(): void {
		this.isOpaque = true;
	}

	/** True for bytes that are as they were found; what the start has written beside them stands in no other case. */
	#concerns(
		{ left, writtenCount }: Pick<Reading, "left" | "writtenCount">,
		offset: number,
		length: number,
	): boolean {
		const to = offset + length;
		if (!touches(left, offset, to)) return false;
		if (touches(this.#written.slice(0, writtenCount), offset, to)) this.isOpaque = true;
		return true;
	}

	/** A reader uses bytes that it has read, now or before. */
	used(some: Uint8Array | undefined): void {
		if (some === undefined || some.length === 0) return;
		const { buffer, byteOffset } = some;
		const reading = this.#readings.findLast(
			({ bytes }) =>
				bytes.buffer === buffer &&
				bytes.byteOffset <= byteOffset &&
				bytes.byteOffset + bytes.length >= byteOffset + some.length,
		);
		if (reading === undefined) throw new RangeError("a reader uses bytes that it has not read");
		const offset = reading.offset + byteOffset - reading.bytes.byteOffset;
		if (this.#concerns(reading, offset, some.length)) this.#isTouched = true;
	}

	/** Bytes that are read while this runs are compared with these. */
	comparing<T>(bytes: Uint8Array, run: () => T): T {
		this.#compared = bytes;
		try {
			return run();
		} finally {
			this.#compared = undefined;
		}
	}

	/** A reader is asked something. */
	hear<T>(
		reader: SegmentCopy,
		{ method, offset, length }: Pick<CopyQuestion, "method" | "offset" | "length">,
		ask: () => T,
		textOf: (found: T, compared: Uint8Array | undefined) => string,
	): T {
		const voice = this.#voices.get(reader) ?? { role: undefined, hasReadSince: true };
		this.#voices.set(reader, voice);
		const isFresh = voice.hasReadSince;
		this.#speaking = voice;
		this.#isTouched = false;
		noteHeader(undefined);
		let found: T;
		try {
			found = ask();
		} catch (error) {
			this.isOpaque = true;
			throw error;
		} finally {
			this.#speaking = undefined;
		}
		if (!this.#isTouched) return found;
		voice.role ??= this.#roles++;
		voice.hasReadSince = false;
		// What is compared may be bytes that were read, and their memory is used again.
		const compared = this.#compared?.slice();
		const question = { method, offset, length, compared, reader, role: voice.role, isFresh };
		this.#hearer.asked(question, textOf(found, compared));
		return found;
	}
}

function touches(ranges: readonly Range[], from: number, to: number): boolean {
	for (const range of ranges) if (range.from < to && range.to > from) return true;
	return false;
}

const { copiesHolding } = SegmentWalker.prototype;

Object.assign(SegmentCopy.prototype, {
	frame(this: SegmentCopy, offset: number) {
		const ask = () => plain.frame.call(this, offset);
		if (listening === undefined || listening.isSpeaking) return ask();
		return listening.hear(this, { method: "frame", offset, length: 0 }, ask, answers.frame);
	},
	header(this: SegmentCopy, offset: number) {
		const ask = () => plain.header.call(this, offset);
		const isHeard = listening !== undefined && !listening.isSpeaking;
		const found = isHeard
			? listening?.hear(this, { method: "header", offset, length: 0 }, ask, answers.header)
			: ask();
		noteHeader(found);
		return found;
	},
	writtenEnd(this: SegmentCopy, offset: number) {
		const ask = () => plain.writtenEnd.call(this, offset);
		if (listening === undefined || listening.isSpeaking) return ask();
		return listening.hear(this, { method: "writtenEnd", offset, length: 0 }, ask, String);
	},
	bytes(this: SegmentCopy, offset: number, length: number) {
		if (listening === undefined) return plain.bytes.call(this, offset, length);
		const ask = () => {
			const found = plain.bytes.call(this, offset, length);
			listening?.used(found);
			return found;
		};
		if (listening.isSpeaking) return ask();
		return listening.hear(this, { method: "bytes", offset, length }, ask, answers.bytes);
	},
});

SegmentWalker.prototype.copiesHolding = function (offset, bytes) {
	const ask = () => copiesHolding.call(this, offset, bytes);
	return listening === undefined ? ask() : listening.comparing(bytes, ask);
};
