/**
 * Starts the simulator with the built firmware: `node manifests/run.ts [--app MANIFEST] [DATA]`. The folder holds what
 * the terminal keeps; one without settings gets settings that fit `npx closeout serve` on the same machine.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { CloseoutError } from "../protocol/error.ts";
import {
	applicationFor,
	findTarget,
	moddableEnvironment,
	moddableFolder,
	outputOf,
} from "./build.ts";

const starter = {
	terminal: "till-0001",
	managerPin: "1234",
	broker: { host: "127.0.0.1", port: 1884 },
	printer: { tcp: { host: "127.0.0.1", port: 9100 } },
	paymentApp: { tcp: { host: "127.0.0.1", port: 9300 } },
};

function program(application: string | undefined): string {
	const built = outputOf(applicationFor(findTarget("simulator"), application));
	if (existsSync(built)) return built;
	const command = `npm run build:sim${application === undefined ? "" : ` -- ${application}`}`;
	throw new CloseoutError("USAGE", `${built} is not built; run ${command} first`);
}

function dataFolder(given: string | undefined): string {
	const folder = resolve(given ?? process.env.CLOSEOUT_DATA ?? "data/simulator");
	mkdirSync(folder, { recursive: true });
	const settings = join(folder, "terminal.json");
	if (!existsSync(settings)) writeFileSync(settings, `${JSON.stringify(starter, null, "\t")}\n`);
	return folder;
}

try {
	const sdk = moddableFolder();
	if (process.env.DISPLAY === undefined)
		throw new CloseoutError("USAGE", "there is no display; run it under xvfb-run or set DISPLAY");
	const { values, positionals } = parseArgs({
		options: { app: { type: "string" } },
		allowPositionals: true,
	});
	const [given] = positionals;
	const env = { ...moddableEnvironment(sdk), CLOSEOUT_DATA: dataFolder(given) };
	const simulator = spawn("mcsim", [`${sdk}/build/simulators`, program(values.app)], {
		env,
		stdio: "inherit",
	});
	for (const signal of ["SIGINT", "SIGTERM"] as const)
		process.on(signal, () => simulator.kill(signal));
	await once(simulator, "exit");
} catch (error) {
	if (!(error instanceof CloseoutError)) throw error;
	console.error(error.message);
	process.exitCode = 64;
}
