import { Cursor } from "./_cursor.ts";
import { examineDamaged } from "./_invariants.ts";
import { type Life, lifeOf } from "./_life.ts";
import { Media } from "./_media.ts";
import {
	type Campaign,
	caseText,
	parseCase,
	type Run,
	type Setting,
	type Tally,
} from "./campaign.ts";

const SECTOR_BYTES = 512;
/** In lane ci the media are those of a short life, and of their pairs one in so many is taken. */
const CI_STRIDE = 7;
const GENERATIONS = { ci: 24, night: 400, soak: 4_000 } as const;

class SectorsRun implements Run {
	readonly units: number;
	readonly #setting: Setting;
	readonly #life: Life;
	readonly #cursor: Cursor;
	readonly #media: Media;
	readonly #sectors: readonly number[];

	constructor(setting: Setting) {
		this.#setting = setting;
		this.#life = lifeOf(setting.lane === "ci" ? "short" : setting.size);
		this.#cursor = new Cursor(this.#life);
		const { geometry, finalImage } = this.#life;
		this.#media = new Media(geometry, finalImage.slice());
		const count = geometry.sizeBytes / SECTOR_BYTES;
		this.#sectors = Array.from({ length: count }, (_, sector) => sector);
		this.units = this.#sectors.length + GENERATIONS[setting.lane];
	}

	run(unit: number, tally: Tally): void {
		if (unit >= this.#sectors.length) {
			this.#generations(unit - this.#sectors.length, tally);
			return;
		}
		const stride = this.#setting.lane === "ci" ? CI_STRIDE : 1;
		for (let other = unit % stride; other < this.#sectors.length; other += stride) {
			this.#take({ how: "overwrite", from: unit, to: other }, tally);
			if (other > unit) this.#take({ how: "swap", from: unit, to: other }, tally);
		}
	}

	#take(values: { how: string; from: number; to: number }, tally: Tally): void {
		tally.count();
		const problem = this.#check(values.how, values.from, values.to, tally);
		if (problem !== undefined) tally.fail(caseText(values), problem);
	}

	#check(how: string, from: number, to: number, tally?: Tally): string | undefined {
		const media = this.#media;
		media.rollBack();
		media.powerOn();
		const content = media.bytes.slice(from * SECTOR_BYTES, (from + 1) * SECTOR_BYTES);
		const other = media.bytes.slice(to * SECTOR_BYTES, (to + 1) * SECTOR_BYTES);
		if (Buffer.compare(content, other) === 0) {
			tally?.mark("of equal content");
			return undefined;
		}
		media.put(to * SECTOR_BYTES, content);
		if (how === "swap") media.put(from * SECTOR_BYTES, other);
		// One sector, or two of one ring, leave the other ring whole; two rings may lose a frame that spans both.
		const half = media.bytes.length / SECTOR_BYTES / 2;
		const isOneCopy = how === "overwrite" || from < half === to < half;
		tally?.mark(isOneCopy ? "one copy" : "both copies");
		return examineDamaged(media, this.#life, !isOneCopy);
	}

	/** Every segment of one ring as it was at an earlier time, one after the other. */
	#generations(number: number, tally: Tally): void {
		const steps = this.#life.steps.length;
		const at = Math.floor((steps * (number + 1)) / (GENERATIONS[this.#setting.lane] + 1));
		const earlier = this.#cursor.before(at).bytes.slice();
		const { segmentBytes, geometry } = this.#life;
		const rootBytes = 2 * geometry.sectorBytes;
		const half = geometry.sizeBytes / 2;
		for (const base of [rootBytes, half + rootBytes]) {
			for (
				let start = base;
				start + segmentBytes <= (base < half ? half : half * 2);
				start += segmentBytes
			)
				this.#takeOld({ at, start }, earlier, tally);
		}
	}

	#takeOld(values: { at: number; start: number }, earlier: Uint8Array, tally: Tally): void {
		const { start } = values;
		const media = this.#media;
		media.rollBack();
		media.powerOn();
		const old = earlier.subarray(start, start + this.#life.segmentBytes);
		if (Buffer.compare(old, media.bytes.subarray(start, start + old.length)) === 0) return;
		media.put(start, old);
		tally.count();
		tally.mark("older generation");
		const problem = examineDamaged(media, this.#life);
		if (problem !== undefined) tally.fail(caseText({ how: "old", ...values }), problem);
	}

	replay(text: string): string | undefined {
		const parsed = parseCase(text);
		if (parsed.text("how") !== "old")
			return this.#check(parsed.text("how"), parsed.number("from"), parsed.number("to"));
		const start = parsed.number("start");
		const earlier = this.#cursor.before(parsed.number("at")).bytes.slice();
		let found: string | undefined;
		const tally: Tally = {
			count: () => {},
			mark: () => {},
			fail: (_at, problem) => {
				found = problem;
			},
		};
		this.#takeOld({ at: parsed.number("at"), start }, earlier, tally);
		return found;
	}
}

export const campaign: Campaign = {
	shows: "a sector that lands elsewhere, or a segment that comes back as it was, is not believed",
	mustSee: ["one copy", "both copies", "older generation"],
	open: (setting) => new SectorsRun(setting),
};
