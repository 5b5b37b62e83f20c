import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { type Campaign, type Lane, lanes, type Setting } from "./campaign.ts";
import { type Outcome, Pool } from "./pool.ts";
import { campaigns, loadCampaign } from "./registry.ts";
import { closeCurrent } from "./worker.ts";

const usage = `npm run campaign -- NAME|all [--lane ci|night|soak] [--seed N] [--jobs N] [--json] [--stop]
                            [--size day|short] [--case TEXT | --unit N]

campaigns: ${Object.keys(campaigns).join(", ")}`;

function readArguments() {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			lane: { type: "string", default: "ci" },
			seed: { type: "string", default: "1" },
			jobs: { type: "string", default: String(availableParallelism()) },
			size: { type: "string", default: "day" },
			json: { type: "boolean", default: false },
			stop: { type: "boolean", default: false },
			case: { type: "string" },
			unit: { type: "string" },
			help: { type: "boolean", default: false },
		},
	});
	return { values, names: positionals };
}

function laneOf(text: string): Lane {
	const lane = lanes.find((known) => known === text);
	if (lane === undefined) throw new RangeError(`lane "${text}" is not one of ${lanes.join(", ")}`);
	return lane;
}

function wholeNumber(name: string, text: string): number {
	const value = Number(text);
	if (Number.isSafeInteger(value) && value >= 0) return value;
	throw new RangeError(`--${name} ${text} is not a whole number`);
}

/** What is wrong with an outcome besides its failures: marks that were never seen. */
function unseen({ mustSee }: Campaign, { marks }: Outcome): readonly string[] {
	return mustSee.filter((mark) => (marks[mark] ?? 0) === 0);
}

function lineOf(outcome: Outcome, missing: readonly string[]): string {
	const { name, cases, failureCount, seconds, marks } = outcome;
	const rate = Math.round(cases / Math.max(seconds, 0.001));
	const verdict = failureCount === 0 && missing.length === 0 ? "ok  " : "FAIL";
	const seen = Object.entries(marks)
		.toSorted(([left], [right]) => (left < right ? -1 : 1))
		.map(([mark, times]) => `${mark} ${times}`)
		.join(", ");
	const text = `${verdict} ${name.padEnd(10)} ${cases} cases, ${failureCount} failures, ${seconds.toFixed(1)} s, ${rate}/s`;
	return seen === "" ? text : `${text} (${seen})`;
}

function tellFailures(outcome: Outcome, missing: readonly string[], setting: Setting): void {
	const { name, failures, failureCount } = outcome;
	const { lane, seed, size } = setting;
	const options = `--lane ${lane} --seed ${seed}${size === "day" ? "" : ` --size ${size}`}`;
	for (const mark of missing) console.log(`     never happened: ${mark}`);
	for (const { at, problem } of failures) {
		const replay = at.startsWith("unit=") ? `--unit ${at.slice(5)}` : `--case '${at}'`;
		console.log(`     ${problem}\n     npm run campaign -- ${name} ${options} ${replay}`);
	}
	if (failureCount > failures.length)
		console.log(`     and ${failureCount - failures.length} more`);
}

function showProgress(name: string) {
	const begun = performance.now();
	let shownMs = 0;
	return (done: number, units: number, cases: number, failures: number) => {
		const now = performance.now();
		if (!process.stderr.isTTY || (now - shownMs < 200 && done < units)) return;
		shownMs = now;
		const seconds = ((now - begun) / 1000).toFixed(0);
		const text = `${name}: ${done}/${units} units, ${cases} cases, ${failures} failures, ${seconds} s`;
		process.stderr.write(done < units ? `\r${text}\x1b[K` : "\r\x1b[K");
	};
}

async function replay(name: string, setting: Setting, at: string): Promise<boolean> {
	const run = await (await loadCampaign(name)).open(setting);
	const problem = await run.replay(at);
	await run.close?.();
	console.log(problem === undefined ? `ok   ${name} ${at}` : `FAIL ${name} ${at}\n     ${problem}`);
	return problem === undefined;
}

async function runUnit(name: string, setting: Setting, unit: number): Promise<boolean> {
	const { carryOut } = await import("./worker.ts");
	const answer = await carryOut({ name, setting, unit });
	await closeCurrent();
	console.log(JSON.stringify(answer, null, "\t"));
	return answer.failureCount === 0;
}

async function main(): Promise<boolean> {
	const { values, names } = readArguments();
	const [name] = names;
	if (values.help || name === undefined || names.length !== 1) {
		console.log(usage);
		return values.help;
	}
	const size = values.size === "short" ? "short" : "day";
	const setting: Setting = {
		lane: laneOf(values.lane),
		seed: wholeNumber("seed", values.seed),
		size,
	};
	if (values.case !== undefined) return replay(name, setting, values.case);
	if (values.unit !== undefined) return runUnit(name, setting, wholeNumber("unit", values.unit));
	const chosen = name === "all" ? Object.keys(campaigns) : [name];
	const loaded = new Map<string, Campaign>();
	for (const each of chosen) loaded.set(each, await loadCampaign(each));
	const pool = new Pool(Math.max(1, wholeNumber("jobs", values.jobs)));
	let isGreen = true;
	for (const [each, campaign] of loaded) {
		const onProgress = showProgress(each);
		const outcome = await pool.run(each, setting, { onProgress, stopAtFailure: values.stop });
		const missing = outcome.failureCount > 0 && values.stop ? [] : unseen(campaign, outcome);
		isGreen &&= outcome.failureCount === 0 && missing.length === 0;
		if (values.json) {
			console.log(JSON.stringify({ ...setting, ...outcome, neverHappened: missing }));
			continue;
		}
		console.log(lineOf(outcome, missing));
		tellFailures(outcome, missing, setting);
	}
	await pool.close();
	return isGreen;
}

process.exitCode = (await main()) ? 0 : 1;
