/**
 * Builds the firmware with the Moddable SDK that the environment names: `node manifests/build.ts TARGET`, or an
 * application that has it in it: `node manifests/build.ts TARGET MANIFEST`. Nothing of the SDK is part of this project;
 * who has it sets MODDABLE.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync } from "node:fs";
import { basename, delimiter, dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { CloseoutError } from "../protocol/error.ts";
import { catalogueCharacters, gb2312Characters, makeFont } from "./font.ts";
import { refusedTargets, type Target, targets } from "./target.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const FONT_FILE = "/usr/share/unifont/unifont.hex";

const out = `${root}.cache/moddable`;

/** Where a build leaves its results; a JSON value of `buildTarget`. */
export interface Built {
	readonly target: string;
	/** What is run or flashed: `mc.so` for the simulator, a program for a Linux terminal, a folder for the others. */
	readonly output: string;
}

/** The SDK's folder. Throws `USAGE` with what to do when there is none. */
export function moddableFolder(environment: NodeJS.ProcessEnv = process.env): string {
	const folder = environment.MODDABLE;
	if (folder === undefined || folder === "")
		throw new CloseoutError(
			"USAGE",
			"MODDABLE is not set; install the Moddable SDK (https://www.moddable.com) and set MODDABLE to its folder",
		);
	if (existsSync(`${folder}/build/bin/lin/release/mcconfig`)) return folder;
	throw new CloseoutError(
		"USAGE",
		`${folder} has no built tools; run make in build/makefiles/lin there, as the SDK's Getting Started says`,
	);
}

/** Environment for the SDK's tools: they find each other, and the project's TypeScript, by PATH. */
export function moddableEnvironment(folder: string): NodeJS.ProcessEnv {
	const bin = [`${root}node_modules/.bin`, `${folder}/build/bin/lin/release`];
	const PATH = [...bin, process.env.PATH ?? ""].join(delimiter);
	return { ...process.env, MODDABLE: folder, PATH };
}

/** Throws `USAGE` for a target that is none, or that this machine lacks something for. */
export function findTarget(name: string | undefined): Target {
	const target = targets.find((one) => one.name === name);
	const refused = refusedTargets.find((one) => one.name === name);
	if (refused !== undefined)
		throw new CloseoutError("USAGE", `target ${refused.name} is not supported: ${refused.reason}`);
	const known = targets.map((one) => one.name).join(", ");
	if (target === undefined)
		throw new CloseoutError(
			"USAGE",
			`"${name ?? ""}" is no target of this project; take one of ${known}`,
		);
	for (const { variable, what } of target.needs) {
		if (process.env[variable] === undefined)
			throw new CloseoutError(
				"USAGE",
				`target ${target.name} needs ${what}; set ${variable} to it`,
			);
	}
	return target;
}

/** An application with a manifest of its own, built with the add-on for a target in place of the terminal alone. */
export function applicationFor(target: Target, given: string | undefined): Target {
	if (given === undefined) return target;
	const path = given === "example" ? `${root}firmware/example/manifest.json` : resolve(given);
	if (!existsSync(path))
		throw new CloseoutError("NOT_FOUND", `${given}: no such manifest; name an application's`);
	// What is made takes its name from the manifest's folder.
	const output = target.output.replace(/^[^/]+/, basename(dirname(path)));
	return { ...target, manifest: relative(`${root}manifests`, path), output };
}

/** Where the result of a build lies or will lie. */
export function outputOf(target: Target, { debug = false } = {}): string {
	const kind = debug ? "debug" : "release";
	// mcconfig files what is for no particular board under "mc".
	const board = target.platform.includes("/") ? target.platform : `${target.platform}/mc`;
	return `${out}/bin/${board}/${kind}/${target.output}`;
}

/** Runs `mcconfig` and returns what it made. Throws `ENGINE` when the build fails. */
export async function buildTarget(target: Target, { debug = false } = {}): Promise<Built> {
	const folder = moddableFolder();
	const font = `${out}/font/${target.font}`;
	mkdirSync(font, { recursive: true });
	writeFont(target, font);
	const manifest = `${root}manifests/${target.manifest}`;
	const build = target.isWhole ? ["-t", "build"] : [];
	const options = [...(debug ? ["-d"] : []), "-m", "-p", target.platform, ...build, "-o", out];
	const tool = spawn("mcconfig", [...options, manifest], {
		env: {
			...moddableEnvironment(folder),
			CLOSEOUT_FONT: font,
			CLOSEOUT_MANIFESTS: `${root}manifests`,
		},
		stdio: ["ignore", "inherit", "inherit"],
	});
	const [status]: unknown[] = await once(tool, "exit");
	if (status !== 0)
		throw new CloseoutError(
			"ENGINE",
			`mcconfig for ${target.name} ended with status ${String(status)}; see above`,
		);
	return { target: target.name, output: outputOf(target, { debug }) };
}

function writeFont({ font }: Target, folder: string): void {
	const file = process.env.CLOSEOUT_UNIFONT ?? FONT_FILE;
	if (!existsSync(file))
		throw new CloseoutError(
			"NOT_FOUND",
			`${file}: no such file; install the Debian package unifont, or set CLOSEOUT_UNIFONT to unifont.hex`,
		);
	const extra = font === "gb2312" ? gb2312Characters() : [];
	makeFont(file, folder, new Set([...catalogueCharacters(), ...extra]));
}

async function main(): Promise<void> {
	const { values, positionals } = parseArgs({
		options: { debug: { type: "boolean", default: false } },
		allowPositionals: true,
	});
	const [name, application] = positionals;
	try {
		moddableFolder();
		const target = applicationFor(findTarget(name), application);
		const built = await buildTarget(target, { debug: values.debug });
		console.log(built.output);
	} catch (error) {
		if (!(error instanceof CloseoutError)) throw error;
		console.error(error.message);
		process.exitCode = error.code === "USAGE" ? 64 : 69;
	}
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
