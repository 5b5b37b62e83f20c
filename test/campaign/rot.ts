import { examine, examineDamaged, lostRecords } from "./_invariants.ts";
import { type Life, lifeOf } from "./_life.ts";
import { Media } from "./_media.ts";
import { type FramePlace, findFrames, isRepairSeen, isSilent } from "./_walk.ts";
import {
	type Campaign,
	caseText,
	parseCase,
	type Run,
	type Setting,
	type Tally,
} from "./campaign.ts";

const BYTES_PER_UNIT = 512;
/** Each so many-th byte of the first copy goes through a whole start and a whole round of scrubbing as well. */
const WHOLE_EVERY = { ci: 257, night: 17, soak: 1 } as const;

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
const bits = [0, 1, 2, 3, 4, 5, 6, 7] as const;

class RotRun implements Run {
	readonly units: number;
	readonly #setting: Setting;
	readonly #life: Life;
	readonly #media: Media;
	readonly #frames: readonly FramePlace[];
	/** For each byte, one more than the number of the place that it is in. */
	readonly #places: Uint32Array;

	constructor(setting: Setting) {
		this.#setting = setting;
		this.#life = lifeOf(setting.size);
		const { geometry, finalImage } = this.#life;
		this.#media = new Media(geometry, finalImage.slice());
		this.#frames = findFrames(this.#media, this.#life);
		this.#places = new Uint32Array(geometry.sizeBytes);
		for (const [index, { from, to }] of this.#frames.entries())
			this.#places.fill(index + 1, from, to);
		const bytes = setting.lane === "ci" ? geometry.sizeBytes / 2 : geometry.sizeBytes;
		this.units = Math.ceil(bytes / BYTES_PER_UNIT);
	}

	run(unit: number, tally: Tally): void {
		const { lane } = this.#setting;
		for (let offset = unit * BYTES_PER_UNIT; offset < (unit + 1) * BYTES_PER_UNIT; offset++) {
			for (const bit of bits) this.#take(offset, bit, "fast", tally);
			this.#take(offset, offset % 8, "twin", tally);
			if (lane !== "ci")
				for (const change of ["00", "ff", "inverse"] as const)
					this.#take(offset, change, "fast", tally);
			if (offset % WHOLE_EVERY[lane] === 0) {
				this.#take(offset, offset % 8, "whole", tally);
				this.#take(offset, offset % 8, "both", tally);
			}
		}
		if (lane !== "ci") this.#prefix(unit * BYTES_PER_UNIT, tally);
	}

	#take(offset: number, change: Change, how: string, tally: Tally): void {
		if (how !== "whole" && this.#placeOf(offset) === undefined) return;
		tally.count();
		const problem = this.#check(offset, change, how, tally);
		if (problem !== undefined) tally.fail(caseText({ offset, change, how }), problem);
	}

	/** Undefined where nothing stands and nobody looks: in segments that are not in use. */
	#placeOf(offset: number): FramePlace | undefined {
		return this.#frames[(this.#places[offset] ?? 0) - 1];
	}

	/**
	 * `fast`: the frame, header or root that the byte is in is read from both copies. `whole`: a start, every record,
	 * a round of scrubbing, and all findings are gone. `twin`: the same byte of both copies, read from its frame.
	 * `both`: the same, read whole: records may be lost, but never without a gap that says which.
	 */
	#check(offset: number, change: Change, how: string, tally?: Tally): string | undefined {
		const media = this.#media;
		media.rollBack();
		media.powerOn();
		const byte = media.bytes[offset] ?? 0;
		const rotten = changed(byte, change);
		if (rotten === byte) return undefined;
		media.put(offset, Uint8Array.of(rotten));
		if (how === "fast") {
			const frame = this.#placeOf(offset);
			if (frame === undefined) return undefined;
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

	/** Everything behind this byte reads as erased, in one copy. */
	#prefix(offset: number, tally: Tally): void {
		const media = this.#media;
		media.rollBack();
		media.powerOn();
		const half = media.bytes.length / 2;
		const end = offset < half ? half : media.bytes.length;
		media.put(offset, new Uint8Array(end - offset).fill(0xff));
		tally.count();
		tally.mark("prefix");
		const problem = examine(media, this.#life, this.#life.finally, { goOn: true, thorough: true });
		if (problem !== undefined)
			tally.fail(caseText({ offset, change: "00", how: "prefix" }), problem);
	}

	replay(text: string): string | undefined {
		const parsed = parseCase(text);
		const change = parsed.text("change");
		const isNamed = change === "00" || change === "ff" || change === "inverse";
		const how = parsed.text("how");
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
	mustSee: ["record", "checkpoint", "seal", "header", "root", "unused", "repaired", "both copies"],
	open: (setting) => new RotRun(setting),
};
