import { open } from "node:fs/promises";
import { Command } from "commander";
import { CloseoutError } from "../../../protocol/error.ts";
import type { JournalCopy } from "../../import/copy.ts";
import {
	CardGuard,
	type ExportFormat,
	exportCsv,
	exportFormats,
	exportJsonLines,
	exportReport,
} from "../../report/journal-export.ts";
import { fill } from "../../report/text.ts";
import { type DataOptions, overData, withData } from "../data.ts";
import { hostCopy, type LifeOptions, overCopy } from "../journal-input.ts";
import type { Shell } from "../shell.ts";

interface ExportOptions extends DataOptions, LifeOptions {
	readonly format?: string;
	readonly out?: string;
}

export function exportCommand(shell: Shell): Command {
	const { text } = shell;
	const { flags, arguments: given, commands } = text.journal;
	const command = new Command("export")
		.description(commands.export)
		.argument("[copy]", given.copy)
		.option("--format <format>", flags.format, "jsonl")
		.option("--out <file>", flags.outFile)
		.option("--terminal <terminal>", flags.terminal)
		.option("--epoch <epoch>", flags.epoch)
		.addHelpText(
			"after",
			`\n${text.example}\n  closeout journal export till-0001.pieces --format report --out till-0001.html`,
		)
		.action((file: string | undefined, options: ExportOptions) => runExport(shell, file, options));
	return withData(command, shell);
}

async function runExport(
	shell: Shell,
	file: string | undefined,
	options: ExportOptions,
): Promise<void> {
	const format = formatOf(options.json ? "jsonl" : (options.format ?? "jsonl"));
	const write = (copy: JournalCopy) => writeCopy(shell, copy, format, options.out);
	if (file !== undefined) return overCopy(shell, file, options, write);
	return overData(options, async (store) => write(await hostCopy(store, options)));
}

function formatOf(format: string): ExportFormat {
	const known = exportFormats.find((one) => one === format);
	if (known !== undefined) return known;
	throw new CloseoutError(
		"USAGE",
		`--format is one of ${exportFormats.join(", ")}, not "${format}"`,
	);
}

async function writeCopy(
	shell: Shell,
	copy: JournalCopy,
	format: ExportFormat,
	out: string | undefined,
): Promise<void> {
	const guard = new CardGuard();
	const { language, text } = shell;
	const target = out === undefined ? undefined : await create(out);
	const put = async (part: string) => {
		if (target === undefined) process.stdout.write(part);
		else await target.appendFile(part);
	};
	try {
		if (format === "report") {
			const isPage = out?.endsWith(".html") ?? false;
			await put(await exportReport(copy, guard, text.journal.exported, { isPage, language }));
		} else {
			const parts = format === "csv" ? exportCsv(copy, guard) : exportJsonLines(copy, guard);
			for await (const part of parts) await put(part);
		}
	} finally {
		await target?.close();
	}
	if (guard.withheld > 0)
		shell.note(fill(text.journal.exported.withheld, { count: guard.withheld }));
}

/** A new file; an existing one is not written over. */
export async function create(path: string) {
	return open(path, "wx").catch((cause: unknown) => {
		const isThere = cause instanceof Error && "code" in cause && cause.code === "EEXIST";
		const what = isThere ? "is there already; name another file" : "cannot be written";
		throw new CloseoutError("REFUSED", `${path} ${what}`, { cause });
	});
}
