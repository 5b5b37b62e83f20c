import { Cursor } from "./_cursor.ts";
import { examine, examineLoose } from "./_invariants.ts";
import { type LifeStep, lifeOf } from "./_life.ts";
import type { Media } from "./_media.ts";
import {
	type Campaign,
	caseText,
	parseCase,
	type Run,
	type Setting,
	type Tally,
} from "./campaign.ts";

const WINDOWS_PER_UNIT = 40;
/** Of a longer window, subsets are drawn at random. */
const SUBSETS_MAX = 256;

/** Calls between two syncs, as numbers of the life's steps. */
type Window = readonly number[];

class ReorderRun implements Run {
	readonly units: number;
	readonly #cursor: Cursor;
	readonly #windows: readonly Window[];

	constructor(setting: Setting) {
		this.#cursor = new Cursor(lifeOf(setting.size));
		this.#windows = windowsOf(this.#cursor.life.steps);
		this.units = Math.ceil(this.#windows.length / WINDOWS_PER_UNIT);
	}

	run(unit: number, tally: Tally): void {
		const end = Math.min((unit + 1) * WINDOWS_PER_UNIT, this.#windows.length);
		for (let window = unit * WINDOWS_PER_UNIT; window < end; window++) {
			const length = this.#windows[window]?.length ?? 0;
			const subsets = Math.min(2 ** length, SUBSETS_MAX);
			tally.mark("windows of several writes", length > 1 ? 1 : 0);
			for (let subset = 0; subset < subsets; subset++) {
				this.#take({ window, subset, lie: 0 }, tally);
				this.#take({ window, subset, lie: 1 }, tally);
			}
		}
	}

	#take(values: { window: number; subset: number; lie: number }, tally: Tally): void {
		tally.count();
		tally.mark("a sync that lied", values.lie);
		const problem = this.#check(values.window, values.subset, values.lie === 1);
		if (problem !== undefined) tally.fail(caseText(values), problem);
	}

	/**
	 * Of the calls of a window, those of the subset reach the media, in any order of time. When the sync at its end
	 * lies, the window after it still reaches the media whole.
	 */
	#check(number: number, subset: number, isLie: boolean): string | undefined {
		const window = this.#windows[number] ?? [];
		const [first] = window;
		if (first === undefined) return undefined;
		const media = this.#cursor.before(first);
		for (const [place, index] of window.entries())
			if ((subset >> place) & 1) apply(media, this.#cursor.step(index));
		const { life } = this.#cursor;
		// What was promised before the last call of the window stands on the media, whatever becomes of the window.
		const { promised } = this.#cursor.step(window.at(-1) ?? first);
		if (!isLie) return examine(media, life, promised, { goOn: subset % 4 === 0, thorough: false });
		const next = this.#windows[number + 1] ?? [];
		for (const index of next) apply(media, this.#cursor.step(index));
		const last = next.at(-1);
		return last === undefined
			? undefined
			: examineLoose(media, life, this.#cursor.step(last).promised);
	}

	replay(text: string): string | undefined {
		const parsed = parseCase(text);
		const number = parsed.number("window");
		return this.#check(number, parsed.number("subset"), parsed.number("lie") === 1);
	}
}

function windowsOf(steps: readonly LifeStep[]): readonly Window[] {
	const windows: number[][] = [[]];
	for (const [index, { kind }] of steps.entries()) {
		if (kind === "sync") windows.push([]);
		else windows.at(-1)?.push(index);
	}
	return windows.filter((window) => window.length > 0);
}

/** What flash makes of a call: a write without the erase before it can only clear bits. */
function apply(media: Media, { kind, offset, after }: LifeStep): void {
	const standing = media.bytes.subarray(offset, offset + after.length);
	media.put(
		offset,
		kind === "erase" ? after : after.map((byte, index) => byte & (standing[index] ?? 0)),
	);
}

export const campaign: Campaign = {
	shows:
		"of writes that no sync has confirmed, any subset may reach the media; a sync that lies is survived without a phantom",
	mustSee: ["windows of several writes", "a sync that lied"],
	open: (setting) => new ReorderRun(setting),
};
