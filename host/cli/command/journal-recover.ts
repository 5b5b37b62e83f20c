import { stat } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { salvagedCopy } from "../../import/copy.ts";
import { PieceWriter } from "../../import/piece-write.ts";
import type { Life } from "../../import/salvage/life.ts";
import { type Salvaged, salvageLife } from "../../import/salvage/salvage.ts";
import { type SalvageSummary, SalvageTally } from "../../import/salvage/summary.ts";
import { salvagePage } from "../../report/salvage-page.ts";
import { fill } from "../../report/text.ts";
import { nowS } from "../data.ts";
import { chosenLives, type LifeOptions, overDumps } from "../journal-input.ts";
import type { Shell } from "../shell.ts";
import { create } from "./journal-export.ts";

interface RecoverOptions extends LifeOptions {
	readonly out?: string;
	readonly report?: string;
	readonly json?: true;
}

const EXIT_NOT_WHOLE = 1;
const CHAIN_DIGITS = 16;

export function recoverCommand(shell: Shell): Command {
	const { text } = shell;
	const { flags, arguments: given } = text.journal;
	return new Command("recover")
		.description(text.journal.commands.recover)
		.argument("<dumps...>", given.dumps)
		.option("--out <path>", flags.out)
		.option("--report <file>", flags.report)
		.option("--terminal <terminal>", flags.terminal)
		.option("--epoch <epoch>", flags.epoch)
		.addHelpText(
			"after",
			`\n${text.example}\n  closeout journal recover ring-1.bin ring-2.bin --out till-0001.pieces --report till-0001.html`,
		)
		.action((dumps: readonly string[], options: RecoverOptions) =>
			overDumps(shell, dumps, (found) => runRecover(shell, found, options)),
		);
}

async function runRecover(shell: Shell, found: Salvaged, options: RecoverOptions): Promise<void> {
	const lives = chosenLives(found, options);
	const { out } = options;
	const isFolder = out !== undefined && (await isDirectory(out));
	for (const life of isFolder ? lives : lives.slice(0, 1)) {
		const file = isFolder ? join(out, `${life.terminal}.${life.epoch}.pieces`) : out;
		const summary = await recoverLife(found, life, file);
		if (summary.gaps.length > 0) shell.endWith(EXIT_NOT_WHOLE);
		if (options.report !== undefined && life === lives[0]) {
			const page = salvagePage(summary, shell.text.journal, shell.language, nowS());
			const target = await create(options.report);
			await target.writeFile(page).finally(() => target.close());
		}
		const written = file !== undefined && summary.records > 0 ? file : null;
		if (options.json) shell.json({ whole: summary.gaps.length === 0, ...summary, out: written });
		else tell(shell, summary, written);
	}
}

async function isDirectory(path: string): Promise<boolean> {
	const found = await stat(path).catch(() => undefined);
	return found?.isDirectory() ?? path.endsWith("/");
}

/** Writes what is proven as it comes, so that memory does not grow with the dump. */
async function recoverLife(
	found: Salvaged,
	life: Life,
	file: string | undefined,
): Promise<SalvageSummary> {
	const tally = new SalvageTally();
	const copy = salvagedCopy("", found, life);
	const writer = file === undefined ? undefined : await PieceWriter.open(file);
	try {
		for (const item of salvageLife(found, life)) {
			tally.take(item);
			if (writer === undefined) continue;
			if (item.type === "record") await writer.take(copy, item);
			if (item.type === "gap" || item.type === "freed")
				await writer.take(copy, { type: "gap", from: item.from, to: item.to });
		}
	} catch (error) {
		await writer?.drop();
		throw error;
	}
	const summary = tally.summary(found, life);
	await (summary.records > 0 ? writer?.finish() : writer?.drop());
	return summary;
}

function tell(shell: Shell, summary: SalvageSummary, written: string | null): void {
	const { journal } = shell.text;
	const { copies, proofs, rejected, unfinished, lives, nameless, records } = summary;
	shell.line(fill(journal.found, { ...pick(summary), records }));
	shell.line(fill(journal.copies, copies));
	shell.line(fill(journal.proofs, proofs));
	for (const gap of summary.gaps) {
		const { from, to, chainBefore, chainAfter, told } = gap;
		const chains = { before: short(chainBefore), after: short(chainAfter) };
		const line = fill(told ? journal.gapTold : journal.gap, { from, to, ...chains });
		shell.line(shell.bad(line));
	}
	for (const range of summary.freed) shell.line(fill(journal.freed, { ...range }));
	if (unfinished) shell.line(fill(journal.unfinished, { ...unfinished }));
	if (rejected.count > 0)
		shell.line(fill(journal.rejected, { count: rejected.count, ...rejected.reasons }));
	if (nameless > 0) shell.line(fill(journal.nameless, { count: nameless }));
	for (const life of lives.slice(1)) shell.line(fill(journal.other, { ...life }));
	const label = Math.max(0, ...summary.map.map((row) => nameOf(shell, row).length));
	for (const row of summary.map) shell.line(`${nameOf(shell, row).padEnd(label)}  ${row.blocks}`);
	if (summary.map.length > 0) shell.line(journal.legend);
	if (written !== null) shell.line(fill(journal.written, { count: records, file: written }));
	if (summary.gaps.length === 0) shell.line(shell.good(`✓ ${journal.noGaps}`));
}

function pick({ terminal, epoch, first, last }: SalvageSummary) {
	return { terminal, epoch, first, last };
}

function nameOf(shell: Shell, { dump, ring }: SalvageSummary["map"][number]): string {
	return fill(shell.text.journal.ring, { dump, ring });
}

function short(chain: string | null): string {
	return chain === null ? "?" : chain.slice(0, CHAIN_DIGITS);
}
