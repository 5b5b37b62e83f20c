import { readdirSync, readFileSync } from "node:fs";
import test from "ava";

const folder = new URL("./", import.meta.url);

async function importWords(): Promise<Readonly<Record<string, unknown>>> {
	const loaded: unknown = await import(new URL("words.js", folder).href);
	const found =
		typeof loaded === "object" && loaded !== null && "languages" in loaded ? loaded.languages : {};
	return Object.fromEntries(Object.entries(found ?? {}));
}

/** All names in a tree of words, as paths. */
function namesIn(value: unknown, path = ""): readonly string[] {
	if (typeof value !== "object" || value === null) return [`${path}: ${typeof value}`];
	return Object.entries(value).flatMap(([name, inner]) => namesIn(inner, `${path}.${name}`));
}

test("both languages have the same words", async (t) => {
	const { "zh-CN": chinese, en } = await importWords();
	t.true(namesIn(chinese).length > 100);
	t.deepEqual(namesIn(chinese), namesIn(en));
});

test("every word that the page uses is there", async (t) => {
	const { en } = await importWords();
	const known = new Set(namesIn(en).map((name) => /^\.(\w+)/.exec(name)?.[1]));
	for (const file of readdirSync(folder).filter((name) => name.endsWith(".js"))) {
		const source = readFileSync(new URL(file, folder), "utf8");
		for (const [, word] of source.matchAll(/\bwords\.(\w+)/g)) {
			if (word !== "js") t.true(known.has(word), `${file} uses ${word}`);
		}
	}
});
