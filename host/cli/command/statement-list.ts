import { writeFile } from "node:fs/promises";
import { Command } from "commander";
import { CloseoutError } from "../../../protocol/error.ts";
import { formatDate } from "../../../protocol/time.ts";
import type { StatementView } from "../../api/view.ts";
import { fill } from "../../report/text.ts";
import { type DataOptions, overData, withData } from "../data.ts";
import type { Shell } from "../shell.ts";

interface BadRowsOptions extends DataOptions {
	readonly out?: string;
}

/** Characters of an identifier that are shown; as many are enough to name it. */
const ID_LENGTH = 8;

export function listCommand(shell: Shell): Command {
	const { text } = shell;
	const command = new Command("list")
		.description(text.statement.list)
		.addHelpText("after", `\n${text.example}\n  closeout statement list`)
		.action((options: DataOptions) => list(shell, options));
	return withData(command, shell);
}

export function badRowsCommand(shell: Shell): Command {
	const { text } = shell;
	const command = new Command("bad-rows")
		.description(text.statement.badRows)
		.argument("[statement]", text.statement.statement)
		.option("--out <file>", text.statement.out)
		.addHelpText("after", `\n${text.example}\n  closeout statement bad-rows --out bad.csv`)
		.action((statement: string | undefined, options: BadRowsOptions) =>
			badRows(shell, statement, options),
		);
	return withData(command, shell);
}

async function list(shell: Shell, options: DataOptions): Promise<void> {
	const statements = await overData(options, (_store, source) => source.statements());
	if (options.json) {
		for (const statement of statements) shell.json(statement);
		return;
	}
	const words = shell.text.statement;
	if (statements.length === 0) shell.note(words.none);
	else shell.table(words.columns, statements.map(cellsOf));
}

function cellsOf(statement: StatementView): string[] {
	const { id, name, format, leg, rows, merged, badRows, first, last, sums } = statement;
	return [
		id.slice(0, ID_LENGTH),
		name,
		format,
		leg,
		String(rows),
		String(merged),
		String(badRows),
		first === null ? "" : formatDate(first),
		last === null ? "" : formatDate(last),
		sums.map(({ text, currency }) => `${text} ${currency}`).join(" "),
	];
}

async function badRows(
	shell: Shell,
	statement: string | undefined,
	options: BadRowsOptions,
): Promise<void> {
	const words = shell.text.statement;
	await overData(options, async (_store, source) => {
		const id = statement === undefined ? undefined : whole(await source.statements(), statement);
		const rows = await source.badRows(id);
		if (options.out !== undefined) {
			const { csv, count } = await source.corrections(id);
			await writeFile(options.out, csv);
			if (options.json) shell.json({ file: options.out, lines: count });
			else shell.line(fill(words.written, { count, file: options.out }));
			return;
		}
		if (options.json) {
			for (const row of rows) shell.json(row);
			return;
		}
		if (rows.length === 0) return shell.note(words.noBadRows);
		shell.table(
			words.badRowColumns,
			rows.map((row) => [
				row.statement.slice(0, ID_LENGTH),
				String(row.number),
				`${row.file}:${row.line}`,
				row.field ?? "",
				words.state[row.correctedBy === null ? "open" : "corrected"],
				row.message.replace(`${row.file}:${row.line}: `, ""),
			]),
		);
	});
}

/** The identifier that begins so. Throws `NOT_FOUND` for none, `USAGE` for several. */
function whole(statements: readonly StatementView[], beginning: string): string {
	const [found, ...more] = statements.filter(({ id }) => id.startsWith(beginning));
	if (found === undefined) {
		const message = `there is no statement "${beginning}"; see closeout statement list`;
		throw new CloseoutError("NOT_FOUND", message);
	}
	if (more.length === 0) return found.id;
	throw new CloseoutError(
		"USAGE",
		`several statements begin with "${beginning}"; write more of it`,
	);
}
