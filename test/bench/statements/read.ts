import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { TextDecoder } from "node:util";
import sax from "sax";
import { inferSchema, initParser } from "udsv";
import { detectSource } from "../../../host/statement/detect.ts";
import { mappedCsv } from "../../../host/statement/mapped-csv.ts";
import { readStatement } from "../../../host/statement/statement.ts";
import { CloseoutError } from "../../../protocol/error.ts";
import { type BenchFormat, benchFormats } from "./format.ts";

/**
 * Reads one file as a process of its own, so that its memory is its alone: `read.ts FORMAT FILE ours|peer`. The peer
 * is a general reader of the syntax, which gives records of texts and knows nothing of what they mean.
 */
export interface Reading {
	readonly records: number;
	/** Processor time of the reading, without that of starting. */
	readonly cpuMs: number;
	readonly peakBytes: number;
}

const [name = "", path = "", who = "ours"] = process.argv.slice(2);
const format = benchFormats.find((one) => one.name === name);
if (format === undefined) throw new CloseoutError("USAGE", `format "${name}" is not known`);
const peers = { csv: readRecords, xml: readElements, lines: readTextLines };
const read = who === "ours" ? readRows : peers[format.syntax];
const start = process.cpuUsage();
const records = await read(path, format);
const { user, system } = process.cpuUsage(start);
const reading: Reading = {
	records,
	cpuMs: (user + system) / 1_000,
	peakBytes: process.resourceUsage().maxRSS * 1_024,
};
process.stdout.write(JSON.stringify(reading));

async function readRows(file: string, { mapping }: BenchFormat): Promise<number> {
	const whole = { name: file, bytes: createReadStream(file) };
	const { parser, source } =
		mapping === undefined
			? await detectSource(whole)
			: { parser: mappedCsv(mapping), source: whole };
	const { rows, findings } = await readStatement(parser, source, () => undefined);
	const fault = findings.find(({ code }) => code === "control-total" || code === "count");
	if (fault !== undefined) throw new CloseoutError("ASSERTION", fault.message);
	return rows;
}

async function* texts(file: string, { encoding }: BenchFormat): AsyncGenerator<string> {
	const decoder = new TextDecoder(encoding ?? "utf-8");
	for await (const piece of createReadStream(file)) yield decoder.decode(piece, { stream: true });
}

async function readRecords(file: string, of: BenchFormat): Promise<number> {
	let csv: ReturnType<typeof initParser> | undefined;
	let count = 0;
	for await (const text of texts(file, of)) {
		csv ??= initParser(inferSchema(text));
		csv.chunk<string[]>(text, csv.stringArrs, () => {
			count += 1;
		});
	}
	csv?.end();
	return count;
}

async function readElements(file: string, of: BenchFormat): Promise<number> {
	const xml = sax.parser(true);
	let count = 0;
	xml.onopentag = (tag) => {
		if (tag.name === "Ntry") count += 1;
	};
	for await (const text of texts(file, of)) xml.write(text);
	xml.close();
	return count;
}

async function readTextLines(file: string): Promise<number> {
	let count = 0;
	for await (const line of createInterface({ input: createReadStream(file) })) {
		if (line !== "") count += 1;
	}
	return count;
}
