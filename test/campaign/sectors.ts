import { Cursor } from "./_cursor.ts";
import { type Life, lifeOf } from "./_life.ts";
import type { Range } from "./_media.ts";
import { Media } from "./_media.ts";
import { type Region, Regions } from "./_region.ts";
import {
	type Campaign,
	CaseError,
	caseText,
	parseCase,
	type Run,
	type Setting,
	type Tally,
} from "./campaign.ts";

const SECTOR_BYTES = 512;
/** Earlier times at which every segment is taken from; in lane ci of a short life. */
const GENERATIONS = { ci: 100, night: 400, soak: 4_000 } as const;

type Manner = "overwrite" | "swap" | "old";

class SectorsRun implements Run {
	readonly units: number;
	readonly #setting: Setting;
	readonly #life: Life;
	readonly #cursor: Cursor;
	readonly #media: Media;
	readonly #regions: Regions;
	/** For each sector the first one with the same content. */
	readonly #alike: readonly number[];

	constructor(setting: Setting) {
		this.#setting = setting;
		this.#life = lifeOf(setting.lane === "ci" ? "short" : setting.size);
		this.#cursor = new Cursor(this.#life);
		const { geometry, finalImage } = this.#life;
		this.#media = new Media(geometry, finalImage.slice());
		this.#regions = new Regions(this.#life, this.#media);
		const seen = new Map<string, number>();
		this.#alike = Array.from({ length: geometry.sizeBytes / SECTOR_BYTES }, (_, sector) => {
			const content = Buffer.from(this.#content(sector)).toString("base64");
			const first = seen.get(content) ?? sector;
			seen.set(content, first);
			return first;
		});
		this.units = this.#alike.length + GENERATIONS[setting.lane];
	}

	/** A unit is one sector that others land on, or one earlier time. */
	run(unit: number, tally: Tally): void {
		if (unit >= this.#alike.length) {
			this.#generations(unit - this.#alike.length, tally);
			return;
		}
		const verdicts = new Map<number, string | undefined>();
		for (const [from, alike] of this.#alike.entries()) {
			if (from === unit) continue;
			this.#overwrite(from, unit, alike, verdicts, tally);
			if (from < unit) this.#swap(from, unit, tally);
		}
	}

	#overwrite(
		from: number,
		to: number,
		alike: number,
		verdicts: Map<number, string | undefined>,
		tally: Tally,
	): void {
		tally.count();
		if (alike === this.#alike[to]) {
			tally.mark("of equal content");
			return;
		}
		if (verdicts.has(alike)) tally.mark("judged with a sector of the same content");
		else verdicts.set(alike, this.#check("overwrite", from, to, tally));
		const problem = verdicts.get(alike);
		if (problem !== undefined) tally.fail(caseText({ how: "overwrite", from, to }), problem);
	}

	/**
	 * Two sectors of different regions are judged apart: each lands on the other, and no region is read with the other.
	 * Headers are read by their neighbours, so neighbours are one region here.
	 */
	#swap(from: number, to: number, tally: Tally): void {
		tally.count();
		if (this.#alike[from] === this.#alike[to]) {
			tally.mark("of equal content");
			return;
		}
		if (!areTogether(this.#regionOf(from), this.#regionOf(to))) {
			tally.mark("swaps judged as two that land elsewhere");
			return;
		}
		const problem = this.#check("swap", from, to, tally);
		if (problem !== undefined) tally.fail(caseText({ how: "swap", from, to }), problem);
	}

	#regionOf(sector: number): Region {
		return this.#regions.at(sector * SECTOR_BYTES);
	}

	#content(sector: number): Uint8Array {
		return this.#life.finalImage.subarray(sector * SECTOR_BYTES, (sector + 1) * SECTOR_BYTES);
	}

	#check(how: Manner, from: number, to: number, tally?: Tally): string | undefined {
		const media = this.#media;
		media.rollBack();
		media.powerOn();
		const changed: Range[] = [];
		const put = (at: number, content: Uint8Array) => {
			media.put(at * SECTOR_BYTES, content);
			changed.push({ from: at * SECTOR_BYTES, to: (at + 1) * SECTOR_BYTES });
		};
		put(to, this.#content(from));
		if (how === "swap") put(from, this.#content(to));
		// One sector, or two of one ring, leave the other ring whole; two rings may lose a frame that spans both.
		const half = this.#alike.length / 2;
		const isOneCopy = how === "overwrite" || from < half === to < half;
		tally?.mark(isOneCopy ? "one copy" : "both copies");
		return this.#regions.judge(changed, !isOneCopy);
	}

	/** Every segment of each ring as it was at an earlier time, one after the other. */
	#generations(number: number, tally: Tally): void {
		const steps = this.#life.steps.length;
		const count = GENERATIONS[this.#setting.lane];
		const timeOf = (index: number) => Math.floor((steps * (index + 1)) / (count + 1));
		const before = this.#cursor.before(timeOf(number - 1)).bytes.slice();
		const earlier = this.#cursor.before(timeOf(number)).bytes.slice();
		const { segmentBytes, geometry } = this.#life;
		const rootBytes = 2 * geometry.sectorBytes;
		const half = geometry.sizeBytes / 2;
		for (const base of [0, half]) {
			const end = base + half;
			for (let at = base + rootBytes; at + segmentBytes <= end; at += segmentBytes) {
				const old = earlier.subarray(at, at + segmentBytes);
				// As it was at the time before this one, it was judged then.
				if (number > 0 && Buffer.compare(old, before.subarray(at, at + segmentBytes)) === 0)
					continue;
				this.#takeOld({ at: timeOf(number), start: at }, old, tally);
			}
		}
	}

	#takeOld(values: { at: number; start: number }, old: Uint8Array, tally: Tally): void {
		const problem = this.#checkOld(values.start, old, tally);
		if (problem !== undefined) tally.fail(caseText({ how: "old", ...values }), problem);
	}

	#checkOld(start: number, old: Uint8Array, tally?: Tally): string | undefined {
		const media = this.#media;
		media.rollBack();
		media.powerOn();
		const standing = media.bytes.subarray(start, start + old.length);
		if (Buffer.compare(old, standing) === 0) return undefined;
		media.put(start, old);
		tally?.count();
		tally?.mark("older generation");
		return this.#regions.judge([{ from: start, to: start + old.length }]);
	}

	replay(text: string): string | undefined {
		const parsed = parseCase(text);
		const how = parsed.text("how");
		if (how === "overwrite" || how === "swap")
			return this.#check(how, parsed.number("from"), parsed.number("to"));
		if (how !== "old") throw new CaseError(`case "${text}": no manner "${how}"`);
		const start = parsed.number("start");
		const earlier = this.#cursor.before(parsed.number("at")).bytes;
		return this.#checkOld(start, earlier.slice(start, start + this.#life.segmentBytes));
	}
}

function areTogether(left: Region, right: Region): boolean {
	if (typeof left === "number" && typeof right === "number") return Math.abs(left - right) <= 1;
	return left === right && left !== "free";
}

export const campaign: Campaign = {
	shows: "a sector that lands elsewhere, or a segment that comes back as it was, is not believed",
	mustSee: ["one copy", "both copies", "older generation"],
	open: (setting) => new SectorsRun(setting),
};
