import type { LifeSize } from "./_life.ts";

/** `ci`: within minutes. `night`: everything that is enumerated, in hours. `soak`: random cases on top. */
export const lanes = ["ci", "night", "soak"] as const;
export type Lane = (typeof lanes)[number];

export interface Setting {
	readonly lane: Lane;
	/** Random choices follow from it and from nothing else. */
	readonly seed: number;
	/** Length of the life that faults are put into. */
	readonly size: LifeSize;
}

/** Takes down what a unit did. */
export interface Tally {
	count(cases?: number): void;
	/** Something rare happened; a campaign names what must have happened in it. */
	mark(name: string, times?: number): void;
	/** `at` replays the case with `--case`. */
	fail(at: string, problem: string): void;
}

/** A campaign cut into units that can be run in any order and by anybody. */
export interface Run {
	readonly units: number;
	run(unit: number, tally: Tally): void | Promise<void>;
	/** Runs one case again and says what is wrong, or undefined. */
	replay(at: string): string | undefined | Promise<string | undefined>;
	/** Ends what the run holds open. */
	close?(): void | Promise<void>;
}

export interface Campaign {
	/** One sentence: what holds when it is green. */
	readonly shows: string;
	/** Marks that must have been seen, so that a campaign that never got there is not green. */
	readonly mustSee: readonly string[];
	open(setting: Setting): Run | Promise<Run>;
}

/** A case as `name=value` pairs. */
export function caseText(values: Readonly<Record<string, string | number>>): string {
	return Object.entries(values)
		.map(([name, value]) => `${name}=${value}`)
		.join(",");
}

export interface ParsedCase {
	number(name: string): number;
	text(name: string): string;
}

/** The text of a case does not name one. */
export class CaseError extends RangeError {}

/** Reads what `caseText` wrote. Throws `CaseError` for a name that is missing or holds no number where one must be. */
export function parseCase(text: string): ParsedCase {
	const values = new Map(
		text.split(",").map((pair) => {
			const at = pair.indexOf("=");
			return [pair.slice(0, at), pair.slice(at + 1)];
		}),
	);
	const get = (name: string) => {
		const value = values.get(name);
		if (value === undefined) throw new CaseError(`case "${text}" has no ${name}`);
		return value;
	};
	const number = (name: string) => {
		const value = Number(get(name));
		if (!Number.isSafeInteger(value)) throw new CaseError(`case "${text}": ${name} is no number`);
		return value;
	};
	return { text: get, number };
}
