import { Command } from "commander";
import { toHex } from "../../../protocol/bytes.ts";
import { CloseoutError } from "../../../protocol/error.ts";
import type { JournalRecord } from "../../../protocol/media.ts";
import { recordViewOf } from "../../api/record-view.ts";
import { type Comparison, compareCopies } from "../../import/compare.ts";
import type { JournalCopy } from "../../import/copy.ts";
import { fill } from "../../report/text.ts";
import { type DataOptions, overData, withData } from "../data.ts";
import { hostCopy, type LifeOptions, overCopy } from "../journal-input.ts";
import type { Shell } from "../shell.ts";
import { feedFiles } from "./journal-import.ts";

interface DiffOptions extends DataOptions, LifeOptions {
	readonly feed?: true;
}

const EXIT_DIFFERENT = 1;
const HOST = "host:";

export function diffCommand(shell: Shell): Command {
	const { text } = shell;
	const { flags, arguments: given, commands } = text.journal;
	const command = new Command("diff")
		.description(commands.diff)
		.argument("<first>", given.side)
		.argument("[second]", given.side)
		.option("--feed", flags.feed)
		.option("--terminal <terminal>", flags.terminal)
		.option("--epoch <epoch>", flags.epoch)
		.addHelpText(
			"after",
			`\n${text.example}\n  closeout journal diff till-0001.pieces host:till-0001 --feed`,
		)
		.action((first: string, second: string | undefined, options: DiffOptions) =>
			runDiff(shell, [first, second ?? hostOf(options)], options),
		);
	return withData(command, shell);
}

function hostOf({ terminal }: LifeOptions): string {
	if (terminal !== undefined) return HOST + terminal;
	throw new CloseoutError("USAGE", "name a second copy, host:TERMINAL, or --terminal");
}

async function runDiff(
	shell: Shell,
	[first, second]: readonly [string, string],
	options: DiffOptions,
): Promise<void> {
	const comparison = await overSide(shell, first, options, (one) =>
		overSide(shell, second, options, async (other) => {
			checkSame(shell, one, other);
			const compared = await compareCopies(one, other);
			tell(shell, one, other, compared, options.json === true);
			return compared;
		}),
	);
	if (comparison.ranges.some(({ type }) => type !== "common")) shell.endWith(EXIT_DIFFERENT);
	const files = [first, second].filter((side) => !side.startsWith(HOST));
	const isHostBehind = comparison.ranges.some(({ type }) =>
		first.startsWith(HOST) ? type === "onlySecond" : type === "onlyFirst",
	);
	if (options.feed) await feedFiles(shell, files, options);
	else if (isHostBehind && files.length === 1 && !options.json)
		shell.note(fill(shell.text.journal.imported.offer, { files: files.join(" ") }));
}

/** Two copies of different journals have nothing to compare. */
function checkSame(shell: Shell, one: JournalCopy, other: JournalCopy): void {
	if (one.terminal === other.terminal && one.epoch === other.epoch) return;
	const names = [one, other].map(({ terminal, epoch }) => `${terminal}.${epoch}`);
	const [first = "", second = ""] = names;
	throw new CloseoutError("USAGE", fill(shell.text.journal.diff.other, { first, second }));
}

function overSide<T>(
	shell: Shell,
	side: string,
	options: DiffOptions,
	run: (copy: JournalCopy) => Promise<T>,
): Promise<T> {
	if (!side.startsWith(HOST)) return overCopy(shell, side, options, run);
	const terminal = side.slice(HOST.length);
	return overData(options, async (store) => run(await hostCopy(store, { ...options, terminal })));
}

function tell(
	shell: Shell,
	one: JournalCopy,
	other: JournalCopy,
	{ ranges, fork, firstLast, secondLast }: Comparison,
	isJson: boolean,
): void {
	const { diff } = shell.text.journal;
	const { terminal, epoch } = one;
	const view = (record: JournalRecord) => recordViewOf(terminal, epoch, record);
	if (isJson) {
		const told = fork && { ...fork, first: view(fork.first), second: view(fork.second) };
		const lasts = { firstLast, secondLast };
		const isSame = ranges.every(({ type }) => type === "common");
		shell.json({ same: isSame, terminal, epoch, ...lasts, ranges, fork: told ?? null });
		return;
	}
	for (const { type, from, to } of ranges) {
		if (type === "common") shell.line(fill(diff.common, { from, to }));
		if (type === "onlyFirst") shell.line(shell.bad(fill(diff.only, { name: one.name, from, to })));
		if (type === "onlySecond")
			shell.line(shell.bad(fill(diff.only, { name: other.name, from, to })));
	}
	if (fork === undefined) return;
	shell.line(shell.bad(fill(diff.fork, { sequence: fork.sequence })));
	for (const [copy, record] of [
		[one, fork.first],
		[other, fork.second],
	] as const) {
		const { kind, body } = view(record);
		const chain = toHex(record.chain);
		shell.line(fill(diff.side, { name: copy.name, chain, kind, body: JSON.stringify(body) }));
	}
}
