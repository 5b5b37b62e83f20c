import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { Command } from "commander";
import { CloseoutError } from "../../../protocol/error.ts";
import type { JournalRecord } from "../../../protocol/media.ts";
import { HealingImage, type HealRange } from "../../import/heal.ts";
import { fill } from "../../report/text.ts";
import type { Store } from "../../store/store.ts";
import { type DataOptions, mustBeFile, overData, withData } from "../data.ts";
import type { Shell } from "../shell.ts";
import { create } from "./journal-export.ts";

interface HealOptions extends DataOptions {
	readonly terminal?: string;
	readonly out: string;
}

const EXIT_NOT_WHOLE = 1;

export function healCommand(shell: Shell): Command {
	const { text } = shell;
	const { flags, arguments: given, commands } = text.journal;
	const command = new Command("heal")
		.description(commands.heal)
		.argument("<image>", given.damaged)
		.requiredOption("--out <file>", flags.healOut)
		.option("--terminal <terminal>", flags.terminal)
		.addHelpText(
			"after",
			`\n${text.example}\n  closeout journal heal till-0001.img --terminal till-0001 --out healed.img`,
		)
		.action((file: string, options: HealOptions) => runHeal(shell, file, options));
	return withData(command, shell);
}

async function runHeal(shell: Shell, file: string, options: HealOptions): Promise<void> {
	await mustBeFile(file);
	const image = new HealingImage(basename(file), await readFile(file));
	const { terminalId: terminal, epoch } = image.root;
	if (options.terminal !== undefined && options.terminal !== terminal)
		throw new CloseoutError("USAGE", `${file} is the journal of ${terminal}.${epoch}`);
	const { bytes, put, left } = await overData(options, async (store) => {
		const stream = (await store.listStreams(terminal)).find((one) => one.epoch === epoch);
		if (stream === undefined) {
			const message = `the host has no journal ${terminal}.${epoch}; name its data with --data`;
			throw new CloseoutError("TERMINAL_UNKNOWN", message);
		}
		const { watermark: sequence, chain } = stream;
		const records = await recordsOf(store, { terminal, epoch }, image.lost(sequence));
		return image.heal({ records, head: { sequence, chain }, random: randomBytes });
	});
	const target = await create(options.out);
	await target.writeFile(bytes).finally(() => target.close());
	if (left.length > 0) shell.endWith(EXIT_NOT_WHOLE);
	if (options.json) return shell.json({ terminal, epoch, put, left, out: options.out });
	const { healed } = shell.text.journal;
	for (const range of put) shell.line(fill(healed.put, { ...range }));
	for (const range of left) shell.line(shell.bad(fill(healed.left, { ...range })));
	shell.line(fill(healed.written, { file: options.out }));
}

/** The host's records of some ranges, and the one before each. */
async function recordsOf(
	store: Store,
	stream: { readonly terminal: string; readonly epoch: number },
	ranges: readonly HealRange[],
): Promise<ReadonlyMap<number, JournalRecord>> {
	const records = new Map<number, JournalRecord>();
	for (const { from, to } of ranges) {
		for (let next = from - 1; next <= to; ) {
			const read = await store.readRecords({ ...stream, from: Math.max(1, next), to });
			for (const record of read) records.set(record.sequence, record);
			const last = read.at(-1)?.sequence;
			if (last === undefined || last >= to) break;
			next = last + 1;
		}
	}
	return records;
}
