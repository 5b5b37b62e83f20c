import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { CloseoutError } from "../../protocol/error.ts";
import { caseCommand } from "./command/case.ts";
import { completionCommand } from "./command/completion.ts";
import { dayCommand } from "./command/day.ts";
import { doctorCommand } from "./command/doctor.ts";
import { enrolCommand } from "./command/enrol.ts";
import { evidenceCommand } from "./command/evidence.ts";
import { headCommand } from "./command/head.ts";
import { journalCommand } from "./command/journal.ts";
import { listCommand } from "./command/list.ts";
import { matchCommand } from "./command/match.ts";
import { rebuildCommand } from "./command/rebuild.ts";
import { reconcileCommand } from "./command/reconcile.ts";
import { replayCommand } from "./command/replay.ts";
import { serveCommand } from "./command/serve.ts";
import { serviceCommand } from "./command/service.ts";
import { statementCommand } from "./command/statement.ts";
import { terminalsCommand } from "./command/terminals.ts";
import { watchCommand } from "./command/watch.ts";
import { chooseLanguage, Shell } from "./shell.ts";

/** The command `closeout`. What goes wrong is one line on standard error and an exit status of the error table. */

const argv = process.argv.slice(2);
const language = chooseLanguage(argv, process.env);
const shell = new Shell(language ?? "en", process.env);

function buildProgram(): Command {
	const { text } = shell;
	const program = new Command("closeout")
		.description(text.description)
		.version(version(), "-V, --version", text.options.version);
	for (const make of [
		serveCommand,
		dayCommand,
		terminalsCommand,
		enrolCommand,
		journalCommand,
		serviceCommand,
		headCommand,
		listCommand,
		statementCommand,
		reconcileCommand,
		matchCommand,
		caseCommand,
		evidenceCommand,
		watchCommand,
		replayCommand,
		rebuildCommand,
		doctorCommand,
		completionCommand,
	]) {
		program.addCommand(make(shell));
	}
	finish(program);
	return program;
}

/** What all commands share: help in the reader's language, and errors that are thrown instead of printed. */
function finish(command: Command): void {
	const { text } = shell;
	const titles: Readonly<Record<string, string>> = text.helpTitles;
	command
		.exitOverride()
		.helpCommand(false)
		.helpOption("-h, --help", text.options.help)
		.showSuggestionAfterError(false)
		.configureOutput({ writeErr: () => undefined })
		.configureHelp({ styleTitle: (title) => titles[title] ?? title });
	if (command.commands.length === 0) command.option("--json", text.options.json);
	command.option("--lang <language>", text.options.lang);
	for (const inner of command.commands) finish(inner);
}

function version(): string {
	const path = new URL("../../package.json", import.meta.url);
	const manifest: { readonly version?: string } = JSON.parse(readFileSync(path, "utf8"));
	return manifest.version ?? "";
}

/** Undefined for a call that only asked for help or the version. */
function asError(error: unknown): unknown {
	if (!(error instanceof CommanderError)) return error;
	if (error.exitCode === 0) return undefined;
	if (error.code === "commander.help") {
		return new CloseoutError("USAGE", "no command was given; see closeout --help");
	}
	const message = error.message.replace(/^error: /, "");
	return new CloseoutError("USAGE", `${message}; see closeout --help`, { cause: error });
}

// A reader that has seen enough closes the pipe; that is no failure of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
	if (error.code === "EPIPE") process.exit(0);
	throw error;
});

try {
	if (language === undefined) throw new CloseoutError("USAGE", "--lang is zh-CN or en");
	await buildProgram().parseAsync(argv, { from: "user" });
} catch (error) {
	const failure = asError(error);
	if (failure !== undefined) shell.fail(failure);
}
process.exitCode = shell.exitCode;
