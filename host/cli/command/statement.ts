import { Command } from "commander";
import type { Shell } from "../shell.ts";
import { importCommand } from "./statement-import.ts";
import { badRowsCommand, listCommand } from "./statement-list.ts";
import { formatsCommand, previewCommand } from "./statement-preview.ts";

export function statementCommand(shell: Shell): Command {
	return new Command("statement")
		.description(shell.text.commands.statement)
		.addCommand(importCommand(shell))
		.addCommand(listCommand(shell))
		.addCommand(badRowsCommand(shell))
		.addCommand(previewCommand(shell))
		.addCommand(formatsCommand(shell));
}
