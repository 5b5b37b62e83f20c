import { globSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { MutantResult, PartialStrykerOptions } from "@stryker-mutator/api/core";
import { Stryker } from "@stryker-mutator/core";
import { type FileScore, judge, type Survivor, scorePercent, type Verdict } from "./judge.ts";
import { type Room, rooms, scorePercentMin } from "./rooms.ts";
import explanations from "./survivors.json" with { type: "json" };

const usage = `npm run mutation -- [ROOM|FILE ...] [--json] [--force] [--all]

rooms: ${rooms.map(({ name }) => name).join(", ")}; without a name all of them
--json   one line of JSON for each room instead of the table
--force  run every mutant again, also where neither its file nor its tests changed
--all    list the explained survivors too`;

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		json: { type: "boolean", default: false },
		force: { type: "boolean", default: false },
		all: { type: "boolean", default: false },
		help: { type: "boolean", default: false },
	},
});

function filesOf(room: Room): string[] {
	return room.files.flatMap((pattern) => globSync(pattern)).sort();
}

/** Each named room with the files of it that are wanted; a name is a room's or a file's. */
function chosenRooms(): { room: Room; files: readonly string[] }[] {
	const names = new Set(positionals);
	const chosen = rooms.flatMap((room) => {
		const files = filesOf(room);
		if (positionals.length === 0 || names.delete(room.name)) return [{ room, files }];
		const wanted = files.filter((file) => names.delete(file));
		return wanted.length === 0 ? [] : [{ room, files: wanted }];
	});
	if (names.size === 0) return chosen;
	console.error(`${[...names].join(", ")}: neither a room nor a file of one\n\n${usage}`);
	process.exit(64);
}

function optionsFor(room: Room, files: readonly string[]): PartialStrykerOptions {
	const progress = process.stderr.isTTY ? "progress" : "progress-append-only";
	return {
		configFile: fileURLToPath(new URL("./stryker.json", import.meta.url)),
		plugins: [new URL("./ava-in-process.ts", import.meta.url).href],
		mutate: [...files],
		tests: [...room.tests],
		force: values.force,
		incrementalFile: `.cache/mutation/${room.name}.json`,
		htmlReporter: { fileName: `.cache/mutation/${room.name}.html` },
		reporters: values.json ? ["html"] : ["html", progress],
	};
}

function lineOf(name: string, score: Pick<FileScore, "mutants" | "killed" | "survivors">): string {
	const { mutants, killed, survivors } = score;
	const open = survivors.filter(({ reason }) => reason === undefined).length;
	const counts = [mutants, killed, survivors.length - open, open].map((count) =>
		String(count).padStart(9),
	);
	return `${name.padEnd(44)}${counts.join("")}${scorePercent([score]).toFixed(1).padStart(9)}`;
}

function tellSurvivor({ file, lineNumber, original, replacement, ...rest }: Survivor): void {
	if (rest.reason !== undefined && !values.all) return;
	const why = rest.reason ?? (rest.isUncovered ? "no test runs it" : "no test notices it");
	console.log(`  ${file}:${lineNumber}: ${original} -> ${replacement}: ${why}`);
}

function tell(room: Room, { scores, stale }: Verdict): void {
	console.log(`${room.name.padEnd(44)}  mutants   killed  explained  open  percent`);
	for (const score of scores) console.log(lineOf(score.file, score));
	console.log(lineOf("in all", totalOf(scores)));
	for (const { survivors } of scores) survivors.forEach(tellSurvivor);
	for (const { file, original, replacement } of stale) {
		console.log(`  ${file}: ${original} -> ${replacement}: explained, but no survivor any more`);
	}
}

function totalOf(scores: readonly FileScore[]): Omit<FileScore, "file"> {
	return {
		mutants: scores.reduce((sum, { mutants }) => sum + mutants, 0),
		killed: scores.reduce((sum, { killed }) => sum + killed, 0),
		survivors: scores.flatMap(({ survivors }) => survivors),
	};
}

/** Enough is killed, every survivor is explained, and every explanation is needed. */
function isGood({ scores, stale }: Verdict): boolean {
	const isExplained = scores.every(({ survivors }) =>
		survivors.every(({ reason }) => reason !== undefined),
	);
	return scorePercent(scores) >= scorePercentMin && isExplained && stale.length === 0;
}

async function main(): Promise<boolean> {
	if (values.help) {
		console.log(usage);
		return true;
	}
	// Read by test/_helper/effort.ts in the processes that run the tests.
	process.env.CLOSEOUT_THIN = "1";
	let isAllGood = true;
	for (const { room, files } of chosenRooms()) {
		const results: MutantResult[] = await new Stryker(optionsFor(room, files))
			.runMutationTest()
			.catch((error: unknown) => {
				// Stryker has said the rest: which tests failed before anything was changed.
				console.error(`room ${room.name}: ${error instanceof Error ? error.message : error}`);
				process.exit(70);
			});
		const verdict = judge(
			results.filter(({ fileName }) => files.some((file) => fileName.endsWith(`/${file}`))),
			explanations,
		);
		isAllGood &&= isGood(verdict);
		if (values.json) console.log(JSON.stringify({ room: room.name, ...verdict }));
		else tell(room, verdict);
	}
	return isAllGood;
}

process.exitCode = (await main()) ? 0 : 1;
