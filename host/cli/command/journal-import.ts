import { Command } from "commander";
import { type Fed, feedCopy } from "../../import/feed.ts";
import { fill } from "../../report/text.ts";
import { type DataOptions, overData, withData } from "../data.ts";
import { type LifeOptions, overCopy } from "../journal-input.ts";
import type { Shell } from "../shell.ts";

type ImportOptions = DataOptions & LifeOptions;

const EXIT_FORK = 1;

export function importCommand(shell: Shell): Command {
	const { text } = shell;
	const { flags, arguments: given, commands } = text.journal;
	const command = new Command("import")
		.description(commands.import)
		.argument("<files...>", given.files)
		.option("--terminal <terminal>", flags.terminal)
		.option("--epoch <epoch>", flags.epoch)
		.addHelpText("after", `\n${text.example}\n  closeout journal import till-0001.pieces`)
		.action((files: readonly string[], options: ImportOptions) => feedFiles(shell, files, options));
	return withData(command, shell);
}

/** Takes the records of files into the host's data; ends with 1 when something contradicts what is held. */
export async function feedFiles(
	shell: Shell,
	files: readonly string[],
	options: ImportOptions,
): Promise<void> {
	await overData(options, async (store) => {
		for (const file of files) {
			await overCopy(shell, file, options, async (copy) => {
				const progress = shell.progress(0);
				const fed = await feedCopy(store, copy, (records) =>
					progress.tell(0, fill(shell.text.reading, { count: records })),
				);
				progress.end("");
				if (fed.forks.length > 0) shell.endWith(EXIT_FORK);
				const { terminal, epoch } = copy;
				if (options.json) shell.json({ file, terminal, epoch, ...fed });
				else tell(shell, { terminal, epoch }, fed);
			});
		}
	});
}

function tell(
	shell: Shell,
	name: { readonly terminal: string; readonly epoch: number },
	{ added, filled, known, watermark, aside, forks }: Fed,
): void {
	const { imported } = shell.text.journal;
	shell.line(fill(imported.stream, { ...name, added, filled, known, watermark }));
	if (aside.length > 0) {
		const count = aside.reduce((sum, { from, to }) => sum + to - from + 1, 0);
		const ranges = aside.map(({ from, to }) => `${from}-${to}`).join(", ");
		shell.line(fill(imported.aside, { count, ranges }));
	}
	for (const sequence of forks) shell.line(shell.bad(fill(imported.fork, { sequence })));
}
