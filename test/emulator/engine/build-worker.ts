import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { chmod, copyFile, mkdir, mkdtemp, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { arch, availableParallelism, platform, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CloseoutError } from "../../../protocol/error.ts";
import { underLock } from "./build-lock.ts";

const projectDirectory = fileURLToPath(new URL("../../../", import.meta.url));
/** Folder of the makefiles for each platform the package supports. */
const makefiles: Readonly<Record<string, string>> = { linux: "lin", darwin: "mac" };
const LOG_TAIL_LENGTH = 4_000;

export interface BuildOptions {
	/** Where the compiled worker is kept; `.cache` of the project unless given. */
	readonly cacheDirectory?: string;
	/** Takes progress, one call per piece of text; standard error unless given. */
	readonly progress?: (text: string) => void;
}

/** True when the worker is compiled or everything needed to compile it is here. */
export function xsAvailable(): boolean {
	return missingForXs() === undefined;
}

/** What keeps the XS engine from running here, as a sentence with the remedy; `undefined` when nothing does. */
export function missingForXs(): string | undefined {
	const found = findPackage();
	if (found !== undefined && existsSync(workerPathIn(defaultCache, found.version)))
		return undefined;
	return missingForBuild(found);
}

function missingForBuild(found: XsPackage | undefined): string | undefined {
	if (makefiles[platform()] === undefined) {
		return `the XS engine does not run on ${platform()}; use Linux or macOS`;
	}
	if (found === undefined) return "the package @agoric/xsnap is not installed; run `npm ci`";
	const missing = ["cc", "make"].filter((tool) => !runs(tool));
	if (missing.length === 0) return undefined;
	return `${missing.join(" and ")} not found, needed once to compile the XS engine; install with \`apt-get install build-essential\` on Debian or \`xcode-select --install\` on macOS`;
}

/**
 * Path of the XS worker, compiled first when it is not there yet. Safe when several processes or threads ask
 * for the first time together: one compiles and the others wait.
 *
 * @throws CloseoutError ENGINE when a tool is missing or the compiler fails; callers may fall back to Node.
 */
export async function buildWorker(options: BuildOptions = {}): Promise<string> {
	const cache = options.cacheDirectory ?? defaultCache;
	const progress = options.progress ?? ((text) => process.stderr.write(text));
	const found = findPackage();
	if (found !== undefined && existsSync(workerPathIn(cache, found.version))) {
		return workerPathIn(cache, found.version);
	}
	const missing = missingForBuild(found);
	if (found === undefined || missing !== undefined) throw new CloseoutError("ENGINE", `${missing}`);
	const target = workerPathIn(cache, found.version);
	try {
		await mkdir(dirname(target), { recursive: true });
		await underLock(
			`${target}.lock`,
			() => existsSync(target),
			() => compile(found, target, progress),
		);
	} catch (error) {
		if (error instanceof CloseoutError) throw error;
		throw new CloseoutError(
			"ENGINE",
			`the XS engine cannot be built in ${cache}: ${error}; check that the folder can be written`,
			{ cause: error },
		);
	}
	return target;
}

interface XsPackage {
	readonly directory: string;
	readonly version: string;
}

const defaultCache = join(projectDirectory, ".cache");

function workerPathIn(cache: string, version: string): string {
	return join(cache, `xs-worker-${version}-${platform()}-${arch()}`, "xsnap-worker");
}

function findPackage(): XsPackage | undefined {
	try {
		const manifest = createRequire(import.meta.url).resolve("@agoric/xsnap/package.json");
		const parsed: unknown = JSON.parse(readFileSync(manifest, "utf8"));
		if (typeof parsed !== "object" || parsed === null || !("version" in parsed)) return undefined;
		return { directory: dirname(manifest), version: String(parsed.version) };
	} catch {
		return undefined;
	}
}

function runs(tool: string): boolean {
	return spawnSync(tool, ["--version"], { stdio: "ignore" }).error === undefined;
}

/**
 * Compiles in a folder of its own and publishes with a rename, so nobody sees half a file. The folder links
 * to the sources under a short path, because makefiles cannot take a path with a space in it.
 */
async function compile(
	found: XsPackage,
	target: string,
	progress: (text: string) => void,
): Promise<void> {
	const startedMs = performance.now();
	const build = await mkdtemp(join(tmpdir(), "closeout-xs-"));
	try {
		await symlink(found.directory, join(build, "sources"));
		progress("Compiling the XS engine, once, in about half a minute.\n");
		await make(build, found.version, counter(found.directory, progress));
		const folder = makefiles[platform()];
		const partial = `${target}.${process.pid}-${Math.trunc(startedMs)}`;
		await copyFile(join(build, "bin", `${folder}`, "release", "xsnap-worker"), partial);
		await chmod(partial, 0o755);
		await rename(partial, target);
		const seconds = Math.round((performance.now() - startedMs) / 1_000);
		progress(`Compiled the XS engine in ${seconds} s: ${target}\n`);
	} finally {
		await rm(build, { recursive: true, force: true });
	}
}

/**
 * Runs the package's own makefile, release goal only. Variables on the command line win over the environment,
 * so a MODDABLE that points at another SDK does not matter. The definition after `cc` is the package's way to
 * satisfy its sources with compilers older than GCC 10.
 */
function make(build: string, version: string, onLine: () => void): Promise<void> {
	const sources = join(build, "sources");
	const snap = join(sources, "xsnap-native", "xsnap");
	const { MAKEFLAGS: _flags, MAKELEVEL: _level, ...env } = process.env;
	const child = spawn(
		"make",
		[
			`-j${availableParallelism()}`,
			"-f",
			"xsnap-worker.mk",
			"GOAL=release",
			`MODDABLE=${join(sources, "moddable")}`,
			`BUILD_DIR=${build}`,
			`TLS_DIR=${join(snap, "sources")}`,
			`XSNAP_VERSION=${version}`,
			'CC=cc "-D__has_builtin(x)=1"',
			"EXTRA_DEPS=",
		],
		{
			cwd: join(snap, "makefiles", `${makefiles[platform()]}`),
			env,
			stdio: ["ignore", "pipe", "pipe"],
		},
	);
	let log = "";
	const keep = (text: string) => {
		log = (log + text).slice(-LOG_TAIL_LENGTH);
	};
	child.stdout.setEncoding("utf8").on("data", (text: string) => {
		keep(text);
		for (const line of text.split("\n")) if (line.startsWith("#")) onLine();
	});
	child.stderr.setEncoding("utf8").on("data", keep);
	return new Promise((resolve, reject) => {
		const fail = (what: string) =>
			reject(
				new CloseoutError(
					"ENGINE",
					`the XS engine did not compile (${what}); a C compiler with the C library headers is needed:\n${log}`,
				),
			);
		child.once("error", (error) => fail(error.message));
		child.once("close", (status) => (status === 0 ? resolve() : fail(`make ended with ${status}`)));
	});
}

/** Counts compiled files on a terminal; a log file gets the first and the last line only. */
function counter(packageDirectory: string, progress: (text: string) => void): () => void {
	if (!process.stderr.isTTY) return () => {};
	const makefile = join(packageDirectory, "xsnap-native", "xsnap", "makefiles");
	const text = readFileSync(join(makefile, `${makefiles[platform()]}`, "xsnap-worker.mk"), "utf8");
	const total = text.split(/\.o \\?$/m).length;
	let count = 0;
	return () => {
		count += 1;
		progress(`${Math.min(count, total)} of ${total}${count < total ? "\r" : "\n"}`);
	};
}
