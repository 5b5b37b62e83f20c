import { readFile } from "node:fs/promises";
import { CloseoutError } from "../../protocol/error.ts";
import { type CsvMapping, parseCsvMapping } from "../statement/csv-mapping.ts";
import { mustBeFile } from "./data.ts";

/** A mapping file. Throws `SCHEMA` for what is no mapping, naming the place in it. */
export async function readMapping(path: string): Promise<CsvMapping> {
	await mustBeFile(path);
	let value: unknown;
	try {
		value = JSON.parse(await readFile(path, "utf8"));
	} catch (cause) {
		const told = cause instanceof Error ? cause.message : String(cause);
		throw new CloseoutError("SCHEMA", `${path}: this is not JSON (${told}); correct the mapping`, {
			cause,
		});
	}
	return parseCsvMapping(value, path);
}
