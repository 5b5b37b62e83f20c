import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { text as readAll } from "node:stream/consumers";
import { Command } from "commander";
import { toHex } from "../../../protocol/bytes.ts";
import { lastOfHead, streamName, type TreeHead } from "../../../protocol/checkpoint.ts";
import { CloseoutError } from "../../../protocol/error.ts";
import { headKey } from "../../core/head.ts";
import {
	compareHead,
	cosignerKey,
	formatKey,
	noteOf,
	parseKey,
	RecordsTree,
	readHead,
	rootOf,
	verifyHead,
} from "../../import/head.ts";
import { JournalImage } from "../../import/image.ts";
import { fill } from "../../report/text.ts";
import type { Store } from "../../store/store.ts";
import { type DataOptions, hasData, mustBeFile, overData, parseWhole, withData } from "../data.ts";
import type { Shell } from "../shell.ts";

interface ShowOptions extends DataOptions {
	readonly terminal: string;
	readonly epoch?: string;
}

interface VerifyOptions extends DataOptions {
	readonly text?: string;
	readonly image?: string;
	readonly key?: string;
}

const EXIT_NOT_RIGHT = 1;
const EPOCH_MAX = 0xffff_ffff;
const RECORDS_PER_READ = 1_000;

export function headCommand(shell: Shell): Command {
	const { text } = shell;
	const words = text.head;
	const head = new Command("head").description(words.head);
	const show = new Command("show")
		.description(words.show)
		.requiredOption("--terminal <terminal>", text.flags.terminal)
		.option("--epoch <epoch>", text.flags.epoch)
		.addHelpText(
			"after",
			`\n${text.example}\n  closeout head show --terminal till-0001 > till.note`,
		)
		.action((options: ShowOptions) => runShow(shell, options));
	const verify = new Command("verify")
		.description(words.verify)
		.argument("[file]", words.file)
		.option("--text <text>", words.text)
		.option("--image <image>", words.image)
		.option("--key <key>", words.key)
		.addHelpText(
			"after",
			`\n${text.example}\n  closeout head verify till.note --image till-0001.img`,
		)
		.action((file: string | undefined, options: VerifyOptions) => runVerify(shell, file, options));
	for (const command of [show, verify]) head.addCommand(withData(command, shell));
	return head;
}

async function runShow(shell: Shell, options: ShowOptions): Promise<void> {
	const { terminal } = options;
	const words = shell.text.head;
	await overData(options, async (store) => {
		const status = await store.getTerminal(terminal);
		const epoch =
			options.epoch === undefined ? status.epoch : parseWhole("epoch", options.epoch, 1, EPOCH_MAX);
		const head = await store.lastCosigned({ terminal, epoch });
		const publicKey = await store.signingKey({ terminal, epoch });
		if (head === undefined || publicKey === undefined) {
			throw new CloseoutError("NOT_FOUND", fill(words.none, { terminal, epoch }));
		}
		const note = noteOf(head, publicKey);
		const terminalKey = formatKey(headKey(head, publicKey));
		const hostKey = head.cosigned && formatKey(cosignerKey(head.cosigned.hostKey));
		if (options.json === true) {
			const { first, size, root, chain, seq: record, cosigned } = head;
			const hashes = { root: toHex(root), chain: toHex(chain) };
			const cosignedS = cosigned?.timeS ?? null;
			shell.json({
				terminal,
				epoch,
				record,
				first,
				size,
				...hashes,
				cosignedS,
				terminalKey,
				hostKey,
				note,
			});
			return;
		}
		// The note alone goes out, so that it can be kept as a file.
		shell.line(note.trimEnd());
		shell.note(fill(words.terminalKey, { key: terminalKey }));
		if (hostKey !== null) shell.note(fill(words.hostKey, { key: hostKey }));
	});
}

type SignatureWord = "right" | "wrong" | "noKey";
type RecordsWord = ReturnType<typeof compareHead> | "none";

async function runVerify(
	shell: Shell,
	file: string | undefined,
	options: VerifyOptions,
): Promise<void> {
	const text = await givenText(file, options);
	const { head } = readHead(text);
	const store = await hasData(options);
	const key = options.key === undefined ? undefined : parseKey(options.key).publicKey;
	const ofStore = async <T>(run: (store: Store) => Promise<T>) =>
		store ? overData(options, run) : undefined;
	const publicKey = key ?? (await ofStore((open) => open.signingKey(head)));
	const signature: SignatureWord =
		publicKey === undefined ? "noKey" : verifyHead(text, publicKey) ? "right" : "wrong";
	const records: RecordsWord =
		options.image === undefined
			? ((await ofStore((open) => compareStored(open, head))) ?? "none")
			: await compareImage(options.image, head);
	const isRight = signature === "right" && records !== "differs" && records !== "notHeld";
	tell(shell, head, { signature, records, isRight, json: options.json === true });
	if (!isRight) shell.endWith(EXIT_NOT_RIGHT);
}

async function givenText(file: string | undefined, { text }: VerifyOptions): Promise<string> {
	if ((file === undefined) === (text === undefined)) {
		throw new CloseoutError("USAGE", "give the head as a file, or with --text");
	}
	if (text !== undefined) return text;
	if (file === undefined || file === "-") return readAll(process.stdin);
	await mustBeFile(file);
	return readFile(file, "utf8");
}

/** The host's copy; `none` when it knows no such stream. */
async function compareStored(store: Store, head: TreeHead): Promise<RecordsWord> {
	const { terminal, epoch, first } = head;
	const known = (await store.listTerminals()).some((one) => one.terminal === terminal);
	if (!known) return "none";
	const last = lastOfHead(head);
	const tree = new RecordsTree(first, last);
	for (let from = first; from <= last; from += RECORDS_PER_READ) {
		const to = Math.min(last, from + RECORDS_PER_READ - 1);
		const read = await store.readRecords({ terminal, epoch, from, to });
		if (read.length === 0) break;
		for (const record of read) tree.add(record);
	}
	return compareHead(head, tree.head());
}

async function compareImage(path: string, head: TreeHead): Promise<RecordsWord> {
	await mustBeFile(path);
	const image = new JournalImage(basename(path), await readFile(path));
	const { terminalId, epoch } = image.root;
	if (terminalId !== head.terminal || epoch !== head.epoch) return "differs";
	return compareHead(head, rootOf(recordsOf(image), head.first, lastOfHead(head)));
}

function* recordsOf(image: JournalImage) {
	for (const item of image.walk()) if (item.type === "record") yield item.record;
}

function tell(
	shell: Shell,
	head: TreeHead,
	found: {
		readonly signature: SignatureWord;
		readonly records: RecordsWord;
		readonly isRight: boolean;
		readonly json: boolean;
	},
): void {
	const { signature, records, isRight, json } = found;
	const { terminal, epoch, first, size } = head;
	const to = lastOfHead(head);
	if (json) {
		const hashes = { root: toHex(head.root), chain: toHex(head.chain) };
		shell.json({ terminal, epoch, first, size, ...hashes, signature, records, right: isRight });
		return;
	}
	const words = shell.text.head;
	shell.line(fill(words.covers, { name: streamName(head), from: first, to }));
	shell.line(words.signature[signature]);
	shell.line(fill(words.records[records], { to }));
	shell.line(isRight ? shell.good(words.sum.right) : shell.bad(words.sum.wrong));
}
