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
		.option("--megabytes <number>", "size of the largest file, for sections that read files")
		.exitOverride()
		.parse();
	const unknown = command.args.find((name) => !sections.some((section) => section.name === name));
	if (unknown !== undefined) {
		const known = sections.map(({ name }) => name).join(", ");
		throw new CloseoutError("USAGE", `section "${unknown}" is not known; known are ${known}`);
	}
	const { json = false, megabytes } = command.opts<{ json?: true; megabytes?: string }>();
	return { names: command.args, json, options: megabytes === undefined ? {} : sizeOf(megabytes) };
}

function sizeOf(text: string): Options {
	const megabytes = /^[1-9]\d{0,4}$/.test(text) ? Number(text) : 0;
	if (megabytes > 0) return { megabytes };
	throw new CloseoutError("USAGE", `--megabytes "${text}" is not a whole number from 1 to 99999`);
}

/** Returns how many bars were broken. */
async function runSection(section: Section, json: boolean, options: Options): Promise<number> {
	if (!json) process.stdout.write(`\n${section.name}: ${section.about}\n`);
	const say = (remark: string) => process.stderr.write(`  … ${remark}\n`);
	let broken = 0;
	for await (const row of section.run(say, options)) {
		process.stdout.write(json ? `${toJson(section, row)}\n` : describe(row));
		if (row.isBar && row.ours > row.peer) broken++;
	}
	return broken;
}

function toJson({ name }: Section, row: Row): string {
	return JSON.stringify({ section: name, ...row, ratio: ratioOf(row) });
}

function describe(row: Row): string {
	const { what, unit, ours, peer, peerName, note, isBar } = row;
	const ratio = ratioOf(row);
	const judged = isBar ? (ours > peer ? "; BROKEN" : "; held") : "";
	const text = `  ${what}: ${shown(ours)} ${unit}; ${peerName}: ${shown(peer)}; ratio ${ratio ?? "-"}${judged}\n`;
	return note === undefined ? text : `${text}      ${note}\n`;
}

/** Ours to the peer's, with three significant digits; null when there is nothing to divide by. */
function ratioOf({ ours, peer }: Row): number | null {
	return peer === 0 ? null : Number((ours / peer).toPrecision(3));
}

/** At most one decimal, and none where the figure is large. */
function shown(value: number): string {
	return Math.abs(value) < 1_000 ? String(Math.round(value * 10) / 10) : String(Math.round(value));
}
