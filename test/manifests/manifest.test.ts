import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import test from "ava";
import { findTarget, moddableFolder } from "../../manifests/build.ts";
import { catalogueCharacters } from "../../manifests/font.ts";
import { preloadNames } from "../../manifests/preload.ts";
import { refusedTargets, targets } from "../../manifests/target.ts";

const root = new URL("../../", import.meta.url).pathname;

interface Manifest {
	readonly modules?: Readonly<Record<string, string>>;
	readonly preload?: readonly string[];
	readonly include?: readonly string[];
	readonly platforms?: Readonly<Record<string, { readonly error?: string }>>;
}

function read(path: string): Manifest {
	return JSON.parse(readFileSync(join(root, path), "utf8"));
}

const manifests = globSync(["manifests/**/*.json", "firmware/**/manifest.json"], {
	cwd: root,
}).toSorted();

test("the core's modules are preloaded, each by its exact name", (t) => {
	t.deepEqual(read("manifests/manifest_core.json").preload, preloadNames());
});

test("every module of the device folder is in a manifest under the name of its place", (t) => {
	const listed = new Set(manifests.flatMap((path) => Object.values(read(path).modules ?? {})));
	const files = new Set([...listed].map((source) => source.replace(/^(\.\.\/)+/, "")));
	const own = globSync("firmware/device/*.ts", { cwd: root })
		.map((path) => path.replace(/\.ts$/, ""))
		.filter((name) => !name.endsWith(".d"));
	t.deepEqual(
		own.filter((name) => !files.has(name)),
		[],
	);
	for (const path of manifests) {
		for (const [target, source] of Object.entries(read(path).modules ?? {})) {
			const isOwn = source.startsWith("..") && !source.startsWith("../node_modules/");
			if (!isOwn || target === "rng") continue;
			t.is(normalize(join(dirname(path), source)), target, `${path}: ${target}`);
		}
	}
});

test("what is preloaded by name is there", (t) => {
	for (const path of manifests) {
		for (const name of read(path).preload ?? []) {
			if (!name.startsWith("firmware/") && !name.startsWith("protocol/")) continue;
			t.is(globSync(`${name}.ts`, { cwd: root }).length, 1, `${path}: ${name}`);
		}
	}
});

test("included manifests of the project are there, and each build refuses platforms it is not for", (t) => {
	for (const path of manifests) {
		for (const included of read(path).include ?? []) {
			if (!included.startsWith(".")) continue;
			t.true(manifests.includes(normalize(join(dirname(path), included))), `${path}: ${included}`);
		}
	}
	for (const { manifest } of targets) {
		const { platforms } = read(`manifests/${manifest}`);
		t.regex(platforms?.["..."]?.error ?? "", /npm run build:/, manifest);
	}
});

test("an unknown target is refused with the names of those that are known", (t) => {
	t.throws(() => findTarget("toaster"), { code: "USAGE", message: /toaster.*simulator/ });
	t.throws(() => findTarget(undefined), { code: "USAGE" });
	for (const { name, reason } of refusedTargets) {
		t.throws(() => findTarget(name), { code: "USAGE", message: new RegExp(reason) });
	}
});

test("without the SDK the builds say what to do", (t) => {
	t.throws(() => moddableFolder({}), { code: "USAGE", message: /MODDABLE is not set/ });
	t.throws(() => moddableFolder({ MODDABLE: "/nowhere" }), { message: /has no built tools/ });
});

test("the screen font is asked for every character of the catalogues", (t) => {
	const characters = catalogueCharacters();
	for (const character of "结算交班打印注册Aa0!…") t.true(characters.has(character), character);
});
