import { spawn } from "node:child_process";
import { bugs as allBugs } from "./_zoo-bugs.ts";
import { type Campaign, CaseError, caseText, parseCase, type Run, type Tally } from "./campaign.ts";

/** A bug that its campaign does not find in this time counts as not found. */
const SEARCH_MS_MAX = 540_000;
/** A bug that never ends is given up after this time. */
const HANG_MS_MAX = 30_000;

/** What takes longest comes first, so that the other threads have something to do meanwhile. */
const bugs = allBugs.toSorted((left, right) => Number(right.hangs ?? 0) - Number(left.hangs ?? 0));

const loader = new URL("./_zoo-loader.ts", import.meta.url).href;
const runner = new URL("./run.ts", import.meta.url).pathname;

/** Each unit puts one bug in and lets its campaign look for it, as in lane ci but over a short life. */
class ZooRun implements Run {
	readonly units = bugs.length;

	async run(unit: number, tally: Tally): Promise<void> {
		const bug = bugs[unit];
		if (bug === undefined) return;
		tally.count();
		const problem = await this.replay(caseText({ bug: bug.name }));
		if (problem === undefined) tally.mark("caught");
		else tally.fail(caseText({ bug: bug.name }), problem);
	}

	async replay(text: string): Promise<string | undefined> {
		const name = parseCase(text).text("bug");
		const bug = bugs.find((known) => known.name === name);
		if (bug === undefined) throw new CaseError(`no bug "${name}" in the zoo`);
		const { campaign, hangs = false } = bug;
		const { said, hasEnded } = await search(name, campaign, hangs ? HANG_MS_MAX : SEARCH_MS_MAX);
		if (!hasEnded) return hangs ? undefined : `${campaign} did not find it in time`;
		if (/has no ".*" any more/.test(said)) return `the patch does not fit: ${said.slice(0, 300)}`;
		const { failureCount } = resultOf(said);
		if (failureCount === undefined) return `${campaign} gave no result: ${said.slice(0, 600)}`;
		return failureCount > 0 ? undefined : `${campaign} is green in spite of it`;
	}
}

function resultOf(said: string): { readonly failureCount?: number } {
	const line = said.split("\n").find((each) => each.startsWith("{"));
	return line === undefined ? {} : JSON.parse(line);
}

function search(
	bug: string,
	campaign: string,
	limitMs: number,
): Promise<{ readonly said: string; readonly hasEnded: boolean }> {
	const options = ["--size", "short", "--jobs", "1", "--stop", "--json"];
	const child = spawn(process.execPath, ["--import", loader, runner, campaign, ...options], {
		env: { ...process.env, CLOSEOUT_ZOO_BUG: bug },
		stdio: ["ignore", "pipe", "pipe"],
	});
	return new Promise((resolve) => {
		let said = "";
		const hear = (chunk: Buffer) => {
			said += chunk.toString();
		};
		child.stdout.on("data", hear);
		child.stderr.on("data", hear);
		const timer = setTimeout(() => {
			child.kill("SIGKILL");
			resolve({ said, hasEnded: false });
		}, limitMs);
		child.on("close", () => {
			clearTimeout(timer);
			resolve({ said, hasEnded: true });
		});
	});
}

export const campaign: Campaign = {
	shows: "each of the known bugs of others, put in on purpose, is found by a campaign of lane ci",
	mustSee: ["caught"],
	open: () => new ZooRun(),
};
