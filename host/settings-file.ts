import { readFile } from "node:fs/promises";
import type { Static, TSchema } from "typebox";
import { Value } from "typebox/value";
import { CloseoutError } from "../protocol/error.ts";

/**
 * A JSON file of settings, checked; undefined where there is no such file. Throws `SCHEMA` naming the file and the
 * field that is wrong, and `NOT_FOUND` for a file that cannot be read.
 */
export async function readSettings<S extends TSchema>(
	path: string,
	schema: S,
): Promise<Static<S> | undefined> {
	const text = await readText(path);
	return text === undefined ? undefined : checkSettings(parseJson(text, path), schema, path);
}

async function readText(path: string): Promise<string | undefined> {
	try {
		return await readFile(path, "utf8");
	} catch (cause) {
		if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
		const told = cause instanceof Error ? cause.message : String(cause);
		throw new CloseoutError("NOT_FOUND", `${path}: cannot be read (${told}); check its rights`);
	}
}

function parseJson(text: string, path: string): unknown {
	try {
		return JSON.parse(text);
	} catch (cause) {
		const told = cause instanceof Error ? cause.message : String(cause);
		throw new CloseoutError("SCHEMA", `${path}: is no JSON (${told}); correct it`, { cause });
	}
}

/** Settings as they are when they fit. Throws `SCHEMA` naming the field. */
export function checkSettings<S extends TSchema>(
	value: unknown,
	schema: S,
	path: string,
	/** Where the value stands in the file. */
	within = "",
): Static<S> {
	if (Value.Check(schema, value)) return value;
	const errors = Value.Errors(schema, value);
	// The deepest place is the one that a person has to look at; a union complains about itself last.
	const worst = errors.reduce(
		(deepest, one) => (depth(one.instancePath) > depth(deepest.instancePath) ? one : deepest),
		errors[0] ?? { instancePath: "", message: "is not as it should be" },
	);
	const isUnknown = worst.message === "schema is false";
	const what = isUnknown ? "is no field of these settings" : worst.message;
	throw new CloseoutError(
		"SCHEMA",
		`${path}: ${within + worst.instancePath || "/"} ${what}; correct it`,
	);
}

function depth(place: string): number {
	return place.split("/").length;
}
