import { execFile } from "node:child_process";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import iconv from "iconv-lite";
import { inFolder } from "../folder.ts";
import type { Options, Row, Section } from "../section.ts";
import { type BenchFormat, benchFormats } from "../statements/format.ts";
import type { Reading } from "../statements/read.ts";

const MEGABYTE = 1_000_000;
/** Size of the largest file unless it is said otherwise; a file of 1 MB is read beside it. */
const MEGABYTES = 16;
const BLOCK_CHARS = 1_000_000;
const program = new URL("../statements/read.ts", import.meta.url).pathname;
const peerNames = {
	csv: "uDSV, records of texts",
	xml: "sax, elements",
	lines: "node:readline, lines",
} as const;

export const section: Section = {
	name: "statements",
	about: "megabytes a second and peak memory of each statement parser (--megabytes: largest file)",
	async *run(say, { megabytes = MEGABYTES }: Options = {}) {
		for (const format of benchFormats) {
			yield* await inFolder((folder) => measure(format, folder, megabytes, say));
		}
	},
};

async function measure(
	format: BenchFormat,
	folder: string,
	megabytes: number,
	say: (remark: string) => void,
): Promise<readonly Row[]> {
	const { name, syntax } = format;
	const sizes = [...new Set([1, Math.min(100, megabytes), megabytes])];
	const rows: Row[] = [];
	let small: Reading | undefined;
	for (const size of sizes) {
		const file = join(folder, "statement");
		const bytes = await write(format, file, size * MEGABYTE);
		say(`${name}, ${size} MB`);
		const ours = await read(name, file, "ours");
		small ??= ours;
		if (size === sizes.at(-1)) {
			// A general reader of CSV knows nothing of lines of other widths before and behind the table.
			const { tail: _, ...table } = { ...format, head: lastLine(format.head) };
			const peerBytes = syntax === "csv" ? await write(table, file, size * MEGABYTE) : bytes;
			const peer = await read(name, file, "peer");
			const speed = ({ cpuMs }: Reading, of: number) => of / MEGABYTE / (cpuMs / 1_000);
			rows.push({
				what: `${name}, ${size} MB`,
				unit: "MB a second of processor time",
				ours: speed(ours, bytes),
				peerName: peerNames[syntax],
				peer: speed(peer, peerBytes),
				note: `${ours.records} rows checked and typed; the peer's ${peer.records} are texts`,
			});
		}
		if (size > 1) {
			rows.push({
				what: `${name}, peak memory at ${size} MB`,
				unit: "MB",
				ours: ours.peakBytes / MEGABYTE,
				peerName: "at 1 MB",
				peer: small.peakBytes / MEGABYTE,
			});
		}
		await rm(file);
	}
	return rows;
}

async function read(name: string, file: string, who: "ours" | "peer"): Promise<Reading> {
	const args = [program, name, file, who];
	const { stdout } = await promisify(execFile)(process.execPath, args);
	return JSON.parse(stdout);
}

function lastLine(text: string): string {
	return /[^\n]*\n?$/.exec(text.trimEnd())?.[0].concat("\n") ?? "";
}

/** Writes a file of at least `size` bytes and gives its length. */
async function write(format: BenchFormat, path: string, size: number): Promise<number> {
	const file = await open(path, "w");
	try {
		let length = 0;
		let text = format.head;
		let count = 0;
		const flush = async () => {
			const bytes = iconv.encode(text, format.encoding ?? "utf-8");
			await file.appendFile(bytes);
			length += bytes.length;
			text = "";
		};
		while (length + text.length < size) {
			text += format.row(count);
			count += 1;
			if (text.length >= BLOCK_CHARS) await flush();
		}
		text += format.tail?.(count) ?? "";
		await flush();
		return length;
	} finally {
		await file.close();
	}
}
