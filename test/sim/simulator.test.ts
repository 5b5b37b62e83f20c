import { simulatorTest } from "./_sdk-test.ts";
import { liveDay } from "./day-in-simulator.ts";
import { liveThroughKills } from "./kills-in-simulator.ts";

for (const tls of [false, true]) {
	simulatorTest(`a day in the SDK's simulator, ${tls ? "over TLS" : "over TCP"}`, async (t) => {
		const report = await liveDay({ tls, tell: (line) => t.log(line) });
		t.is(report.approved, 5);
		t.is(report.starts, 2);
		t.true(report.lists >= 1);
	});
}

simulatorTest("a day in the SDK's simulator that is killed five times loses nothing", async (t) => {
	const kills = 5;
	const report = await liveThroughKills({
		kills,
		seed: 7,
		tls: false,
		tell: (line) => t.log(line),
	});
	t.true(report.starts <= kills + 1);
	t.true(report.approved > 0);
});
