import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { Command } from "commander";
import { formatAmount } from "../../../protocol/money.ts";
import type { StoreSource } from "../../api/store-source.ts";
import { formatNames, type Imported, importStatement } from "../../import/statement.ts";
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
import type { Shell } from "../shell.ts";

interface ImportOptions extends DataOptions {
	readonly format?: string;
	readonly dryRun?: true;
}

const ROWS_PER_TELL = 10_000;

export function statementCommand(shell: Shell): Command {
	const { text } = shell;
	const command = new Command("import")
		.description(text.commands.import)
		.argument("<file>", text.arguments.statement)
		.option("--format <format>", `${text.flags.format} (${formatNames.join(", ")})`)
		.option("--dry-run", text.flags.dryRun)
		.addHelpText("after", `\n${text.example}\n  closeout statement import clearing.csv --dry-run`)
		.action((file: string, options: ImportOptions) => run(shell, file, options));
	return new Command("statement")
		.description(text.commands.statement)
		.addCommand(withData(command, shell));
}

/**
 * A host may begin with a statement: where there is no database yet, the file is read once before one is made,
 * so that a wrong file leaves nothing behind.
 */
async function run(shell: Shell, file: string, options: ImportOptions): Promise<void> {
	await mustBeFile(file);
	const bar = shell.progress(0);
	const reading = (dryRun: boolean) => async (store: Store, source: StoreSource) =>
		importStatement(store, {
			tenant: await source.tenant(),
			source: { name: basename(file), bytes: createReadStream(file) },
			...(options.format === undefined ? {} : { format: options.format }),
			dryRun,
			onRows: (count) => {
				if (count % ROWS_PER_TELL === 0) bar.tell(count, fill(shell.text.reading, { count }));
			},
		});
	const isDry = options.dryRun === true;
	try {
		const isNew = !(await hasData(options));
		let imported = isNew ? await overScratch(reading(true)) : undefined;
		if (isNew && !isDry) await makeData(options);
		if (!isNew || !isDry) imported = await overData(options, reading(isDry));
		if (imported !== undefined) show(shell, imported, options.json === true);
	} finally {
		bar.end("");
	}
}

function show(shell: Shell, { id, leg, reason, summary, stored }: Imported, json: boolean): void {
	const { file, format, rows, findings } = summary;
	if (json) {
		shell.json({ id, leg, reason, ...summary, stored });
		return;
	}
	const sums = Object.entries(summary.sums)
		.map(([currency, minor]) => `${formatAmount(minor, currency)} ${currency}`)
		.join(" ");
	const said = stored ? shell.text.imported : shell.text.checked;
	shell.line(fill(said, { file, format, rows, reason, sums: sums || "0" }));
	for (const { message } of findings) {
		shell.note(fill(shell.text.finding, { message }));
	}
}
