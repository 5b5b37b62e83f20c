import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { Command } from "commander";
import { toHex } from "../../../protocol/bytes.ts";
import { CloseoutError } from "../../../protocol/error.ts";
import { isPieceFile, type JournalCopy } from "../../import/copy.ts";
import {
	compareWithHead,
	compareWithHost,
	type HostVerdict,
	readHeads,
} from "../../import/host-head.ts";
import { JournalImage } from "../../import/image.ts";
import { fill } from "../../report/text.ts";
import type { Store } from "../../store/store.ts";
import { type DataOptions, mustBeFile, overData, withData } from "../data.ts";
import { hostCopy, type LifeOptions, overCopy, streamOf } from "../journal-input.ts";
import type { Shell } from "../shell.ts";

interface VerifyOptions extends DataOptions, LifeOptions {
	readonly hostHeads?: string;
}

const EXIT_NOT_WHOLE = 1;

export function verifyCommand(shell: Shell): Command {
	const { text } = shell;
	const command = new Command("verify")
		.description(text.commands.verify)
		.argument("[image]", text.journal.arguments.copy)
		.option("--terminal <terminal>", text.flags.terminal)
		.option("--epoch <epoch>", text.flags.epoch)
		.option("--host-heads <file>", text.journal.flags.hostHeads)
		.addHelpText(
			"after",
			`\n${text.example}\n  closeout journal verify till-0001.img\n  closeout journal verify till-0001.pieces --data data`,
		)
		.action((file: string | undefined, options: VerifyOptions) => {
			// The data folder has a default, which is no wish to compare a file with it.
			const isNamed = ["data", "database"].some(
				(name) => command.getOptionValueSource(name) === "cli",
			);
			return runVerify(shell, file, options, isNamed);
		});
	return withData(command, shell);
}

/** What was found of a journal, wherever it stands. */
interface Findings {
	readonly what: string;
	readonly epoch: number;
	readonly first: number;
	readonly last: number;
	readonly records: number;
	readonly chain: string;
	readonly sealsGood: number;
	readonly sealsBad: number;
	readonly gaps: readonly { readonly from: number; readonly to: number }[];
	readonly problems: readonly string[];
	readonly remarks: readonly string[];
}

async function runVerify(
	shell: Shell,
	file: string | undefined,
	options: VerifyOptions,
	isHostNamed: boolean,
): Promise<void> {
	const findings =
		file === undefined
			? await overData(options, (store) => verifyStored(store, options))
			: await verifyFile(shell, file, options);
	const host = file === undefined ? undefined : await compare(shell, file, options, isHostNamed);
	const { gaps, problems, remarks, sealsBad } = findings;
	const isWhole = gaps.length === 0 && problems.length === 0 && sealsBad === 0;
	const isAgreed = host === undefined || host.type === "same" || host.type === "ahead";
	if (!isWhole || !isAgreed) shell.endWith(EXIT_NOT_WHOLE);
	if (options.json) return shell.json({ whole: isWhole, ...findings, ...(host && { host }) });
	const { text } = shell;
	const { what, first, last, records, chain, sealsGood } = findings;
	shell.line(fill(text.verified, { what, first, last, count: records, chain: chain.slice(0, 16) }));
	if (file !== undefined) shell.line(fill(text.seals, { good: sealsGood, bad: sealsBad }));
	for (const gap of gaps) shell.line(fill(text.gap, gap));
	for (const problem of problems) shell.line(fill(text.problem, { text: problem }));
	for (const remark of remarks) shell.line(fill(text.remark, { text: remark }));
	if (host) {
		const line = fill(text.journal.verify[host.type], { ...host });
		shell.line(isAgreed ? line : shell.bad(line));
	}
	shell.line(isWhole ? shell.good(`✓ ${text.whole}`) : shell.bad(`✕ ${text.notWhole}`));
}

/** How a file stands to the heads of a list, or to the host's data where that is named. */
async function compare(
	shell: Shell,
	file: string,
	options: VerifyOptions,
	isHostNamed: boolean,
): Promise<HostVerdict | undefined> {
	const { hostHeads } = options;
	if (hostHeads !== undefined) {
		await mustBeFile(hostHeads);
		const heads = readHeads(hostHeads, await readFile(hostHeads, "utf8"));
		return overCopy(shell, file, options, (copy) => compareWithHead(copy, heads));
	}
	if (!isHostNamed) return undefined;
	return overCopy(shell, file, options, (copy) =>
		overData(options, async (store) => {
			const { terminal, epoch } = copy;
			const host = await hostCopy(store, { terminal, epoch: String(epoch) });
			return compareWithHost(copy, host);
		}),
	);
}

async function verifyFile(shell: Shell, file: string, options: VerifyOptions): Promise<Findings> {
	if (options.terminal !== undefined) {
		throw new CloseoutError("USAGE", "name either a storage image or --terminal, not both");
	}
	await mustBeFile(file);
	if (await isPieceFile(file)) return overCopy(shell, file, options, verifyCopy);
	return verifyImage(new JournalImage(basename(file), await readFile(file)));
}

/** A piece file: every chain is computed while it is read. */
async function verifyCopy(copy: JournalCopy): Promise<Findings> {
	const gaps: { from: number; to: number }[] = [];
	const problems: string[] = [];
	let [first, last, records, chain] = [0, 0, 0, ""];
	try {
		for await (const item of copy.items()) {
			if (item.type === "gap") {
				gaps.push({ from: item.from, to: item.to });
				continue;
			}
			first ||= item.record.sequence;
			[last, chain] = [item.record.sequence, toHex(item.record.chain)];
			records += 1;
		}
	} catch (error) {
		if (!(error instanceof CloseoutError) || error.code !== "CHAIN_BROKEN") throw error;
		problems.push(error.message);
	}
	const { terminal, epoch } = copy;
	const place = { what: `${terminal}.${epoch}`, epoch, first, last, records, chain };
	return { ...place, sealsGood: 0, sealsBad: 0, gaps, problems, remarks: [] };
}

function verifyImage(image: JournalImage): Findings {
	const { terminalId, epoch, first } = image.root;
	const gaps: { from: number; to: number }[] = [];
	const problems: string[] = [];
	const remarks: string[] = [];
	const seals = { good: 0, bad: 0 };
	let records = 0;
	let last = first.sequence - 1;
	let chain = "";
	for (const item of image.walk()) {
		if (item.type === "record") {
			records += 1;
			last = item.record.sequence;
			chain = toHex(item.record.chain);
		}
		if (item.type === "gap") gaps.push({ from: item.from, to: item.to });
		if (item.type === "problem") problems.push(item.text);
		if (item.type === "remark") remarks.push(item.text);
		if (item.type === "seal") seals[item.isRight ? "good" : "bad"] += 1;
	}
	const counts = { records, sealsGood: seals.good, sealsBad: seals.bad };
	const place = { what: `${terminalId}.${epoch}`, epoch, first: first.sequence, last, chain };
	return { ...place, ...counts, gaps, problems, remarks };
}

async function verifyStored(store: Store, options: VerifyOptions): Promise<Findings> {
	const { terminal, epoch } = await streamOf(store, options);
	const { records, watermark, losses, problems } = await store.verifyStream({ terminal, epoch });
	const stream = (await store.listStreams(terminal)).find((one) => one.epoch === epoch);
	const gaps = losses.flatMap(({ missingFrom, toSeq }) =>
		missingFrom === null ? [] : [{ from: missingFrom, to: toSeq }],
	);
	return {
		what: `${terminal}.${epoch}`,
		epoch,
		first: 1,
		last: watermark,
		records,
		chain: stream === undefined ? "" : toHex(stream.chain),
		sealsGood: 0,
		sealsBad: 0,
		gaps,
		problems,
		remarks: [],
	};
}
