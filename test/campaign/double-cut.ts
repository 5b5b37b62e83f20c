import { PowerLoss, tearModels } from "../_helper/memory-storage.ts";
import { Random } from "../_helper/random.ts";
import { Cursor } from "./_cursor.ts";
import { examine, journalOn } from "./_invariants.ts";
import { lifeOf } from "./_life.ts";
import type { Media, MediaCut, Step } from "./_media.ts";
import {
	type Campaign,
	caseText,
	parseCase,
	type Run,
	type Setting,
	type Tally,
} from "./campaign.ts";
import { placesOf } from "./power.ts";

const STEPS_PER_UNIT = 20;
/** In lane ci, one in so many of a recovery's own calls is cut; which ones moves on from step to step. */
const CI_STRIDE = 6;
/** The first cut of a day's steps that are writes: untouched, in the middle, at the last byte. */
const FIRST_PLACES = [0, 0.5, 1];

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

	constructor(setting: Setting) {
		this.#setting = setting;
		this.#cursor = new Cursor(lifeOf(setting.size));
		this.units = Math.ceil(this.#cursor.life.steps.length / STEPS_PER_UNIT);
	}

	run(unit: number, tally: Tally): void {
		const { steps } = this.#cursor.life;
		const end = Math.min((unit + 1) * STEPS_PER_UNIT, steps.length);
		for (let step = unit * STEPS_PER_UNIT; step < end; step++) {
			const { kind, after, promised } = this.#cursor.step(step);
			if (kind === "sync" || promised.doing === "format") continue;
			const isAll = this.#setting.lane !== "ci";
			const places = isAll ? FIRST_PLACES : [FIRST_PLACES[step % 3] ?? 0];
			for (const [index, part] of places.entries()) {
				const reached = Math.floor((after.length - 1) * part);
				this.#secondCuts({ step, reached, tear: (step + index) % 6 }, tally);
			}
		}
	}

	/** Cuts the recovery after a first cut, at each of its own calls. */
	#secondCuts(first: Omit<DoubleCut, "second">, tally: Tally): void {
		const own = this.#ownSteps(first);
		tally.mark("recoveries that write", own.length > 0 ? 1 : 0);
		const isAll = this.#setting.lane !== "ci";
		const stride = isAll ? 1 : CI_STRIDE;
		const random = new Random(this.#setting.seed + first.step);
		for (let at = isAll ? 0 : first.step % stride; at < own.length; at += stride) {
			const call = own[at];
			const places = call === undefined ? [0] : placesOf(call);
			const every = isAll ? 1 + Math.floor(places.length / 64) : places.length;
			for (let place = random.below(every); place < places.length; place += every) {
				const reached = places[place] ?? 0;
				const second: MediaCut = {
					at,
					reached,
					tear: tearModels[random.below(6)] ?? "erased",
					seed: random.next(),
				};
				tally.count();
				const problem = this.#check({ ...first, second });
				if (problem !== undefined) tally.fail(this.#text({ ...first, second }), problem);
			}
		}
	}

	#cut({ step, reached, tear }: Omit<DoubleCut, "second">): Media {
		const media = this.#cursor.before(step);
		const seed = this.#setting.seed + step * 8_192 + reached;
		media.tear(this.#cursor.step(step), { reached, tear: tearModels[tear] ?? "erased", seed });
		return media;
	}

	#ownSteps(first: Omit<DoubleCut, "second">): readonly Step[] {
		const media = this.#cut(first);
		const own: Step[] = [];
		media.onStep = (step) => own.push(step);
		journalOn(media).open();
		media.onStep = undefined;
		return own;
	}

	#check({ second, ...first }: DoubleCut): string | undefined {
		const media = this.#cut(first);
		media.powerOn(second);
		try {
			journalOn(media).open();
		} catch (error) {
			if (!(error instanceof PowerLoss)) throw error;
		}
		media.powerOn();
		const { promised } = this.#cursor.step(first.step);
		const goOn = second.seed % 4 === 0;
		return examine(media, this.#cursor.life, promised, { goOn, thorough: second.seed % 256 === 0 });
	}

	#text({ step, reached, tear, second }: DoubleCut): string {
		const { at, reached: again, tear: how, seed } = second;
		return caseText({ step, reached, tear, at, again, how, seed });
	}

	replay(text: string): string | undefined {
		const parsed = parseCase(text);
		const how = parsed.text("how");
		return this.#check({
			step: parsed.number("step"),
			reached: parsed.number("reached"),
			tear: parsed.number("tear"),
			second: {
				at: parsed.number("at"),
				reached: parsed.number("again"),
				tear: tearModels.find((model) => model === how) ?? "erased",
				seed: parsed.number("seed"),
			},
		});
	}
}

export const campaign: Campaign = {
	shows: "power may go again while recovery itself writes",
	mustSee: ["recoveries that write"],
	open: (setting) => new DoubleCutRun(setting),
};
