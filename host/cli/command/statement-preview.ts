import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { Command } from "commander";
import { formatAmount } from "../../../protocol/money.ts";
import { formatDate } from "../../../protocol/time.ts";
import { fill } from "../../report/text.ts";
import { type CsvPreview, type PreviewRecord, previewCsv } from "../../statement/csv-preview.ts";
import { knownFormats } from "../../statement/detect.ts";
import { unpackSource } from "../../statement/unpack.ts";
import { mustBeFile, parseWhole } from "../data.ts";
import { readMapping } from "../mapping-file.ts";
import type { Shell } from "../shell.ts";

interface PreviewOptions {
	readonly mapping?: string;
	readonly rows: string;
	readonly json?: true;
}

const ROWS_DEFAULT = "5";
const ROWS_MAX = 1_000;

export function previewCommand(shell: Shell): Command {
	const { text } = shell;
	return new Command("preview")
		.description(text.statement.preview)
		.argument("<file>", text.arguments.statement)
		.option("--mapping <file>", text.statement.mapping)
		.option("--rows <number>", text.statement.rows, ROWS_DEFAULT)
		.addHelpText(
			"after",
			`\n${text.example}\n  closeout statement preview payouts.csv --mapping payouts.json`,
		)
		.action((file: string, options: PreviewOptions) => preview(shell, file, options));
}

export function formatsCommand(shell: Shell): Command {
	const { text } = shell;
	return new Command("formats")
		.description(text.statement.formats)
		.addHelpText("after", `\n${text.example}\n  closeout statement formats`)
		.action(({ json }: { readonly json?: true }) => {
			if (json) for (const format of knownFormats) shell.json(format);
			else {
				const rows = knownFormats.map(({ format, leg, reason }) => [format, leg, reason]);
				shell.table(text.statement.formatColumns, rows);
			}
		});
}

async function preview(shell: Shell, file: string, options: PreviewOptions): Promise<void> {
	await mustBeFile(file);
	const limit = parseWhole("--rows", options.rows, 1, ROWS_MAX);
	const mapping = options.mapping === undefined ? undefined : await readMapping(options.mapping);
	const whole = { name: basename(file), bytes: createReadStream(file) };
	for await (const source of unpackSource(whole)) {
		const seen = await previewCsv(source, mapping, limit);
		if (options.json) shell.json({ file: source.name, ...seen });
		else show(shell, seen);
	}
}

function show(shell: Shell, { delimiter, header, missing, records }: CsvPreview): void {
	const words = shell.text.statement;
	const named = delimiter === "\t" ? "TAB" : `"${delimiter}"`;
	const where = header === undefined ? words.noHeader : words.header;
	shell.line(fill(where, { line: header?.line ?? 0, delimiter: named }));
	if (missing.length > 0) shell.line(shell.bad(fill(words.missing, { names: missing.join(", ") })));
	for (const record of records) {
		shell.line(`\n${fill(words.record, { line: record.line })}`);
		for (const [place, cell] of record.cells.entries()) {
			const name = header?.names[place] ?? String(place + 1);
			if (cell !== "") shell.line(`  ${name}: ${cell}`);
		}
		const told = rowText(record);
		if (told !== "") shell.line(`  → ${told}`);
	}
}

function rowText({ row, problem }: PreviewRecord): string {
	if (row === undefined) return problem ?? "";
	const { kind, amountMinor, currency, businessDate, reference, status, feeMinor } = row;
	const parts = [kind, `${formatAmount(amountMinor, currency)} ${currency}`];
	if (feeMinor !== undefined) parts.push(`fee ${formatAmount(feeMinor, currency)}`);
	if (businessDate !== undefined) parts.push(formatDate(businessDate));
	return [...parts, reference, status].join("  ");
}
