import { tearModels } from "../_helper/memory-storage.ts";
import { Random } from "../_helper/random.ts";
import { Cursor } from "./_cursor.ts";
import { examine } from "./_invariants.ts";
import { lifeOf } from "./_life.ts";
import type { Step } from "./_media.ts";
import {
	type Campaign,
	caseText,
	parseCase,
	type Run,
	type Setting,
	type Tally,
} from "./campaign.ts";

const STEPS_PER_UNIT = 20;
/** Cuts within an erase: flash erases a sector at once, so a few places stand for all. */
const ERASE_PLACES = 8;
const THOROUGH_EVERY = 200;

interface Cut {
	readonly step: number;
	readonly reached: number;
	readonly tear: number;
	readonly goOn: boolean;
	readonly thorough: boolean;
}

/** Bytes of a step that are done when power goes. */
export function placesOf({ kind, after }: Step): readonly number[] {
	if (kind === "sync") return [0];
	const every = kind === "erase" ? Math.ceil(after.length / ERASE_PLACES) : 1;
	return Array.from({ length: Math.ceil(after.length / every) }, (_, index) => index * every);
}

class PowerRun implements Run {
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
		const isEvery = this.#setting.lane !== "ci";
		const end = Math.min((unit + 1) * STEPS_PER_UNIT, steps.length);
		let count = unit * 7 + this.#setting.seed;
		for (let index = unit * STEPS_PER_UNIT; index < end; index++) {
			const step = this.#cursor.step(index);
			tally.mark(step.promised.doing);
			for (const reached of placesOf(step)) {
				const tears = isEvery || step.kind !== "write" ? tearModels.keys() : [count % 6];
				for (const tear of tears) {
					count += 1;
					const goOn = isEvery || count % 8 === 0;
					const thorough = count % THOROUGH_EVERY === 0;
					this.#take({ step: index, reached, tear, goOn, thorough }, tally);
				}
			}
		}
	}

	#take(cut: Cut, tally: Tally): void {
		tally.count();
		const problem = this.#check(cut);
		if (problem === undefined) return;
		const { step, reached, tear } = cut;
		tally.fail(caseText({ step, reached, tear: tearModels[tear] ?? "" }), problem);
	}

	#check({ step: index, reached, tear, goOn, thorough }: Cut): string | undefined {
		const media = this.#cursor.before(index);
		const step = this.#cursor.step(index);
		const model = tearModels[tear] ?? "erased";
		const seed = new Random(this.#setting.seed + index * 8_192 + reached).next();
		if (step.kind !== "sync") media.tear(step, { reached, tear: model, seed });
		return examine(media, this.#cursor.life, step.promised, { goOn, thorough });
	}

	replay(at: string): string | undefined {
		const parsed = parseCase(at);
		const name = parsed.text("tear");
		const tear = tearModels.findIndex((model) => model.startsWith(name));
		const place = { step: parsed.number("step"), reached: parsed.number("reached"), tear };
		return this.#check({ ...place, goOn: true, thorough: true });
	}
}

export const campaign: Campaign = {
	shows:
		"power may go at any byte of any write, erase or sync of a working day: nothing confirmed is lost, nothing is invented, the next append succeeds",
	mustSee: ["format", "open", "append", "reclaim", "close"],
	open: (setting) => new PowerRun(setting),
};
