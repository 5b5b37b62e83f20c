import { Command } from "commander";
import { CloseoutError } from "../../../protocol/error.ts";
import { PieceFile } from "../../import/piece-file.ts";
import { openCable } from "../../pull/cable.ts";
import { openHostPull } from "../../pull/host.ts";
import { type PullProgress, pull } from "../../pull/pull.ts";
import type { ByteSource } from "../../pull/source.ts";
import { fill } from "../../report/text.ts";
import { parseWhole } from "../data.ts";
import type { Shell } from "../shell.ts";

interface PullOptions {
	readonly fromTerminal?: string;
	readonly terminal?: string;
	readonly host: string;
	readonly token?: string;
	readonly from?: string;
	readonly to?: string;
	readonly out: string;
	readonly json?: true;
}

/** Records, as commands of a host may name them: twelve digits. */
const SEQUENCE_MAX = 999_999_999_999;
const PORT_DEFAULT = "8080";
/** Of a command that Ctrl-C has ended, as shells say it. */
const EXIT_INTERRUPTED = 130;

export function pullCommand(shell: Shell): Command {
	const { text, environment } = shell;
	const host = `http://127.0.0.1:${environment.CLOSEOUT_PORT || PORT_DEFAULT}`;
	return new Command("pull")
		.description(text.commands.pull)
		.option("--from-terminal <where>", text.flags.fromTerminal)
		.option("--terminal <terminal>", text.flags.pullTerminal)
		.option("--host <url>", text.flags.host, host)
		.option("--token <token>", text.flags.token)
		.option("--from <sequence>", text.flags.from)
		.option("--to <sequence>", text.flags.to)
		.requiredOption("--out <file>", text.flags.out)
		.addHelpText(
			"after",
			`\n${text.example}\n  closeout journal pull --from-terminal 192.168.1.20:7001 --out till-0001.pieces\n  closeout journal pull --from-terminal /dev/ttyUSB0 --out till-0001.pieces\n  closeout journal pull --terminal till-0001 --out till-0001.pieces`,
		)
		.action((options: PullOptions) => run(shell, options));
}

async function run(shell: Shell, options: PullOptions): Promise<void> {
	const from = sequenceOf("--from", options.from);
	const to = sequenceOf("--to", options.to);
	const { fromTerminal, terminal } = options;
	if ((fromTerminal === undefined) === (terminal === undefined))
		throw new CloseoutError("USAGE", "name either --from-terminal or --terminal");
	if (from !== undefined && to !== undefined && to < from)
		throw new CloseoutError("USAGE", `--to ${to} comes before --from ${from}`);
	const file = await PieceFile.open(options.out);
	try {
		const { head, next } = file;
		checkRange(options.out, file, from, terminal);
		if (head !== undefined && next !== undefined && to !== undefined && next > to) {
			return tell(shell, options, { ...head, to: next - 1, next, journalled: true });
		}
		const range = { from: next ?? from, to };
		const source = await openSource(shell, options, range);
		const done = await watched(shell, { source, file, ...range });
		if (done !== undefined) tell(shell, options, done);
	} finally {
		await file.close();
	}
}

function sequenceOf(name: string, text: string | undefined): number | undefined {
	return text === undefined ? undefined : parseWhole(name, text, 1, SEQUENCE_MAX);
}

/** The same command goes on with its file; another range or terminal needs another one. */
function checkRange(
	out: string,
	{ head }: PieceFile,
	from: number | undefined,
	terminal: string | undefined,
): void {
	if (head === undefined) return;
	if (from !== undefined && from !== head.from) {
		const message = `${out} begins with record ${head.from}, not ${from}; name another file`;
		throw new CloseoutError("REFUSED", message);
	}
	if (terminal !== undefined && terminal !== head.terminal) {
		const message = `${out} holds records of ${head.terminal}, not ${terminal}; name another file`;
		throw new CloseoutError("REFUSED", message);
	}
}

function openSource(
	{ environment }: Shell,
	{ fromTerminal, terminal = "", host, token }: PullOptions,
	range: { readonly from: number | undefined; readonly to: number | undefined },
): Promise<ByteSource> {
	if (fromTerminal !== undefined) return openCable(fromTerminal);
	const given = token ?? (environment.CLOSEOUT_TOKEN || undefined);
	return openHostPull({ host, token: given, terminal, ...range });
}

/** Pulls with a bar, until the end or Ctrl-C; either way the file can be continued. */
async function watched(
	shell: Shell,
	options: Pick<Parameters<typeof pull>[0], "source" | "file" | "from" | "to">,
): Promise<PullProgress | undefined> {
	const { source, file } = options;
	let isInterrupted = false;
	const interrupt = () => {
		isInterrupted = true;
		source.close();
	};
	process.once("SIGINT", interrupt);
	let bar: ReturnType<Shell["progress"]> | undefined;
	try {
		const done = await pull({
			...options,
			onProgress: ({ from, to, next }) => {
				bar ??= shell.progress(to - from + 1);
				bar.tell(next - from, fill(shell.text.pulling, { next: next - 1, to }));
			},
		});
		bar?.end(shell.text.pullDone);
		return done;
	} catch (error) {
		bar?.end(shell.text.pullStopped);
		if (!isInterrupted) throw error;
		shell.endWith(EXIT_INTERRUPTED);
		shell.note(fill(shell.text.interrupted, { next: file.next ?? 1 }));
		return undefined;
	} finally {
		process.removeListener("SIGINT", interrupt);
		source.close();
	}
}

function tell(shell: Shell, { out, json }: PullOptions, progress: PullProgress): void {
	const { terminal, epoch, from, next, journalled } = progress;
	const last = next - 1;
	if (json) {
		shell.json({ file: out, terminal, epoch, from, to: last, journalled });
		return;
	}
	if (!journalled) shell.note(shell.text.notJournalled);
	shell.line(fill(shell.text.pulled, { file: out, what: `${terminal}.${epoch}`, from, to: last }));
}
