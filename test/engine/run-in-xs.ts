import { globSync } from "node:fs";
import type { Plugin } from "esbuild";
import { CloseoutError } from "../../protocol/error.ts";
import { servePorts } from "../emulator/engine/bridge.ts";
import { bundleSource } from "../emulator/engine/bundle.ts";
import { type WorkerProgram, XsWorker } from "../emulator/engine/worker.ts";
import type { Outcome } from "./ava-shim.ts";
import { makeFakePorts } from "./fake-ports.ts";

export type FileResult =
	/** The file needs something that XS does not have. */
	| { readonly excluded: string }
	| { readonly excluded: undefined; readonly outcomes: Outcome[]; readonly computrons: number };

/** Bare specifiers that have a stand-in; a package without one is bundled as it is. */
const standIns: ReadonlyMap<string, string | undefined> = new Map([
	["ava", pathOf("./ava-shim.ts")],
	["node:crypto", pathOf("./node-crypto-shim.ts")],
	["fast-check", undefined],
]);

const root = new URL("../../", import.meta.url).pathname;
const patterns = [
	"test/protocol/**/*.test.ts",
	"test/firmware/**/*.test.ts",
	"test/engine/{wire,deep-equal}.test.ts",
];

/** The unit tests of what runs on a terminal, below the project's folder. */
export function unitTestFiles(): readonly string[] {
	return globSync(patterns, { cwd: root }).sort();
}

interface XsOptions {
	/** Further specifiers with the file that stands in for each. */
	readonly standInsToo?: ReadonlyMap<string, string>;
	/** The XS of `@agoric/xsnap` when left out. */
	readonly program?: WorkerProgram;
}

/** Bundles one AVA test file with a stand-in for AVA and runs its tests inside XS. */
export async function runInXs(
	file: URL,
	{ standInsToo = new Map(), program }: XsOptions = {},
): Promise<FileResult> {
	const reasons = new Set<string>();
	let source: string;
	try {
		source = await bundleSource(
			`import ${JSON.stringify(pathOf("./xs-unit-globals.ts"))};
			import ${JSON.stringify(file.pathname)};
			import { serveTests } from ${JSON.stringify(pathOf("./xs-unit-entry.ts"))};
			serveTests();`,
			{ plugins: [resolveForXs(reasons, new Map([...standIns, ...standInsToo]))] },
		);
	} catch (error) {
		const missing = /No matching export in ".*node-crypto-shim.ts" for import "(\w+)"/.exec(
			`${error}`,
		);
		if (missing === null) throw error;
		return { excluded: `needs ${missing[1]} of node:crypto` };
	}
	if (reasons.size > 0) return { excluded: [...reasons].join(", ") };
	return evaluate(source, program);
}

function pathOf(name: string): string {
	return new URL(name, import.meta.url).pathname;
}

/** Puts the stand-ins in place and notes what keeps a file out of XS. */
function resolveForXs(reasons: Set<string>, found: typeof standIns): Plugin {
	return {
		name: "xs",
		setup(build) {
			build.onResolve({ filter: /^[^./]/ }, ({ path, importer }) => {
				if (found.has(path)) {
					const standIn = found.get(path);
					return standIn === undefined ? undefined : { path: standIn };
				}
				if (importer.includes("/node_modules/") && !path.startsWith("node:")) return undefined;
				reasons.add(`imports ${path}`);
				return { path, external: true };
			});
		},
	};
}

async function evaluate(source: string, program?: WorkerProgram): Promise<FileResult> {
	const worker = new XsWorker({
		onCall: servePorts(makeFakePorts().ports),
		computronsMax: Number.POSITIVE_INFINITY,
		...(program === undefined ? {} : { program }),
	});
	try {
		await worker.start();
		await worker.evaluate(source);
		const { reply, meters } = await worker.command(new Uint8Array());
		const parsed: unknown = JSON.parse(Buffer.from(reply).toString());
		if (!isOutcomes(parsed)) throw new CloseoutError("ENGINE", "XS told no outcome of the tests");
		return { excluded: undefined, outcomes: parsed, computrons: meters.computrons };
	} finally {
		await worker.close();
	}
}

function isOutcomes(value: unknown): value is Outcome[] {
	return (
		Array.isArray(value) &&
		value.every(
			(item) => typeof item === "object" && item !== null && "title" in item && "logs" in item,
		)
	);
}
