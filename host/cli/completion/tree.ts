import type { Command } from "commander";

/** A command as completion sees it. */
export interface CompletionNode {
	/** Words after `closeout`. */
	readonly path: readonly string[];
	readonly commands: readonly { readonly name: string; readonly description: string }[];
	readonly options: readonly CompletionOption[];
	/** Words that an argument may be; empty where it is anything, such as a file. */
	readonly choices: readonly string[];
}

export interface CompletionOption {
	/** `--format` */
	readonly long: string;
	/** `-h` */
	readonly short: string | undefined;
	/** One line. */
	readonly description: string;
	/** True when a value follows. */
	readonly hasValue: boolean;
	/** Values that it may have; empty where it is anything, such as a file. */
	readonly choices: readonly string[];
}

/** The commands of a program, outer ones first; `--help` is everybody's. */
export function completionTree(program: Command, help: string): CompletionNode[] {
	return nodesOf(program, [], help);
}

function nodesOf(command: Command, path: readonly string[], help: string): CompletionNode[] {
	const own: CompletionOption[] = command.options
		.filter(({ long, hidden }) => Boolean(long) && !hidden)
		.map(({ long, short, description, required, optional, argChoices }) => ({
			long: long ?? "",
			short,
			description: oneLine(description),
			hasValue: required || optional,
			choices: argChoices ?? [],
		}));
	const helpOption = {
		long: "--help",
		short: "-h",
		description: help,
		hasValue: false,
		choices: [],
	};
	const node = {
		path,
		commands: command.commands.map((inner) => ({
			name: inner.name(),
			description: oneLine(inner.description()),
		})),
		options: [...own, helpOption],
		choices: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
	};
	const inner = command.commands.flatMap((one) => nodesOf(one, [...path, one.name()], help));
	return [node, ...inner];
}

function oneLine(text: string): string {
	return text.replaceAll(/\s+/g, " ").trim();
}
