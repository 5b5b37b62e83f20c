import { tearModels } from "../_helper/memory-storage.ts";
import { Random } from "../_helper/random.ts";
import { Cursor } from "./_cursor.ts";
import { examine } from "./_invariants.ts";
import { KnownStarts } from "./_known-starts.ts";
import { lifeOf } from "./_life.ts";
import type { Step } from "./_media.ts";
import {
	type Campaign,
	CaseError,
	caseText,
	parseCase,
	type Run,
	type Setting,
	type Tally,
} from "./campaign.ts";

const STEPS_PER_UNIT = 20;
/** In lane ci, so many cases go by between two that go on with a second start; falls in step with no tear model. */
const CI_GO_ON_EVERY = 7;
/** Cuts within an erase: flash erases a sector at once, so a few places stand for all. */
const ERASE_PLACES = 8;
/** Reading back every record that is kept costs as much as fifty starts. */
const THOROUGH_EVERY = 2_000;

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

/** The numbers of the tear models that a place is put through; a sync tears nothing. */
function tearsOf({ kind }: Step): readonly number[] {
	return kind === "sync" ? [0] : [...tearModels.keys()];
}

function isErasedGround({ kind, before }: Step): boolean {
	return kind === "write" && before.every((byte) => byte === 0xff);
}

class PowerRun implements Run {
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
		const goOnEvery = this.#setting.lane === "ci" ? CI_GO_ON_EVERY : 1;
		const end = Math.min((unit + 1) * STEPS_PER_UNIT, steps.length);
		const { made, known, checked } = this.#known;
		let count = unit * 7 + this.#setting.seed;
		for (let index = unit * STEPS_PER_UNIT; index < end; index++) {
			const step = this.#cursor.step(index);
			tally.mark(step.promised.doing);
			this.#forgetBefore(step);
			const isErased = isErasedGround(step);
			for (const reached of placesOf(step)) {
				for (const tear of tearsOf(step)) {
					count += 1;
					// Where the ground was erased, what power did not reach is the same under both.
					if (isErased && tearModels[tear] === "old") {
						tally.count();
						tally.mark("the same bytes as with the rest erased");
						continue;
					}
					const goOn = count % goOnEvery === 0;
					const thorough = count % THOROUGH_EVERY === 0;
					this.#take({ step: index, reached, tear, goOn, thorough }, tally);
				}
			}
		}
		tally.mark("starts made", this.#known.made - made);
		tally.mark("starts known", this.#known.known - known);
		tally.mark("of these made again", this.#known.checked - checked);
	}

	#forgetBefore({ offset, after }: Step): void {
		this.#known.forget([{ from: offset, to: offset + after.length }]);
	}

	#take(cut: Cut, tally: Tally): void {
		tally.count();
		const { step: index, reached, tear } = cut;
		const problem = this.#check(cut);
		if (problem !== undefined)
			tally.fail(caseText({ step: index, reached, tear: tearModels[tear] ?? "" }), problem);
	}

	#check({ step: index, reached, tear, goOn, thorough }: Cut): string | undefined {
		const media = this.#cursor.before(index);
		const step = this.#cursor.step(index);
		const model = tearModels[tear] ?? "erased";
		const seed = new Random(this.#setting.seed + index * 8_192 + reached).next();
		if (step.kind !== "sync") media.tear(step, { reached, tear: model, seed });
		const judge = () => examine(media, this.#cursor.life, step.promised, { goOn, thorough });
		return thorough ? judge() : this.#known.once(goOn ? "going on" : "", judge);
	}

	replay(at: string): string | undefined {
		const parsed = parseCase(at);
		const name = parsed.text("tear");
		const tear = tearModels.findIndex((model) => model.startsWith(name));
		if (tear === -1) throw new CaseError(`no tear model "${name}"`);
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
