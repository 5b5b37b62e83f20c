import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Command, Option } from "commander";
import { CloseoutError } from "../../../protocol/error.ts";
import { formatDate } from "../../../protocol/time.ts";
import { type BusinessDay, chooseDay } from "../../replay/business-day.ts";
import { type Dataset, readDataset } from "../../replay/dataset.ts";
import { Emulator, startEmulator } from "../../replay/emulator.ts";
import { type PlayedDay, playDay } from "../../replay/play.ts";
import { type CheckResult, checkDay, type Named } from "../../replay/replay.ts";
import { fill } from "../../report/text.ts";
import {
	type DataOptions,
	mustBeFile,
	mustHaveData,
	overData,
	parseDate,
	parseWhole,
	withData,
} from "../data.ts";
import type { Shell } from "../shell.ts";

interface ReplayOptions extends DataOptions {
	readonly date?: string;
	readonly limit: string;
	readonly seed: string;
	readonly plant: string;
	readonly emulator?: string;
	readonly engine: "xs" | "node";
}

const EXIT_WRONG = 1;
const LIMIT_MAX = 5_000;
const SEED_MAX = 0xffff_ffff;

export function replayCommand(shell: Shell): Command {
	const { text } = shell;
	const engine = new Option("--engine <engine>", text.flags.engine);
	const command = new Command("replay")
		.description(text.commands.replay)
		.argument("<file>", text.arguments.dataset)
		.option("--date <date>", text.flags.replayDate)
		.option("--limit <count>", text.flags.limit, "200")
		.option("--seed <number>", text.flags.seed, "1")
		.option("--plant <count>", text.flags.plant, "3")
		.option("--emulator <url>", text.flags.emulator)
		.addOption(engine.choices(["xs", "node"]).default("xs"))
		.addHelpText("after", `\n${text.example}\n  closeout replay sales.csv --limit 100 --seed 7`)
		.action((file: string, options: ReplayOptions) => run(shell, file, options));
	return withData(command, shell);
}

async function run(shell: Shell, file: string, options: ReplayOptions): Promise<void> {
	const limit = parseWhole("--limit", options.limit, 1, LIMIT_MAX);
	const seed = parseWhole("--seed", options.seed, 0, SEED_MAX);
	const plant = parseWhole("--plant", options.plant, 0, LIMIT_MAX);
	const date = options.date === undefined ? undefined : parseDate(options.date);
	await mustBeFile(file);
	const dataset = await readDataset({ name: basename(file), bytes: createReadStream(file) });
	const chosen = chooseDay(dataset, date, limit);
	// Every planted row is a sale of its own; found out before a whole day is lived for nothing.
	if (chosen.sales.length < 3 * plant) {
		const message = `${chosen.sales.length} sales are too few to plant 3 times ${plant}; ask for fewer`;
		throw new CloseoutError("USAGE", message);
	}
	if (options.emulator !== undefined) await mustHaveData(options);
	introduce(shell, dataset, chosen, options);
	await onEmulator(shell, options, async ({ url, folder, data }) => {
		const emulator = new Emulator(url);
		const terminal = await firstTerminal(emulator);
		const currency = await emulator.currency(terminal);
		const from = chosen.sales[0]?.currency ?? currency;
		if (from !== currency) shell.note(fill(shell.text.replay.currency, { from, to: currency }));
		const played = await play(shell, emulator, { terminal, currency, chosen });
		const checks = { terminal, currency, seed, plant, folder };
		const result = await overData(data, (store) => checkDay(store, played, checks));
		tell(shell, { dataset, chosen, terminal, played, result, json: options.json === true });
	});
}

function introduce(
	shell: Shell,
	{ format, reason }: Dataset,
	{ date, sales, total, cash }: BusinessDay,
	{ limit }: ReplayOptions,
): void {
	const { replay } = shell.text;
	shell.note(fill(replay.dataset, { format, reason, date: formatDate(date), sales: total + cash }));
	if (cash > 0) shell.note(fill(replay.cash, { count: cash }));
	if (sales.length < total) shell.note(fill(replay.taken, { count: sales.length, total, limit }));
}

interface Stage {
	readonly url: string;
	/** For files of this run. */
	readonly folder: string;
	/** Where the host keeps what the terminal sends. */
	readonly data: DataOptions;
}

/** On a running emulator, or on one of its own that is gone afterwards with everything it made. */
async function onEmulator(
	shell: Shell,
	options: ReplayOptions,
	run: (stage: Stage) => Promise<void>,
): Promise<void> {
	const folder = await mkdtemp(join(tmpdir(), "closeout-replay-"));
	try {
		if (options.emulator !== undefined) {
			return await run({ url: options.emulator, folder, data: options });
		}
		const bar = shell.progress(0);
		bar.tell(0, shell.text.replay.starting);
		const started = await startEmulator({ folder, engine: options.engine }).finally(() =>
			bar.end(shell.text.replay.starting),
		);
		try {
			await run({ url: started.url, folder, data: { data: folder } });
		} finally {
			await started.stop();
		}
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

async function firstTerminal(emulator: Emulator): Promise<string> {
	const { terminals } = await emulator.about();
	const [terminal] = terminals;
	if (terminal !== undefined) return terminal;
	throw new CloseoutError("NOT_FOUND", "the emulator has no terminal; add one on its page");
}

async function play(
	shell: Shell,
	emulator: Emulator,
	day: {
		readonly terminal: string;
		readonly currency: string;
		readonly chosen: BusinessDay;
	},
): Promise<PlayedDay> {
	const { replay } = shell.text;
	const { terminal, currency, chosen } = day;
	const total = chosen.sales.length;
	const bar = shell.progress(total);
	try {
		return await playDay({
			emulator,
			terminal,
			currency,
			sales: chosen.sales,
			onSale: (done) => bar.tell(done, fill(replay.playing, { done, total })),
			onClosing: () => bar.tell(total, replay.closing),
		});
	} finally {
		bar.end(fill(replay.playing, { done: total, total }));
	}
}

interface Told {
	readonly dataset: Dataset;
	readonly chosen: BusinessDay;
	readonly terminal: string;
	readonly played: PlayedDay;
	readonly result: CheckResult;
	readonly json: boolean;
}

function tell(shell: Shell, { dataset, chosen, terminal, played, result, json }: Told): void {
	const { text } = shell;
	const { approved, voided, refused, businessDate } = played;
	const { planted, differences, missing, extra, complete } = result;
	const isRight = missing.length === 0 && extra.length === 0;
	if (!isRight) shell.endWith(EXIT_WRONG);
	if (json) {
		const { format, reason } = dataset;
		const { date, sales, total, cash } = chosen;
		const about = { format, reason, date, total, cash, played: sales.length };
		const day = { terminal, businessDate, complete, approved, voided, refused };
		shell.json({ right: isRight, dataset: about, ...day, planted, differences, missing, extra });
		return;
	}
	const state = complete ? text.complete : text.notComplete;
	const date = formatDate(businessDate);
	shell.line(fill(text.replay.played, { approved, voided, refused, date, state }));
	const count = (action: string) => planted.filter((one) => one.action === action).length;
	const counts = {
		removed: count("removed"),
		doubled: count("doubled"),
		changed: count("changed"),
	};
	shell.line(fill(text.replay.planted, counts));
	shell.line(fill(text.replay.found, { count: differences.length }));
	for (const one of differences) shell.line(`  ${nameOf(one)}: ${one.why}`);
	for (const one of missing) shell.line(fill(text.replay.missing, { what: nameOf(one) }));
	for (const one of extra) shell.line(fill(text.replay.extra, { what: nameOf(one) }));
	shell.line(isRight ? shell.good(`✓ ${text.replay.right}`) : shell.bad(`✕ ${text.replay.wrong}`));
}

function nameOf({ leg, reason, reference }: Named): string {
	return `${leg} ${reason} ${reference}`;
}
