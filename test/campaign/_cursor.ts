import type { Life, LifeStep } from "./_life.ts";
import { Media } from "./_media.ts";
import { CaseError } from "./campaign.ts";

/** The media of a life as they stood before any of its steps. Going forward is cheap. */
export class Cursor {
	readonly life: Life;
	readonly media: Media;
	#at = 0;

	constructor(life: Life) {
		this.life = life;
		this.media = new Media(life.geometry);
	}

	/** The media before this step, with power on. */
	before(step: number): Media {
		this.media.rollBack();
		if (step < this.#at) {
			this.media.bytes.fill(this.life.geometry.eraseValue);
			this.#at = 0;
		}
		for (; this.#at < step; this.#at++) {
			const { offset, after } = this.step(this.#at);
			this.media.bytes.set(after, offset);
		}
		this.media.powerOn();
		return this.media;
	}

	step(index: number): LifeStep {
		const step = this.life.steps[index];
		if (step === undefined) throw new CaseError(`this life has no step ${index}`);
		return step;
	}
}
