import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import test from "ava";
import { findTarget, outputOf } from "../../manifests/build.ts";
import { liveDay } from "./day-in-simulator.ts";

const tools = ["Xvfb", "xdotool", "mosquitto", "openssl"];

function missing(): string | undefined {
	if ((process.env.MODDABLE ?? "") === "") return "MODDABLE is not set";
	if (!existsSync(outputOf(findTarget("simulator")))) return "npm run build:sim has not been run";
	const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"];
	const tool = tools.find((name) => !folders.some((folder) => existsSync(join(folder, name))));
	return tool === undefined ? undefined : `${tool} is not installed`;
}

for (const tls of [false, true]) {
	test.serial(`a day in the SDK's simulator, ${tls ? "over TLS" : "over TCP"}`, async (t) => {
		const reason = missing();
		if (reason !== undefined) {
			t.log(`left out: ${reason}`);
			t.pass();
			return;
		}
		const report = await liveDay({ tls, tell: (line) => t.log(line) });
		t.is(report.approved, 5);
		t.is(report.starts, 2);
		t.true(report.lists >= 1);
	});
}
