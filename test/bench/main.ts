import { readdir } from "node:fs/promises";
import { Command, CommanderError } from "commander";
import { CloseoutError, errorTable } from "../../protocol/error.ts";
import type { Options, Row, Section } from "./section.ts";

const folder = new URL("./sections/", import.meta.url);

process.exitCode = await main();

async function main(): Promise<number> {
	try {
		const sections = await loadSections();
		const { names, json, options } = readArguments(sections);
		let broken = 0;
		for (const section of sections) {
			if (names.length > 0 && !names.includes(section.name)) continue;
			broken += await runSection(section, json, options);
		}
		return broken > 0 ? 1 : 0;
	} catch (error) {
		if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : errorTable.USAGE.exit;
		if (!(error instanceof CloseoutError)) throw error;
		process.stderr.write(`${error.code}: ${error.message}\n`);
		return errorTable[error.code].exit;
	}
}

async function loadSections(): Promise<readonly Section[]> {
	const names = (await readdir(folder)).filter((name) => name.endsWith(".ts")).sort();
	const sections: Section[] = [];
	for (const name of names) {
		const loaded: unknown = await import(new URL(name, folder).href);
		if (!hasSection(loaded)) throw new CloseoutError("USAGE", `${name} exports no section`);
		sections.push(loaded.section);
	}
	return sections;
}

function hasSection(loaded: unknown): loaded is { section: Section } {
	return typeof loaded === "object" && loaded !== null && "section" in loaded;
}

function readArguments(sections: readonly Section[]) {
	const list = sections.map(({ name, about }) => `  ${name.padEnd(8)} ${about}`).join("\n");
	const command = new Command("npm run bench --")
		.description(
			`Measures, each figure beside a peer produced in the same run.\n\nSections:\n${list}`,
		)
		.argument("[sections...]", "only these sections")
		.option("--json", "one JSON object a line instead of text")
		.option("--rows <count>", "rows a side, where a section has a size", wholeNumber)
		.option("--seed <number>", "seed of what is made up", wholeNumber)
		.option("--shuffled", "match: rows in no order only")
		.option("--no-shuffled", "match: not the rows in no order")
		.option("--memory <megabytes>", "match: rows kept in memory, the rest in a file", wholeNumber)
		.option("--alone", "match: ours without the peers")
		.option(
			"--megabytes <number>",
			"size of the largest file, for sections that read files",
			wholeNumber,
		)
		.exitOverride()
		.parse();
	const unknown = command.args.find((name) => !sections.some((section) => section.name === name));
	if (unknown !== undefined) {
		const known = sections.map(({ name }) => name).join(", ");
		throw new CloseoutError("USAGE", `section "${unknown}" is not known; known are ${known}`);
	}
	const { json, ...options } = command.opts<Options & { readonly json?: true }>();
	return { names: command.args, json: json === true, options };
}

function wholeNumber(text: string): number {
	const value = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : Number.NaN;
	if (Number.isNaN(value))
		throw new CloseoutError("USAGE", `"${text}" is not a whole number from 1`);
	return value;
}

/** Returns how many bars were broken. */
async function runSection(section: Section, json: boolean, options: Options): Promise<number> {
	if (!json) process.stdout.write(`\n${section.name}: ${section.about}\n`);
	const say = (remark: string) => process.stderr.write(`  … ${remark}\n`);
	let broken = 0;
	for await (const row of section.run(say, options)) {
		process.stdout.write(json ? `${toJson(section, row)}\n` : describe(row));
		if (isBroken(row)) broken++;
	}
	return broken;
}

function toJson({ name }: Section, row: Row): string {
	return JSON.stringify({ section: name, ...row, ratio: ratioOf(row) });
}

function describe(row: Row): string {
	const { what, unit, ours, peer, peerName, note, bar } = row;
	const ratio = ratioOf(row);
	const judged =
		bar === undefined
			? ""
			: `, to be at most ${Number(bar.toPrecision(3))}: ${isBroken(row) ? "BROKEN" : "held"}`;
	const text = `  ${what}: ${shown(ours)} ${unit}; ${peerName}: ${shown(peer)}; ratio ${ratio ?? "-"}${judged}\n`;
	return note === undefined ? text : `${text}      ${note}\n`;
}

function isBroken({ ours, peer, bar }: Row): boolean {
	return bar !== undefined && ours > peer * bar;
}

/** Ours to the peer's, with three significant digits; null when there is nothing to divide by. */
function ratioOf({ ours, peer }: Row): number | null {
	return peer === 0 ? null : Number((ours / peer).toPrecision(3));
}

/** At most one decimal, and none where the figure is large. */
function shown(value: number): string {
	return Math.abs(value) < 1_000 ? String(Math.round(value * 10) / 10) : String(Math.round(value));
}
