import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { findTarget, outputOf } from "../../manifests/build.ts";
import { sdkWorker } from "./_worker.ts";

/** What lives around the simulator. */
const tools = ["Xvfb", "xdotool", "mosquitto", "openssl"];

function missingSdk(): string | undefined {
	return (process.env.MODDABLE ?? "") === "" ? "MODDABLE is not set" : undefined;
}

function missingSimulator(): string | undefined {
	if (!existsSync(outputOf(findTarget("simulator")))) return "npm run build:sim has not been run";
	const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"];
	const tool = tools.find((name) => !folders.some((folder) => existsSync(join(folder, name))));
	return tool === undefined ? undefined : `${tool} is not installed`;
}

function missingWorker(): string | undefined {
	return existsSync(sdkWorker().path) ? undefined : "npm run build:engine has not been run";
}

/** A test in the SDK's simulator; without what it needs it passes and says why nothing was tested. */
export function simulatorTest(title: string, run: (t: ExecutionContext) => Promise<void>): void {
	testUnless(title, () => missingSdk() ?? missingSimulator(), run);
}

/** A test in the SDK's engine; without it, it passes and says why nothing was tested. */
export function sdkEngineTest(title: string, run: (t: ExecutionContext) => Promise<void>): void {
	testUnless(title, () => missingSdk() ?? missingWorker(), run);
}

function testUnless(
	title: string,
	missing: () => string | undefined,
	run: (t: ExecutionContext) => Promise<void>,
): void {
	test.serial(title, async (t) => {
		const reason = missing();
		if (reason === undefined) {
			await run(t);
			return;
		}
		t.log(`left out: ${reason}`);
		t.pass();
	});
}
