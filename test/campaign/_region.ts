import type { JournalContext } from "../../firmware/core/journal/context.ts";
import { Medium } from "../../firmware/core/journal/medium.ts";
import { openRoots } from "../../firmware/core/journal/root-store.ts";
import { scanRecords } from "../../firmware/core/journal/scan.ts";
import { scrubSegment } from "../../firmware/core/journal/scrub.ts";
import { SegmentIndex } from "../../firmware/core/journal/segment-index.ts";
import { SEGMENT_HEADER_BYTES, segmentBases } from "../../protocol/media.ts";
import { sha256 } from "./_digest.ts";
import {
	examine,
	examineDamaged,
	isSame,
	journalOn,
	recordProblem,
	said,
	silentLog,
} from "./_invariants.ts";
import type { Life } from "./_life.ts";
import type { Media, Range } from "./_media.ts";

/**
 * A part of the media that is judged by itself. `start`: what a start reads, roots and newest segment. A number: both
 * copies of an older segment, which a start does not read and which is scrubbed on its own. `free`: nobody reads it.
 */
export type Region = number | "start" | "free";

/** One in so many cases of the start's region goes through a whole round of reading, scrubbing and verifying. */
const WHOLE_EVERY = 16;

/**
 * Judges damage to media that were shut down in order by the regions that it lies in. That regions are independent is
 * measured and not assumed: a start is watched while it reads, and its region is what it read.
 */
export class Regions {
	readonly #life: Life;
	readonly #media: Media;
	readonly #regions: readonly Region[];
	readonly #firstOf = new Map<number, number>();
	#count = 0;

	constructor(life: Life, media: Media) {
		this.#life = life;
		this.#media = media;
		media.rollBack();
		media.powerOn();
		const regions: Region[] = Array.from({ length: life.geometry.sizeBytes }, () => "free");
		this.#findSegments(regions);
		media.onRead = (offset, length) => regions.fill("start", offset, offset + length);
		journalOn(media).open();
		media.onRead = undefined;
		this.#regions = regions;
	}

	#findSegments(regions: Region[]): void {
		const { context, index } = this.#open();
		const { first, newest, layout } = context.roots.root;
		for (let number = first.number; number <= newest.number; number++) {
			const key = index.key(number);
			if (key !== undefined) this.#firstOf.set(number, key.firstSequence);
			for (const base of segmentBases(layout, number))
				regions.fill(number === newest.number ? "start" : number, base, base + layout.segmentBytes);
		}
	}

	at(offset: number): Region {
		return this.#regions[offset] ?? "free";
	}

	/**
	 * What is wrong with how the media, on which these bytes were changed, are read, told and repaired. Without
	 * `mayLose` everything comes out and is whole again in both copies.
	 */
	judge(changed: readonly Range[], mayLose = false): string | undefined {
		const touched = new Set(changed.map(({ from }) => this.at(from)));
		let problem: string | undefined;
		if (touched.has("start")) problem = this.#start(mayLose);
		for (const region of touched)
			if (typeof region === "number") problem ??= this.#segment(region, changed, mayLose);
		return problem;
	}

	#start(mayLose: boolean): string | undefined {
		this.#count += 1;
		const isWhole = mayLose || this.#count % WHOLE_EVERY === 0;
		if (isWhole) return examineDamaged(this.#media, this.#life, mayLose);
		const mark = this.#media.mark();
		const how = { goOn: true, thorough: false };
		const problem = examine(this.#media, this.#life, this.#life.finally, how);
		this.#media.rollBack(mark);
		return problem;
	}

	#open(): { readonly context: JournalContext; readonly index: SegmentIndex } {
		const medium = new Medium(this.#media, silentLog);
		const { roots } = openRoots(medium, this.#media.geometry(), sha256);
		const context = { medium, roots, sha256, log: silentLog };
		return { context, index: new SegmentIndex(context) };
	}

	/** Reads a segment, with its neighbours when its header is concerned; scrubs it; reads it again; scrubs it again. */
	#segment(number: number, changed: readonly Range[], mayLose: boolean): string | undefined {
		try {
			const { context, index } = this.#open();
			const bases = segmentBases(context.roots.root.layout, number);
			const isHeader = changed.some(({ from, to }) =>
				bases.some((base) => from < base + SEGMENT_HEADER_BYTES && to > base),
			);
			const around = isHeader ? 1 : 0;
			const range = {
				from: this.#firstOf.get(number - around) ?? this.#firstSequence(number),
				to: (this.#firstOf.get(number + 1 + around) ?? this.#life.finally.confirmed + 1) - 1,
			};
			return (
				this.#read(context, index, range, mayLose) ??
				this.#scrub(context, index, number, mayLose) ??
				this.#read(context, index, range, mayLose)
			);
		} catch (error) {
			return `I6 ${said(error)}`;
		}
	}

	#firstSequence(number: number): number {
		return this.#firstOf.get(number) ?? 1;
	}

	#read(
		context: JournalContext,
		index: SegmentIndex,
		{ from, to }: Range,
		mayLose: boolean,
	): string | undefined {
		const { records } = this.#life;
		let next = from;
		let problem: string | undefined;
		index.forget();
		scanRecords(
			{ context, index, head: context.roots.root.head, bookmark: undefined },
			{
				from,
				to,
				visit: (sequence, record) => {
					const own = records[sequence - 1];
					if (sequence !== next) problem ??= `I3 record ${sequence} where ${next} was expected`;
					problem ??= recordProblem(own ? { ...record, chain: own.chain } : record, own);
					next = sequence + 1;
				},
				onGap: (gap) => {
					if (!mayLose) problem ??= `I3 gap ${gap.from} to ${gap.to}`;
					if (gap.from !== next) problem ??= `I3 gap from ${gap.from} where ${next} was expected`;
					next = gap.to + 1;
				},
			},
		);
		return next === to + 1 || to < from
			? problem
			: (problem ?? `I3 scan ended at ${next - 1} of ${to}`);
	}

	#scrub(
		context: JournalContext,
		index: SegmentIndex,
		number: number,
		mayLose: boolean,
	): string | undefined {
		index.forget();
		const key = index.key(number);
		if (key === undefined)
			return mayLose ? undefined : "I1 header lost although its other copy is whole";
		const { findings, repaired, gaps } = scrubSegment(context, index, key, true);
		if (findings === 0) return "silent: a scrub finds nothing";
		if (!mayLose && (gaps.length > 0 || !repaired)) return "I1 a scrub does not repair it";
		const { layout } = context.roots.root;
		const [left, right] = segmentBases(layout, number).map((base) =>
			this.#media.bytes.subarray(base, base + layout.segmentBytes),
		);
		if (repaired && left && right && !isSame(left, right)) return "the copies differ after a scrub";
		return undefined;
	}
}
