import type { Rules } from "../core/rules.ts";
import { readRules, rulesOf } from "../match/rules.ts";
import type { DataOptions } from "./data.ts";

/** Rules of the file that was named, else those of the data folder, else the shipped ones. */
export function rulesFor(options: DataOptions & { readonly rules?: string }): Promise<Rules> {
	return options.rules === undefined ? rulesOf(options.data) : readRules(options.rules);
}
