import { Argument, Command } from "commander";
import { completionScript, type ShellName, shells } from "../completion/script.ts";
import { completionTree } from "../completion/tree.ts";
import type { Shell } from "../shell.ts";

export function completionCommand(shell: Shell): Command {
	const { text } = shell;
	const example = "source <(closeout completion bash)";
	return new Command("completion")
		.description(text.commands.completion)
		.addArgument(new Argument("<shell>", text.arguments.shell).choices(shells))
		.addHelpText("after", `\n${text.example}\n  closeout completion bash\n  ${example}`)
		.action((name: ShellName, options: { readonly json?: true }, command: Command) => {
			const script = completionScript(name, completionTree(rootOf(command), text.options.help));
			if (options.json) shell.json({ shell: name, script });
			else shell.line(script.trimEnd());
		});
}

function rootOf(command: Command): Command {
	return command.parent === null ? command : rootOf(command.parent);
}
