import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";

/**
 * Files of others, which are read where they are and not kept here: `../shared/data` beside the project, or where
 * `CLOSEOUT_SAMPLES` says.
 */
const root =
	process.env.CLOSEOUT_SAMPLES === undefined
		? new URL("../../../shared/data/", import.meta.url)
		: pathToFileURL(`${process.env.CLOSEOUT_SAMPLES}/`);

/** One folder of samples. */
export function samples(folder: string): URL {
	return new URL(`${folder}/`, root);
}

/** True when that folder is there; tests that need it are left out, with a message, where it is not. */
export function hasSamples(folder: string): boolean {
	return existsSync(samples(folder));
}
