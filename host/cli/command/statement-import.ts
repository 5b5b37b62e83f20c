import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { Command, Option } from "commander";
import { CloseoutError } from "../../../protocol/error.ts";
import { formatAmount } from "../../../protocol/money.ts";
import type { StoreSource } from "../../api/store-source.ts";
import {
	type Imported,
	type ImportOptions as Importing,
	type ImportResult,
	importStatements,
} from "../../import/statement.ts";
import type { Overlap } from "../../import/twins.ts";
import { fill } from "../../report/text.ts";
import type { Store } from "../../store/store.ts";
import {
	type DataOptions,
	hasData,
	makeData,
	mustBeFile,
	overData,
	overScratch,
	withData,
} from "../data.ts";
import { readMapping } from "../mapping-file.ts";
import type { Progress, Shell } from "../shell.ts";

interface ImportOptions extends DataOptions {
	readonly format?: string;
	readonly mapping?: string;
	readonly dryRun?: true;
	readonly skipBadRows?: true;
	readonly acceptTotals?: true;
	readonly overlap?: Overlap;
}

const ROWS_PER_TELL = 10_000;
/** Of a command that Ctrl-C has ended, as shells say it. */
const EXIT_INTERRUPTED = 130;

export function importCommand(shell: Shell): Command {
	const { text } = shell;
	const words = text.statement;
	const overlap = new Option("--overlap <how>", words.overlap).choices(["merge", "add"]);
	const command = new Command("import")
		.description(words.import)
		.argument("<file>", text.arguments.statement)
		.option("--format <format>", text.flags.format)
		.option("--mapping <file>", words.mapping)
		.option("--dry-run", text.flags.dryRun)
		.option("--skip-bad-rows", words.skipBadRows)
		.option("--accept-totals", words.acceptTotals)
		.addOption(overlap)
		.addHelpText("after", `\n${text.example}\n  closeout statement import clearing.csv --dry-run`)
		.action((file: string, options: ImportOptions) => run(shell, file, options));
	return withData(command, shell);
}

/**
 * A host may begin with a statement: where there is no database yet, the file is read once before one is made,
 * so that a wrong file leaves nothing behind.
 */
async function run(shell: Shell, file: string, options: ImportOptions): Promise<void> {
	await mustBeFile(file);
	if (options.mapping !== undefined && options.format !== undefined) {
		throw new CloseoutError("USAGE", "--mapping says the format; leave --format out");
	}
	const mapping =
		options.mapping === undefined ? {} : { mapping: await readMapping(options.mapping) };
	const { size } = await stat(file);
	const stop = new AbortController();
	const interrupt = () => stop.abort(new Interrupted());
	for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, interrupt);
	const bar = shell.progress(size);
	const reading = (dryRun: boolean) => async (store: Store, source: StoreSource) =>
		importStatements(store, {
			...wishes(options),
			...mapping,
			tenant: await source.tenant(),
			source: { name: basename(file), bytes: createReadStream(file) },
			dryRun,
			signal: stop.signal,
			onProgress: (rows, bytes) => tell(shell, bar, size, rows, bytes),
		});
	const isDry = options.dryRun === true;
	try {
		const isNew = !(await hasData(options));
		let result = isNew ? await overScratch(reading(true)) : undefined;
		if (result?.blocked !== undefined && !isDry) throw result.blocked;
		if (isNew && !isDry) await makeData(options);
		if (!isNew || !isDry) result = await overData(options, reading(isDry));
		bar.end("");
		if (result !== undefined) show(shell, result, options.json === true);
	} catch (error) {
		bar.end("");
		if (!(error instanceof Interrupted)) throw error;
		shell.note(shell.text.statement.stopped);
		shell.endWith(EXIT_INTERRUPTED);
	} finally {
		for (const signal of ["SIGINT", "SIGTERM"] as const) process.removeListener(signal, interrupt);
	}
}

/** Reason of an import that a person has ended. */
class Interrupted extends CloseoutError {
	constructor() {
		super("REFUSED", "the import was ended");
	}
}

function wishes({
	format,
	skipBadRows,
	acceptTotals,
	overlap,
}: ImportOptions): Pick<Importing, "format" | "onBadRow" | "acceptTotals" | "overlap"> {
	return {
		...(format === undefined ? {} : { format }),
		...(skipBadRows ? { onBadRow: "collect" } : {}),
		...(acceptTotals ? { acceptTotals } : {}),
		...(overlap === undefined ? {} : { overlap }),
	};
}

function tell(shell: Shell, bar: Progress, size: number, rows: number, bytes: number): void {
	if (rows % ROWS_PER_TELL !== 0) return;
	const percent = size === 0 ? 100 : Math.floor((100 * bytes) / size);
	bar.tell(bytes, fill(shell.text.statement.reading, { percent, count: rows }));
}

function show(shell: Shell, { statements, leftOut, blocked }: ImportResult, json: boolean): void {
	for (const imported of statements) {
		if (json) showJson(shell, imported);
		else showText(shell, imported, blocked === undefined);
	}
	for (const { file, why } of leftOut) {
		shell.note(fill(shell.text.statement.leftOut, { file, why }));
	}
	if (blocked !== undefined) shell.fail(blocked);
}

function showJson(
	shell: Shell,
	{ id, leg, reason, summary, merged, replaced, stored }: Imported,
): void {
	shell.json({ id, leg, reason, ...summary, merged, replaced, stored });
}

function showText(shell: Shell, imported: Imported, isRight: boolean): void {
	const { id, reason, summary, merged, replaced, stored } = imported;
	const words = shell.text.statement;
	const { file, format, rows, findings, badRows } = summary;
	const sums = Object.entries(summary.sums)
		.map(([currency, minor]) => `${formatAmount(minor, currency)} ${currency}`)
		.join(" ");
	const tried = isRight ? words.checked : words.readable;
	const said = stored ? words.imported : tried;
	shell.line(fill(said, { file, format, rows, reason, sums: sums || "0" }));
	if (merged > 0) shell.line(fill(words.merged, { file, count: merged }));
	if (replaced > 0) shell.line(fill(words.replaced, { file, count: replaced }));
	for (const { message } of findings) shell.note(fill(words.finding, { message }));
	for (const { message } of badRows) shell.note(fill(words.badRow, { message }));
	if (badRows.length > 0 && stored)
		shell.note(fill(words.keptAside, { count: badRows.length, id }));
}
