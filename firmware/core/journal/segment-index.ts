import {
	type Budget,
	type FoundHeader,
	readSegmentHeader,
	type SegmentKey,
	SegmentWalker,
	segmentBases,
} from "../../../protocol/media.ts";
import type { JournalContext } from "./context.ts";

/**
 * Finds segments by what they hold. Nothing is kept of them but the header met last: numbers give the place on
 * the media, headers give the first sequence, so a search reads one header for each halving of the ring.
 */
export class SegmentIndex {
	readonly #context: JournalContext;
	#last: FoundHeader | undefined;

	constructor(context: JournalContext) {
		this.#context = context;
	}

	/** Drops what was kept of headers, after one of them has changed. */
	forget(): void {
		this.#last = undefined;
	}

	header(number: number): FoundHeader | undefined {
		if (this.#last?.header.number === number) return this.#last;
		const { medium, roots } = this.#context;
		const bases = segmentBases(roots.root.layout, number);
		this.#last = readSegmentHeader(medium.read, bases, number);
		return this.#last;
	}

	/** What is needed to read a live segment; undefined when its header is lost or it was passed over. */
	key(number: number): SegmentKey | undefined {
		const { newest } = this.#context.roots.root;
		return number === newest.number ? newest : this.header(number)?.header;
	}

	/** Number of the live segment that a record is in, if it is in any. */
	find(sequence: number): number {
		const { first, newest } = this.#context.roots.root;
		// Known without reading: a start and most questions after it ask for what was written last.
		if (newest.firstSequence <= sequence) return newest.number;
		let low = first.number;
		let high = newest.number;
		while (low < high) {
			const middle = Math.ceil((low + high) / 2);
			const key = this.#readable(middle, high);
			if (key && key.firstSequence <= sequence) low = key.number;
			else high = middle - 1;
		}
		return low;
	}

	/** The first live segment from `number` on that can be read: at the latest the newest, which the root knows. */
	nextFrom(number: number): SegmentKey {
		const { newest } = this.#context.roots.root;
		return this.#readable(number, newest.number - 1) ?? newest;
	}

	#readable(number: number, last: number): SegmentKey | undefined {
		for (let probe = number; probe <= last; probe++) {
			const key = this.key(probe);
			if (key) return key;
		}
		return undefined;
	}

	/** A walk through a segment that takes each frame from the first copy where it is whole. */
	walker(
		key: SegmentKey,
		bounds: { readonly lastSequence?: number; readonly budget?: Budget },
	): SegmentWalker {
		const { medium, roots, sha256 } = this.#context;
		const { layout } = roots.root;
		return new SegmentWalker({
			read: medium.read,
			sha256,
			layout,
			key,
			bases: segmentBases(layout, key.number),
			thorough: false,
			...bounds,
		});
	}
}
