import test from "ava";
import { bugs } from "./_zoo-bugs.ts";
import type { Setting, Tally } from "./campaign.ts";
import { campaigns, loadCampaign } from "./registry.ts";

const setting: Setting = { lane: "ci", seed: 1, size: "short" };

/** Runs some units of a campaign here and returns what failed. */
async function failuresOf(name: string, units: readonly number[]): Promise<readonly string[]> {
	const failures: string[] = [];
	let cases = 0;
	const tally: Tally = {
		count: (more = 1) => {
			cases += more;
		},
		mark: () => {},
		fail: (at, problem) => failures.push(`${at}: ${problem}`),
	};
	const run = await (await loadCampaign(name)).open(setting);
	for (const unit of units) await run.run(unit % run.units, tally);
	await run.close?.();
	return cases === 0 ? ["no case was run"] : failures;
}

for (const name of [
	"power",
	"double-cut",
	"rot",
	"sectors",
	"io-errors",
	"reorder",
	"tamper",
	"cards",
]) {
	test(`a few units of the campaign ${name} are green`, async (t) => {
		t.deepEqual(await failuresOf(name, [1, 2]), []);
	});
}

test("a bug that is put in is found, and one that is not known is refused", async (t) => {
	const zoo = await (await loadCampaign("zoo")).open(setting);
	t.is(await zoo.replay("bug=mac-not-checked"), undefined);
	await t.throwsAsync(async () => zoo.replay("bug=none"), { message: /no bug "none"/ });
});

test("the zoo has at least twenty bugs, each for a campaign that there is", (t) => {
	t.true(bugs.length >= 20);
	t.is(new Set(bugs.map(({ name }) => name)).size, bugs.length);
	for (const { campaign } of bugs) t.true(Object.hasOwn(campaigns, campaign), campaign);
});

test("a case is replayed by the text that names it", async (t) => {
	const run = await (await loadCampaign("power")).open(setting);
	t.is(await run.replay("step=312,reached=11,tear=noise"), undefined);
	await t.throwsAsync(async () => run.replay("step=312"), { message: /has no/ });
});
