import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { Command } from "commander";
import { CloseoutError } from "../../../protocol/error.ts";
import { recordKinds } from "../../../protocol/record.ts";
import { formatDateTime } from "../../../protocol/time.ts";
import { recordViewOf } from "../../api/record-view.ts";
import type { RecordView } from "../../api/view.ts";
import { JournalImage } from "../../import/image.ts";
import type { Store } from "../../store/store.ts";
import { type DataOptions, mustBeFile, overData, parseWhole, withData } from "../data.ts";
import { streamOf } from "../journal-input.ts";
import type { Shell } from "../shell.ts";
import { diffCommand } from "./journal-diff.ts";
import { exportCommand } from "./journal-export.ts";
import { healCommand } from "./journal-heal.ts";
import { importCommand } from "./journal-import.ts";
import { pullCommand } from "./journal-pull.ts";
import { recoverCommand } from "./journal-recover.ts";
import { verifyCommand } from "./journal-verify.ts";

interface JournalOptions extends DataOptions {
	readonly terminal?: string;
	readonly epoch?: string;
}

interface ShowOptions extends JournalOptions {
	readonly from?: string;
	readonly to?: string;
	readonly kind?: string;
}

/** Records of the host's store read at once. */
const RECORDS_PER_READ = 1_000;

export function journalCommand(shell: Shell): Command {
	const { text } = shell;
	const journal = new Command("journal").description(text.commands.journal);
	const show = new Command("show")
		.description(text.commands.show)
		.option("--from <sequence>", text.flags.from)
		.option("--to <sequence>", text.flags.to)
		.option("--kind <kind>", text.flags.kind)
		.addHelpText(
			"after",
			`\n${text.example}\n  closeout journal show --terminal till-0001 --kind settleEnd --json`,
		)
		.action((file: string | undefined, options: ShowOptions) => runShow(shell, file, options));
	show
		.argument("[image]", text.arguments.image)
		.option("--terminal <terminal>", text.flags.terminal)
		.option("--epoch <epoch>", text.flags.epoch);
	journal.addCommand(verifyCommand(shell)).addCommand(withData(show, shell));
	const others = [
		pullCommand,
		recoverCommand,
		exportCommand,
		diffCommand,
		importCommand,
		healCommand,
	];
	for (const make of others) journal.addCommand(make(shell));
	return journal;
}

async function openImage(file: string, { terminal }: JournalOptions): Promise<JournalImage> {
	if (terminal !== undefined) {
		throw new CloseoutError("USAGE", "name either a storage image or --terminal, not both");
	}
	await mustBeFile(file);
	return new JournalImage(basename(file), await readFile(file));
}

async function runShow(
	shell: Shell,
	file: string | undefined,
	options: ShowOptions,
): Promise<void> {
	const { from = "1", to, kind } = options;
	const first = parseWhole("--from", from, 1, Number.MAX_SAFE_INTEGER);
	const last =
		to === undefined ? Number.MAX_SAFE_INTEGER : parseWhole("--to", to, 1, Number.MAX_SAFE_INTEGER);
	if (kind !== undefined && !Object.hasOwn(recordKinds, kind)) {
		throw new CloseoutError("USAGE", `"${kind}" is no kind of record; see protocol/README.md`);
	}
	const printer = new RecordPrinter(shell, kind, options.json === true);
	if (file !== undefined) {
		const image = await openImage(file, options);
		const { terminalId, epoch } = image.root;
		for (const item of image.walk()) {
			if (item.type !== "record") continue;
			const { sequence } = item.record;
			if (sequence < first || sequence > last) continue;
			printer.take(recordViewOf(terminalId, epoch, item.record));
		}
		return;
	}
	await overData(options, async (store) => {
		const { terminal, epoch } = await streamOf(store, options);
		await printStored(store, { terminal, epoch, from: first, to: last }, printer);
	});
}

async function printStored(
	store: Store,
	range: Parameters<Store["readRecords"]>[0],
	printer: RecordPrinter,
): Promise<void> {
	const { terminal, epoch } = range;
	const [stream] = (await store.listStreams(terminal)).filter((one) => one.epoch === epoch);
	const end = Math.min(range.to, stream?.watermark ?? 0);
	for (let from = range.from; from <= end; from += RECORDS_PER_READ) {
		const to = Math.min(end, from + RECORDS_PER_READ - 1);
		for (const record of await store.readRecords({ terminal, epoch, from, to })) {
			printer.take(recordViewOf(terminal, epoch, record));
		}
	}
}

/** One line a record, as it comes: a journal may be longer than the memory. */
class RecordPrinter {
	readonly #shell: Shell;
	readonly #kind: string | undefined;
	readonly #json: boolean;
	#hasHead = false;

	constructor(shell: Shell, kind: string | undefined, json: boolean) {
		this.#shell = shell;
		this.#kind = kind;
		this.#json = json;
	}

	take(record: RecordView): void {
		if (this.#kind !== undefined && record.kind !== this.#kind) return;
		if (this.#json) {
			this.#shell.json(record);
			return;
		}
		if (!this.#hasHead) this.#line(this.#shell.text.records);
		this.#hasHead = true;
		const { sequence, atS, zoneMinutes, kind, body } = record;
		const time = atS === null ? "-" : formatDateTime(atS, zoneMinutes);
		this.#line([String(sequence), time, kind, JSON.stringify(body)]);
	}

	#line([sequence = "", time = "", kind = "", says = ""]: readonly string[]): void {
		this.#shell.line(`${sequence.padStart(9)}  ${time.padEnd(19)}  ${kind.padEnd(14)}  ${says}`);
	}
}
