import { tearModels } from "../_helper/memory-storage.ts";
import { Random } from "../_helper/random.ts";
import { Cursor } from "./_cursor.ts";
import { examine, journalOn } from "./_invariants.ts";
import { KnownStarts } from "./_known-starts.ts";
import { lifeOf } from "./_life.ts";
import type { Media, MediaCut, Range, Step } from "./_media.ts";
import {
	type Campaign,
	CaseError,
	caseText,
	parseCase,
	type Run,
	type Setting,
	type Tally,
} from "./campaign.ts";
import { placesOf } from "./power.ts";

const STEPS_PER_UNIT = 20;
/**
 * Of the bytes of a recovery's own writes, so many lie between two that are cut after the same first cut. Which ones
 * moves on from step to step, so that after as many steps each byte was cut. Lane ci cuts one byte of each call.
 */
const STRIDE = { ci: undefined, night: 32, soak: 1 } as const;
const GO_ON_EVERY = 8;
const THOROUGH_EVERY = 2_000;

interface DoubleCut {
	readonly step: number;
	readonly reached: number;
	readonly tear: number;
	readonly second: MediaCut;
}

class DoubleCutRun implements Run {
	readonly units: number;
	readonly #setting: Setting;
	readonly #cursor: Cursor;
	readonly #known: KnownStarts;

	constructor(setting: Setting) {
		this.#setting = setting;
		this.#cursor = new Cursor(lifeOf(setting.size));
		this.#known = new KnownStarts(this.#cursor.media, this.#cursor.life);
		this.units = Math.ceil(this.#cursor.life.steps.length / STEPS_PER_UNIT);
	}

	run(unit: number, tally: Tally): void {
		const { steps } = this.#cursor.life;
		const { made, known, checked } = this.#known;
		const end = Math.min((unit + 1) * STEPS_PER_UNIT, steps.length);
		for (let step = unit * STEPS_PER_UNIT; step < end; step++) {
			const { after, promised } = this.#cursor.step(step);
			// A format that was cut is done again from the start: it has no recovery.
			if (promised.doing === "format") continue;
			const random = new Random(this.#setting.seed + step * 31);
			this.#secondCuts({ step, reached: random.below(after.length), tear: step % 6 }, tally);
		}
		tally.mark("starts made", this.#known.made - made);
		tally.mark("starts known", this.#known.known - known);
		tally.mark("of these made again", this.#known.checked - checked);
	}

	/** Cuts the recovery after a first cut, in each of its own calls. */
	#secondCuts(first: Omit<DoubleCut, "second">, tally: Tally): void {
		const own = this.#ownSteps(first);
		const stages = this.#stagesOf(first, own);
		tally.mark("recoveries that write", own.length > 0 ? 1 : 0);
		const random = new Random(this.#setting.seed + first.step);
		const media = this.#cut(first);
		for (const [at, call] of own.entries()) {
			tally.mark(`${call.kind} of a recovery`);
			const places = placesOf(call);
			const stride = STRIDE[this.#setting.lane] ?? places.length;
			const from = stride === places.length ? random.below(stride) : first.step % stride;
			const stage = stages[at];
			if (stage !== undefined) this.#known.forget(stage);
			const mark = media.mark();
			for (let place = from % places.length; place < places.length; place += stride) {
				const reached = places[place] ?? 0;
				const tear = tearModels[random.below(6)] ?? "erased";
				const second: MediaCut = { at, reached, tear, seed: random.next() };
				tally.count();
				const cut = { ...first, second };
				const problem = this.#check(media, cut, call);
				media.rollBack(mark);
				if (problem !== undefined) tally.fail(this.#text(cut), problem);
			}
			media.carryOut(call);
		}
	}

	/**
	 * A recovery goes on in stages: it writes segments, then roots, then segments again. Where a stage begins, the bytes
	 * that second cuts within it leave one way or another, those that waver since the first cut among them.
	 */
	#stagesOf(
		{ step, tear }: Omit<DoubleCut, "second">,
		own: readonly Step[],
	): readonly (readonly Range[] | undefined)[] {
		const { geometry } = this.#cursor.life;
		const rangeOf = ({ offset, after }: Step) => ({ from: offset, to: offset + after.length });
		const isRoot = ({ offset }: Step) =>
			offset % (geometry.sizeBytes / 2) < 2 * geometry.sectorBytes;
		const wavering = tearModels[tear] === "unstable" ? [rangeOf(this.#cursor.step(step))] : [];
		let stage: Range[] = [];
		let last: Step | undefined;
		return own.map((call) => {
			const isNext = last === undefined || (call.kind !== "sync" && isRoot(call) !== isRoot(last));
			if (isNext) stage = [...wavering];
			if (call.kind !== "sync" || last === undefined) last = call;
			if (call.kind !== "sync") stage.push(rangeOf(call));
			return isNext ? stage : undefined;
		});
	}

	#cut({ step, reached, tear }: Omit<DoubleCut, "second">): Media {
		const media = this.#cursor.before(step);
		const seed = this.#setting.seed + step * 8_192 + reached;
		const call = this.#cursor.step(step);
		if (call.kind !== "sync")
			media.tear(call, { reached, tear: tearModels[tear] ?? "erased", seed });
		return media;
	}

	/** What the recovery after the first cut does to the media. */
	#ownSteps(first: Omit<DoubleCut, "second">): readonly Step[] {
		const media = this.#cut(first);
		const own: Step[] = [];
		media.onStep = (step) => own.push(step);
		journalOn(media).open();
		media.onStep = undefined;
		return own;
	}

	/** Cuts a call of the recovery on the media as it found them. */
	#check(media: Media, { step, second }: DoubleCut, call: Step): string | undefined {
		if (call.kind !== "sync") media.tear(call, second);
		media.powerOn();
		const { promised } = this.#cursor.step(step);
		const { seed } = second;
		const goOn = seed % GO_ON_EVERY === 0;
		const thorough = seed % THOROUGH_EVERY === 0;
		const judge = () => examine(media, this.#cursor.life, promised, { goOn, thorough });
		return thorough ? judge() : this.#known.once(goOn ? "going on" : "", judge);
	}

	#text({ step, reached, tear, second }: DoubleCut): string {
		const { at, reached: again, tear: how, seed } = second;
		return caseText({ step, reached, tear, at, again, how, seed });
	}

	replay(text: string): string | undefined {
		const parsed = parseCase(text);
		const how = parsed.text("how");
		const first = {
			step: parsed.number("step"),
			reached: parsed.number("reached"),
			tear: parsed.number("tear"),
		};
		const second = {
			at: parsed.number("at"),
			reached: parsed.number("again"),
			tear: tearModels.find((model) => model === how) ?? "erased",
			seed: parsed.number("seed"),
		};
		const own = this.#ownSteps(first);
		const call = own[second.at];
		if (call === undefined) throw new CaseError(`the recovery makes no call ${second.at}`);
		const media = this.#cut(first);
		for (const before of own.slice(0, second.at)) media.carryOut(before);
		return this.#check(media, { ...first, second }, call);
	}
}

export const campaign: Campaign = {
	shows: "power may go again while recovery itself writes",
	mustSee: [
		"recoveries that write",
		"write of a recovery",
		"erase of a recovery",
		"sync of a recovery",
	],
	open: (setting) => new DoubleCutRun(setting),
};
