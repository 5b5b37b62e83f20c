import { globSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

export interface Source {
	/** Path from the root of the project, with slashes. */
	readonly path: string;
	readonly text: string;
}

const folders = ["protocol", "firmware", "host", "manifests", "test"];

/** Every program text of the project, in the order of the paths. */
export const sources: readonly Source[] = globSync(
	folders.map((folder) => `${folder}/**/*.{ts,js,mjs}`),
	{ cwd: root, exclude: (path) => path.includes("node_modules") || path.includes("vendor") },
)
	.map((path) => path.replaceAll("\\", "/"))
	.toSorted()
	.map((path) => ({ path, text: readFileSync(`${root}${path}`, "utf8") }));

export function within(...prefixes: readonly string[]): readonly Source[] {
	return sources.filter(({ path }) => prefixes.some((prefix) => path.startsWith(prefix)));
}

/** The text without comments, and with empty strings for strings, line for line as before. */
export function codeOf(text: string): string {
	const keepLines = (match: string) => match.replace(/[^\n]/g, " ");
	return text.replace(
		/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g,
		(match) => (match.startsWith("/") ? keepLines(match) : '""'),
	);
}

/** Places where the code holds what the pattern finds, as `path:line: match`. */
export function find(among: readonly Source[], pattern: RegExp): readonly string[] {
	return among.flatMap(({ path, text }) =>
		codeOf(text)
			.split("\n")
			.flatMap((line, index) => {
				const [match] = pattern.exec(line) ?? [];
				return match === undefined ? [] : [`${path}:${index + 1}: ${match.trim()}`];
			}),
	);
}

export interface Edge {
	readonly from: string;
	/** A path from the root for a relative import, else the specifier. */
	readonly to: string;
}

const patterns = [
	/^(?:import|export)\s[^;"]*?from\s*"([^"]+)"/gm,
	/^import\s*"([^"]+)"/gm,
	/\bimport\(\s*"([^"]+)"/g,
];

/** What a source imports, types included. */
export function importsOf({ path, text }: Source): readonly Edge[] {
	const code = text.replace(/\/\*[\s\S]*?\*\//g, "");
	return patterns
		.flatMap((pattern) => [...code.matchAll(pattern)])
		.map(([, specifier = ""]) => ({
			from: path,
			to: specifier.startsWith(".")
				? posix.normalize(posix.join(posix.dirname(path), specifier))
				: specifier,
		}));
}
