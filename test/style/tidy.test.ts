import { readdirSync, readFileSync } from "node:fs";
import test from "ava";
import { find, root, sources, within } from "./_sources.ts";

const LINES_MAX = 400;

const pure = within("protocol/", "firmware/core/");
const core = within("protocol/", "firmware/core/", "host/core/");

test("the sources are found", (t) => {
	t.true(sources.length > 30);
	t.true(pure.some(({ path }) => path === "protocol/cbor.ts"));
});

test("no file is longer than a reader's patience", (t) => {
	// Resources are tables that a program wrote.
	const long = sources
		.filter(({ path }) => !path.startsWith("firmware/resources/"))
		.map(({ path, text }) => ({ path, lines: text.trimEnd().split("\n").length }))
		.filter(({ lines }) => lines > LINES_MAX)
		.map(
			({ path, lines }) =>
				`${path}: ${lines} lines; at most ${LINES_MAX}, give it a second subject's file`,
		);
	t.deepEqual(long, []);
});

test("no type is switched off", (t) => {
	t.deepEqual(find(sources, /(:|<|\bas|\||,)\s*any\b/), []);
	const silenced = sources.filter(({ text }) =>
		/@ts-(ignore|nocheck|expect-error)|biome-ignore-all/.test(text),
	);
	const allowed = ["test/style/tidy.test.ts"];
	t.deepEqual(
		silenced.map(({ path }) => path).filter((path) => !allowed.includes(path)),
		[],
	);
});

test("the core throws errors of the table only", (t) => {
	const plain = find(core, /\bnew (\w*Error)\b(?<!CloseoutError)|\bthrow (?!new\b|error\b|\w+\()/);
	t.deepEqual(plain, []);
	const bases = find(core, /\bextends (?!CloseoutError\b)\w*Error\b/);
	t.deepEqual(
		bases.map((place) => place.replace(/:\d+:.*/, "")),
		["protocol/error.ts"],
	);
});

const globals = [
	"Buffer",
	"TextEncoder",
	"TextDecoder",
	"console",
	"setTimeout",
	"setInterval",
	"setImmediate",
	"queueMicrotask",
	"structuredClone",
	"process",
	"globalThis",
	"window",
	"document",
	"fetch",
	"crypto",
	"performance",
	"Intl",
	"Date",
	"require",
];

test("what XS has not, or what is not pure, is not used in the core of the terminal", (t) => {
	const named = new RegExp(`(?<![.\\w$#])(${globals.join("|")})(?=\\.\\w|\\(|\\[)|\\bnew Date\\b`);
	t.deepEqual(find(pure, named), []);
	t.deepEqual(find(pure, /\bMath\.random\b|\.toLocale\w+\(|\.localeCompare\(|\.normalize\(/), []);
});

test("what came to the language after the engine's version is not used in the core", (t) => {
	const late =
		/\.(toSorted|toReversed|toSpliced|isWellFormed|toWellFormed)\(|\b(Object|Map)\.groupBy\b|Promise\.(withResolvers|try)\b|Array\.fromAsync\b/;
	t.deepEqual(find(pure, late), []);
});

test("modules of the core hold no state that changes", (t) => {
	t.deepEqual(find(core, /^(export )?(let|var)\b/), []);
});

test("no regular expression stands at the top of a module that terminals preload", (t) => {
	// XS of the Moddable SDK 8.2.3 takes memory outside its heap for such a one at each use, and its collector breaks on it.
	const preloaded = within("protocol/", "firmware/");
	const found = preloaded.flatMap(({ path, text }) =>
		[...text.matchAll(/^(?:export )?const (\w+)(?:: [^=]+)? =\s*(?:\/(?![/*])|new RegExp)/gm)].map(
			([, name]) => `${path}: ${name}; let a function return it`,
		),
	);
	t.deepEqual(found, []);
});

test("a forbidden word is found in code, and not in comments and strings", (t) => {
	const source = {
		path: "x.ts",
		text: '// console.log()\nconst a = "console.log()"; /* console.log(\n) */\nconsole.log(a);\n',
	};
	t.deepEqual(find([source], /console\.\w+/), ["x.ts:4: console.log"]);
});

test("the top of the project holds what it should", (t) => {
	const names = [
		"firmware",
		"host",
		"manifests",
		"protocol",
		"test",
		"package.json",
		"package-lock.json",
		"tsconfig.json",
		"biome.json",
		"README.md",
		"LICENSE",
		"CHANGELOG.md",
	];
	const local = ["node_modules", "data"];
	const others = readdirSync(root).filter(
		(name) => !name.startsWith(".") && !names.includes(name) && !local.includes(name),
	);
	t.deepEqual(others, []);
});

test("file names are in kebab case", (t) => {
	const odd = sources
		.map(({ path }) => path)
		.filter((path) => !/^[a-z0-9-]+(\/_?[a-z0-9-]+(\.[a-z0-9-]+)*)+$/.test(path));
	t.deepEqual(odd, []);
});

test("the lock file names no host", (t) => {
	t.false(readFileSync(`${root}package-lock.json`, "utf8").includes('"resolved"'));
});
