import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { moddableEnvironment, moddableFolder } from "../../manifests/build.ts";
import { CloseoutError } from "../../protocol/error.ts";
import type { WorkerProgram } from "../emulator/engine/worker.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const out = `${root}.cache/moddable-worker`;

/** A memory that does not grow, as a terminal has it. */
export interface FixedMemory {
	readonly chunkBytes: number;
	readonly slots: number;
	readonly stackSlots: number;
}

/**
 * Builds the XS engine of the SDK as a worker, with the firmware's core compiled and preloaded as on a terminal; what
 * is built already is kept. Throws `USAGE` without the SDK, `ENGINE` when the build fails.
 */
export async function buildSdkWorker(): Promise<void> {
	const sdk = moddableFolder();
	mkdirSync(out, { recursive: true });
	const options = ["-m", "-p", "x-cli-lin", "-o", out, `${root}test/sim/worker/manifest.json`];
	const tool = spawn("mcconfig", options, {
		env: moddableEnvironment(sdk),
		stdio: ["ignore", "ignore", "inherit"],
	});
	const [status]: unknown[] = await once(tool, "exit");
	if (status !== 0)
		throw new CloseoutError(
			"ENGINE",
			`mcconfig for the worker ended with status ${String(status)}; see above`,
		);
}

/** The worker that `buildSdkWorker` has built. */
export function sdkWorker(memory?: FixedMemory): WorkerProgram {
	const options =
		memory === undefined
			? []
			: Object.entries({
					"-chunks": memory.chunkBytes,
					"-slots": memory.slots,
					"-stack": memory.stackSlots,
				}).flatMap(([name, value]) => [name, `${value}`]);
	return {
		path: `${out}/bin/lin/release/worker`,
		options,
		load: ({ pathname }) =>
			`installCore(${JSON.stringify(pathname.endsWith("/_engines-core.ts") ? "journal" : "terminal")});`,
	};
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	await buildSdkWorker();
	console.log(sdkWorker().path);
}
