import { examine, examineDamaged, lostRecords } from "./_invariants.ts";
import { type Life, lifeOf } from "./_life.ts";
import { Media } from "./_media.ts";
import { Regions } from "./_region.ts";
import { type FramePlace, findFrames, isRepairSeen, isSilent } from "./_walk.ts";
import {
	type Campaign,
	CaseError,
	caseText,
	parseCase,
	type Run,
	type Setting,
	type Tally,
} from "./campaign.ts";

const BYTES_PER_UNIT = 512;
/** Each so many-th byte is also read, scrubbed and read again with all of its region. */
const REGION_EVERY = { ci: 16, night: 1, soak: 1 } as const;
/** And each so many-th goes through a whole start and a whole round of scrubbing. */
const WHOLE_EVERY = { ci: 1_021, night: 257, soak: 1 } as const;
/** A short life, in which the zoo looks for bugs, is soon gone through as a whole. */
const SHORT_WHOLE_EVERY = 127;

/** Records that the same byte in both copies may cost. Without its header a segment is lost. */
const LOST_MAX: Readonly<Partial<Record<FramePlace["type"], number>>> = {
	record: 1,
	checkpoint: 0,
	seal: 0,
	unused: 0,
	root: 0,
};

/** How a byte changes: one of its bits turns, or it becomes 00, FF or its inverse. */
type Change = "00" | "ff" | "inverse" | number;
const manners = ["fast", "region", "whole", "twin", "both", "prefix"] as const;
type Manner = (typeof manners)[number];
const bits = [0, 1, 2, 3, 4, 5, 6, 7] as const;

class RotRun implements Run {
	readonly units: number;
	readonly #setting: Setting;
	readonly #life: Life;
	readonly #media: Media;
	readonly #regions: Regions;
	readonly #frames: readonly FramePlace[];
	/** For each byte, one more than the number of the place that it is in. */
	readonly #places: Uint32Array;

	constructor(setting: Setting) {
		this.#setting = setting;
		this.#life = lifeOf(setting.size);
		const { geometry, finalImage } = this.#life;
		this.#media = new Media(geometry, finalImage.slice());
		this.#regions = new Regions(this.#life, this.#media);
		this.#media.rollBack();
		this.#frames = findFrames(this.#media, this.#life);
		this.#places = new Uint32Array(geometry.sizeBytes);
		for (const [index, { from, to }] of this.#frames.entries())
			this.#places.fill(index + 1, from, to);
		const bytes = setting.lane === "ci" ? geometry.sizeBytes / 2 : geometry.sizeBytes;
		this.units = Math.ceil(bytes / BYTES_PER_UNIT);
	}

	run(unit: number, tally: Tally): void {
		const { lane, size } = this.#setting;
		const end = Math.min((unit + 1) * BYTES_PER_UNIT, this.#media.bytes.length);
		for (let offset = unit * BYTES_PER_UNIT; offset < end; offset++) {
			for (const bit of bits) this.#take(offset, bit, "fast", tally);
			this.#take(offset, offset % 8, "twin", tally);
			if (lane !== "ci") {
				for (const change of ["00", "ff", "inverse"] as const)
					this.#take(offset, change, "fast", tally);
				this.#take(offset, "ff", "prefix", tally);
			}
			if (offset % REGION_EVERY[lane] === 0) this.#take(offset, (offset >> 4) % 8, "region", tally);
			if (offset % (size === "short" ? SHORT_WHOLE_EVERY : WHOLE_EVERY[lane]) === 0) {
				this.#take(offset, offset % 8, "whole", tally);
				this.#take(offset, offset % 8, "both", tally);
			}
		}
	}

	#take(offset: number, change: Change, how: Manner, tally: Tally): void {
		tally.count();
		if (how !== "whole" && this.#regions.at(offset) === "free") {
			tally.mark("where nobody reads");
			return;
		}
		const problem = this.#check(offset, change, how, tally);
		if (problem !== undefined) tally.fail(caseText({ offset, change, how }), problem);
	}

	/** Undefined where nothing stands and nobody looks: in segments that are not in use. */
	#placeOf(offset: number): FramePlace | undefined {
		return this.#frames[(this.#places[offset] ?? 0) - 1];
	}

	/**
	 * `fast`: the frame, header or root that the byte is in is read from both copies. `region`: what a start reads, or
	 * the segment, is read, scrubbed and read again. `prefix`: the same with all behind the byte erased. `whole`: a start, every record,
	 * a round of scrubbing, and all findings are gone. `twin`: the same byte of both copies, read from its frame.
	 * `both`: the same, read whole: records may be lost, but never without a gap that says which.
	 */
	#check(offset: number, change: Change, how: Manner, tally?: Tally): string | undefined {
		const media = this.#media;
		media.rollBack();
		media.powerOn();
		if (how === "prefix") return this.#prefix(offset, tally);
		const byte = media.bytes[offset] ?? 0;
		const rotten = changed(byte, change);
		if (rotten === byte) return undefined;
		media.put(offset, Uint8Array.of(rotten));
		if (how === "region") {
			tally?.mark("repaired in its region");
			return this.#regions.judge([{ from: offset, to: offset + 1 }]);
		}
		if (how === "fast") {
			const frame = this.#placeOf(offset);
			if (frame === undefined) return "silent: in use, and in no frame, header or root";
			tally?.mark(frame.type);
			return isRepairSeen(media, this.#life, frame);
		}
		if (how === "whole") {
			tally?.mark("repaired");
			return (
				examine(media, this.#life, this.#life.finally, { goOn: false, thorough: true }) ??
				examineDamaged(media, this.#life)
			);
		}
		const twin = (offset + media.bytes.length / 2) % media.bytes.length;
		media.put(twin, Uint8Array.of(changed(media.bytes[twin] ?? 0, change)));
		tally?.mark("both copies");
		const place = this.#placeOf(offset);
		if (place !== undefined && isSilent(media, this.#life, place))
			return `silent: the same change in both copies of a ${place.type}`;
		if (how === "twin") return undefined;
		const problem = examineDamaged(media, this.#life, true);
		if (problem !== undefined || place === undefined) return problem;
		const lost = lostRecords(media);
		const most = LOST_MAX[place.type] ?? Number.POSITIVE_INFINITY;
		return lost > most ? `I3 ${lost} records lost by one byte of a ${place.type}` : undefined;
	}

	/** Everything behind this byte reads as erased in one copy: of its segment, or, where a start reads, of the half. */
	#prefix(offset: number, tally?: Tally): string | undefined {
		const media = this.#media;
		const region = this.#regions.at(offset);
		const half = media.bytes.length / 2;
		let end = offset < half ? half : media.bytes.length;
		// Segments begin at multiples of their length from the roots on, in either half.
		const { segmentBytes, geometry } = this.#life;
		const inRing = (offset % half) - 2 * geometry.sectorBytes;
		if (region !== "start") end = offset + segmentBytes - (inRing % segmentBytes);
		if (media.bytes.subarray(offset, end).every((byte) => byte === 0xff)) {
			tally?.mark("prefix that ends where the rest is erased");
			return undefined;
		}
		media.put(offset, new Uint8Array(end - offset).fill(0xff));
		tally?.mark("prefix");
		return this.#regions.judge([{ from: offset, to: end }]);
	}

	replay(text: string): string | undefined {
		const parsed = parseCase(text);
		const change = parsed.text("change");
		const isNamed = change === "00" || change === "ff" || change === "inverse";
		const how = manners.find((known) => known === parsed.text("how"));
		if (how === undefined) throw new CaseError(`case "${text}": no manner "${parsed.text("how")}"`);
		return this.#check(parsed.number("offset"), isNamed ? change : Number(change), how);
	}
}

function changed(byte: number, change: Change): number {
	if (change === "00") return 0;
	if (change === "ff") return 0xff;
	if (change === "inverse") return byte ^ 0xff;
	return byte ^ (1 << change);
}

export const campaign: Campaign = {
	shows:
		"a bit or byte that reads differently in one copy is seen and costs nothing; in both copies it costs exactly what the gap says",
	mustSee: [
		"record",
		"checkpoint",
		"seal",
		"header",
		"root",
		"unused",
		"repaired",
		"repaired in its region",
		"both copies",
	],
	open: (setting) => new RotRun(setting),
};
