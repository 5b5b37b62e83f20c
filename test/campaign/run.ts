import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { type Campaign, CaseError, lanes, type Setting } from "./campaign.ts";
import { type Outcome, Pool, type Progress } from "./pool.ts";
import { campaigns, loadCampaign } from "./registry.ts";
import { closeCurrent } from "./worker.ts";

const usage = `npm run campaign -- NAME|all [--lane ci|night|soak] [--seed N] [--jobs N] [--json] [--stop]
                            [--size day|short] [--case TEXT | --unit N]

campaigns: ${Object.keys(campaigns).join(", ")}`;

/** A unit that takes longer counts as one that never ends. At night the machine may be busy and units are long. */
const UNIT_MS_MAX = { ci: 600_000, night: 14_400_000, soak: 86_400_000 } as const;

/** sysexits.h: called in a wrong way; nothing was run. */
const EXIT_USAGE = 64;
const sizes = ["day", "short"] as const;

/** What was asked for cannot be done, in words for the one who asked. */
class UsageError extends Error {}

interface Arguments {
	readonly names: readonly string[];
	readonly setting: Setting;
	readonly jobs: number;
	readonly json: boolean;
	readonly stop: boolean;
	readonly help: boolean;
	readonly at: string | undefined;
	readonly unit: number | undefined;
}

function parse() {
	try {
		return parseArgs({
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
	} catch (error) {
		throw new UsageError(error instanceof Error ? error.message : String(error));
	}
}

function readArguments(): Arguments {
	const { values, positionals } = parse();
	const [name] = positionals;
	const { help, json, stop } = values;
	if (!help && (name === undefined || positionals.length > 1))
		throw new UsageError(`${positionals.length} campaigns are named; name one, or all`);
	const isOne = values.case !== undefined || values.unit !== undefined;
	if (name === "all" && isOne)
		throw new UsageError("--case and --unit need the name of one campaign");
	if (!help && name !== "all" && !Object.hasOwn(campaigns, name ?? "")) {
		const known = Object.keys(campaigns).join(", ");
		throw new UsageError(`no campaign "${name}"; there are ${known}, and all`);
	}
	return {
		names: name === "all" ? Object.keys(campaigns) : [name ?? ""],
		setting: {
			lane: oneOf("lane", lanes, values.lane),
			seed: wholeNumber("seed", values.seed),
			size: oneOf("size", sizes, values.size),
		},
		jobs: Math.max(1, wholeNumber("jobs", values.jobs)),
		json,
		stop,
		help,
		at: values.case,
		unit: values.unit === undefined ? undefined : wholeNumber("unit", values.unit),
	};
}

function oneOf<T extends string>(option: string, known: readonly T[], text: string): T {
	const found = known.find((each) => each === text);
	if (found !== undefined) return found;
	throw new UsageError(`--${option} ${text} is not one of ${known.join(", ")}`);
}

function wholeNumber(name: string, text: string): number {
	const value = Number(text);
	if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
	throw new UsageError(`--${name} ${text} is not a whole number`);
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

/** The command that runs a failing case again. */
function commandFor(name: string, { lane, seed, size }: Setting, at: string): string {
	const options = `--lane ${lane} --seed ${seed}${size === "day" ? "" : ` --size ${size}`}`;
	const replay = at.startsWith("unit=") ? `--unit ${at.slice(5)}` : `--case '${at}'`;
	return `npm run campaign -- ${name} ${options} ${replay}`;
}

function tellFailures(outcome: Outcome, missing: readonly string[], setting: Setting): void {
	const { name, failures, failureCount } = outcome;
	for (const mark of missing) console.log(`     never happened: ${mark}`);
	for (const { at, problem } of failures)
		console.log(`     ${problem}\n     ${commandFor(name, setting, at)}`);
	if (failureCount > failures.length)
		console.log(`     and ${failureCount - failures.length} more`);
}

function progressShown() {
	let shownMs = 0;
	return ({ name, done, units, cases, failures, seconds }: Progress) => {
		const now = performance.now();
		if (!process.stderr.isTTY || (now - shownMs < 200 && done < units)) return;
		shownMs = now;
		const text = `${name}: ${done}/${units} units, ${cases} cases, ${failures} failures, ${seconds.toFixed(0)} s`;
		process.stderr.write(done < units ? `\r${text}\x1b[K` : "\r\x1b[K");
	};
}

async function replay(name: string, setting: Setting, at: string): Promise<boolean> {
	const run = await (await loadCampaign(name)).open(setting);
	let problem: string | undefined;
	try {
		problem = await run.replay(at);
	} catch (error) {
		throw error instanceof CaseError ? new UsageError(error.message) : error;
	} finally {
		await run.close?.();
	}
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
	const { names, setting, jobs, json, stop, help, at, unit } = readArguments();
	const [name = ""] = names;
	if (help) {
		console.log(usage);
		return true;
	}
	if (at !== undefined) return replay(name, setting, at);
	if (unit !== undefined) return runUnit(name, setting, unit);
	const pool = new Pool(jobs, UNIT_MS_MAX[setting.lane]);
	let isGreen = true;
	const options = { onProgress: progressShown(), stopAtFailure: stop };
	for await (const outcome of pool.run(names, setting, options)) {
		const each = outcome.name;
		const campaign = await loadCampaign(each);
		const missing = outcome.failureCount > 0 && stop ? [] : unseen(campaign, outcome);
		isGreen &&= outcome.failureCount === 0 && missing.length === 0;
		if (json) {
			const failures = outcome.failures.map((failure) => ({
				...failure,
				command: commandFor(each, setting, failure.at),
			}));
			console.log(JSON.stringify({ ...setting, ...outcome, failures, neverHappened: missing }));
			continue;
		}
		console.log(lineOf(outcome, missing));
		tellFailures(outcome, missing, setting);
	}
	await pool.close();
	return isGreen;
}

try {
	process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
	if (!(error instanceof UsageError)) throw error;
	console.error(`campaign: ${error.message}\n\n${usage}`);
	process.exitCode = EXIT_USAGE;
}
