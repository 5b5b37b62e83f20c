import { tearModels } from "../_helper/memory-storage.ts";
import { Random } from "../_helper/random.ts";
import { Cursor } from "./_cursor.ts";
import { examine, journalOn } from "./_invariants.ts";
import { KnownStarts } from "./_known-starts.ts";
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
/**
 * Of the bytes of a recovery's own writes, so many lie between two that are cut after the same first cut. Which ones
 * moves on from step to step, so that after as many steps each byte was cut. Lane ci cuts one byte of each call.
 */
const STRIDE = { ci: undefined, night: 32, soak: 1 } as const;
const GO_ON_EVERY = 4;
const THOROUGH_EVERY = 2_000;

const NO_CALL = { offset: 0, after: new Uint8Array(0) };

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
	readonly #known = new KnownStarts();

	constructor(setting: Setting) {
		this.#setting = setting;
		this.#cursor = new Cursor(lifeOf(setting.size));
		this.units = Math.ceil(this.#cursor.life.steps.length / STEPS_PER_UNIT);
	}

	run(unit: number, tally: Tally): void {
		const { steps } = this.#cursor.life;
		const end = Math.min((unit + 1) * STEPS_PER_UNIT, steps.length);
		for (let step = unit * STEPS_PER_UNIT; step < end; step++) {
			const { after, promised } = this.#cursor.step(step);
			// A format that was cut is done again from the start: it has no recovery.
			if (promised.doing === "format") continue;
			const random = new Random(this.#setting.seed + step * 31);
			this.#known.forget();
			this.#secondCuts({ step, reached: random.below(after.length), tear: step % 6 }, tally);
		}
	}

	/** Cuts the recovery after a first cut, in each of its own calls. */
	#secondCuts(first: Omit<DoubleCut, "second">, tally: Tally): void {
		const own = this.#ownSteps(first);
		tally.mark("recoveries that write", own.length > 0 ? 1 : 0);
		const random = new Random(this.#setting.seed + first.step);
		// What a recovery erases is often erased already, and a sync changes nothing.
		const judged = new Set<string>();
		for (const [at, call] of own.entries()) {
			tally.mark(`${call.kind} of a recovery`);
			const places = placesOf(call);
			const stride = STRIDE[this.#setting.lane] ?? places.length;
			const from = stride === places.length ? random.below(stride) : first.step % stride;
			let isUnread: boolean | undefined;
			for (let place = from % places.length; place < places.length; place += stride) {
				const reached = places[place] ?? 0;
				const tear = tearModels[random.below(6)] ?? "erased";
				const second: MediaCut = { at, reached, tear, seed: random.next() };
				tally.count();
				if (isUnread) {
					tally.mark("in bytes that nobody reads again");
					continue;
				}
				const cut = { ...first, second };
				const print = this.#cutTwice(cut, own).fingerprint();
				if (print !== undefined && judged.has(print)) {
					tally.mark("the same bytes as after another second cut");
					continue;
				}
				if (print !== undefined) judged.add(print);
				const problem = this.#check(cut, own);
				if (problem !== undefined) tally.fail(this.#text(cut), problem);
				else if (isUnread === undefined && place + stride < places.length)
					isUnread = this.#isOverwrittenUnread(cut, own);
			}
		}
	}

	/**
	 * True when the start after this second cut writes over all bytes of the call that was cut before it has read one
	 * of them. It then does the same, and leaves the same behind, whatever stands there.
	 */
	#isOverwrittenUnread(cut: DoubleCut, own: readonly Step[]): boolean {
		const { offset, after } = own[cut.second.at] ?? NO_CALL;
		if (after.length === 0) return false;
		const media = this.#cutTwice(cut, own);
		const isLeft = new Uint8Array(after.length).fill(1);
		let isRead = false;
		const each = (from: number, length: number, use: (index: number) => void) => {
			const end = Math.min(from + length, offset + after.length);
			for (let at = Math.max(from, offset); at < end; at++) use(at - offset);
		};
		media.onRead = (from, length) =>
			each(from, length, (index) => {
				if (isLeft[index] === 1) isRead = true;
			});
		media.onStep = (step) =>
			each(step.offset, step.after.length, (index) => {
				isLeft[index] = 0;
			});
		journalOn(media).open();
		media.onRead = undefined;
		media.onStep = undefined;
		return !isRead && !isLeft.includes(1);
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

	/** The media as the first cut and then the second one left them, made from the recovery's calls as recorded. */
	#cutTwice({ second, ...first }: DoubleCut, own: readonly Step[]): Media {
		const media = this.#cut(first);
		for (const call of own.slice(0, second.at)) media.carryOut(call);
		const last = own[second.at];
		if (last !== undefined && last.kind !== "sync") media.tear(last, second);
		media.powerOn();
		return media;
	}

	#check(cut: DoubleCut, own: readonly Step[]): string | undefined {
		const media = this.#cutTwice(cut, own);
		const { promised } = this.#cursor.step(cut.step);
		const { seed } = cut.second;
		const goOn = seed % GO_ON_EVERY === 0;
		const thorough = seed % THOROUGH_EVERY === 0;
		const known = this.#known;
		return examine(media, this.#cursor.life, promised, { goOn, thorough, known });
	}

	#text({ step, reached, tear, second }: DoubleCut): string {
		const { at, reached: again, tear: how, seed } = second;
		return caseText({ step, reached, tear, at, again, how, seed });
	}

	replay(text: string): string | undefined {
		this.#known.forget();
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
		return this.#check({ ...first, second }, this.#ownSteps(first));
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
