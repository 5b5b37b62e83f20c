import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";

/** Published test data that is too large or not ours to keep here: beside the project, or where SAMPLE_DATA says. */
export const sampleData =
	process.env.SAMPLE_DATA === undefined
		? new URL("../../../shared/data/", import.meta.url)
		: pathToFileURL(`${process.env.SAMPLE_DATA}/`);

export const hasSampleData = existsSync(sampleData);
