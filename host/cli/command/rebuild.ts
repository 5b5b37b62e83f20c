import { Command } from "commander";
import { fill } from "../../report/text.ts";
import { type DataOptions, overData, withData } from "../data.ts";
import type { Shell } from "../shell.ts";

interface RebuildOptions extends DataOptions {
	readonly terminal?: string;
}

export function rebuildCommand(shell: Shell): Command {
	const { text } = shell;
	const command = new Command("rebuild")
		.description(text.commands.rebuild)
		.option("--terminal <terminal>", text.flags.rebuildTerminal)
		.addHelpText("after", `\n${text.example}\n  closeout rebuild`)
		.action(async (options: RebuildOptions) => {
			const { terminal } = options;
			const count = await overData(options, async (store) => {
				const terminals =
					terminal === undefined
						? await store.listTerminals()
						: [await store.getTerminal(terminal)];
				await store.rebuildBook(terminal);
				return terminals.length;
			});
			if (options.json) shell.json({ rebuilt: count });
			else shell.line(fill(text.rebuilt, { count }));
		});
	return withData(command, shell);
}
