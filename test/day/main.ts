import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { CloseoutError, errorTable } from "../../protocol/error.ts";
import { missingForXs } from "../emulator/engine/build-worker.ts";
import { type DayOptions, type DayResult, runDay } from "./day.ts";
import { makeKeepDir } from "./keep.ts";
import { describeDay } from "./report.ts";

const SEED_MAX = Number.MAX_SAFE_INTEGER;
const EXIT_BROKEN = 1;

interface Given {
	readonly seed: number;
	readonly engine: "xs" | "node";
	readonly json?: true;
	readonly keep?: string;
	readonly unplanned?: "bank-doubles";
}

const command = new Command("npm run day --")
	.description(
		"Plays one day of a shop against the firmware on XS, a broker and a host, and judges what was promised.\n" +
			"Everything in the day follows from the seed. CLOSEOUT_BROKER=mqtt://host:port uses that broker\n" +
			"instead of the embedded one. Exit status: 0 when every promise held, 1 when one was broken.",
	)
	.requiredOption("--seed <number>", "which day: a whole number from 0", readSeed)
	.option("--json", "print one JSON object instead of a summary")
	.option("--keep <dir>", "leave image, paper, files and the host's database in this new folder")
	.addOption(
		new Option("--engine <name>", "engine of the terminal").choices(["xs", "node"]).default("xs"),
	)
	.addOption(
		new Option(
			"--unplanned <mishap>",
			"a mishap nobody planned, which must break a promise",
		).choices(["bank-doubles"]),
	)
	.allowExcessArguments(false)
	.exitOverride();

process.exitCode = await main();

async function main(): Promise<number> {
	try {
		const given = command.parse().opts<Given>();
		const result = await runDay(await optionsOf(given));
		process.stdout.write(given.json === true ? `${toJson(result)}\n` : describeDay(result));
		return result.promises.every(({ held }) => held) ? 0 : EXIT_BROKEN;
	} catch (error) {
		if (error instanceof CommanderError) {
			return error.exitCode === 0 ? 0 : errorTable.USAGE.exit;
		}
		if (!(error instanceof CloseoutError)) throw error;
		process.stderr.write(`${error.code}: ${error.message}\n`);
		return errorTable[error.code].exit;
	}
}

async function optionsOf({ seed, engine, keep, unplanned }: Given): Promise<DayOptions> {
	const missing = engine === "xs" ? missingForXs() : undefined;
	if (missing !== undefined) {
		throw new CloseoutError("ENGINE", `no XS here: ${missing}; install it or add --engine node`);
	}
	if (keep !== undefined) await makeKeepDir(keep);
	const brokerUrl = process.env.CLOSEOUT_BROKER;
	return {
		seed,
		engine,
		...(brokerUrl === undefined || brokerUrl === "" ? {} : { brokerUrl }),
		...(keep === undefined ? {} : { keepDir: keep }),
		...(unplanned === undefined ? {} : { unplanned }),
	};
}

/** What speaks against a promise is for people; the figures carry only whether it held. */
function toJson({ promises, ...figures }: DayResult): string {
	return JSON.stringify({
		...figures,
		promises: promises.map(({ name, held }) => ({ name, held })),
	});
}

function readSeed(text: string): number {
	const seed = Number(text);
	if (/^\d+$/.test(text) && seed <= SEED_MAX) return seed;
	throw new InvalidArgumentError(`a seed is a whole number from 0 to ${SEED_MAX}.`);
}
