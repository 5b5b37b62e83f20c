/**
 * The modules of the firmware as a manifest lists them, in folders for `modules` and by exact name for `preload`:
 * the SDK leaves TypeScript out where a preload entry is a pattern, and what is not preloaded costs heap.
 *
 * `node manifests/preload.ts` rewrites the list of `manifest_core.json`; a test compares it with the folders.
 */
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const coreManifest = `${root}manifests/manifest_core.json`;

/** Folders whose modules are in every build. */
export const folders = ["protocol", "protocol/slip", ...subfolders("firmware/core")];

/** Single modules beside them. */
export const singles = ["firmware/resources/base64", "firmware/resources/gb-table"];

/** Names of the modules that `manifest_core.json` has to preload, in their order. */
export function preloadNames(): readonly string[] {
	const inFolders = folders.flatMap((folder) => globSync(`${folder}/*.ts`, { cwd: root }));
	const names = inFolders.map((path) => path.replaceAll("\\", "/").replace(/\.ts$/, ""));
	return [...names, ...singles].toSorted();
}

function subfolders(folder: string): readonly string[] {
	const nested = globSync(`${folder}/**/`, { cwd: root }).map((path) =>
		path.replaceAll("\\", "/").replace(/\/$/, ""),
	);
	return [...new Set([folder, ...nested])].toSorted();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const manifest: unknown = JSON.parse(readFileSync(coreManifest, "utf8"));
	const modules = Object.fromEntries([
		...folders.map((folder) => [`${folder}/*`, `../${folder}/*`]),
		...singles.map((name) => [name, `../${name}`]),
	]);
	const next = { ...Object(manifest), modules, preload: preloadNames() };
	writeFileSync(coreManifest, `${JSON.stringify(next, null, "\t")}\n`);
}
