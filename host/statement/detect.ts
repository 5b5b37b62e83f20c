import { TextDecoder } from "node:util";
import { CloseoutError } from "../../protocol/error.ts";
import { acquirerCsv, acquirerCsvHeader } from "./acquirer-csv.ts";
import { peek } from "./bytes.ts";
import { camt053 } from "./camt053.ts";
import type { StatementParser, StatementSource } from "./statement.ts";
import { encodingOf } from "./xml.ts";

/** Bytes at the start of a file that are enough to tell its format. */
export const DETECT_BYTES = 4_096;

export interface Detected {
	readonly parser: StatementParser;
	/** Why, in words for the person who imports the file. */
	readonly reason: string;
}

/** What a file may look like. `parser` is missing for what is recognised only to say what to do about it. */
interface Look {
	readonly matches: (head: string) => boolean;
	readonly parser?: StatementParser;
	readonly reason: string;
}

const looks: readonly Look[] = [
	{
		matches: (head) => head.includes("urn:iso:std:iso:20022:tech:xsd:camt.053."),
		parser: camt053,
		reason: "the XML namespace is ISO 20022 camt.053, a bank statement",
	},
	{
		matches: (head) => head.trimStart().startsWith(acquirerCsvHeader.join()),
		parser: acquirerCsv,
		reason: "the first line is the header of the acquirer's clearing CSV",
	},
	{
		matches: (head) => /urn:iso:std:iso:20022:tech:xsd:camt\.05[24]\./.test(head),
		reason: "this is an ISO 20022 report of the day or a notification; get the camt.053 statement",
	},
	{
		matches: (head) => head.startsWith("PK\u0003\u0004"),
		reason: "this is a ZIP archive or an Excel workbook; unpack it or save it as CSV first",
	},
	{
		matches: (head) => /^\s*(?:\{1:|:20:)/.test(head),
		reason: "this looks like a SWIFT MT940 statement; ask the bank for camt.053",
	},
];

/** Formats that can be read, for messages. */
export const statementFormats = looks.flatMap(({ parser }) => parser?.format ?? []);

/** Tells the format from the first bytes. Throws `STATEMENT_FORMAT` with what is known when it is none. */
export function detectFormat(name: string, head: Uint8Array): Detected {
	const bytes = head.subarray(0, DETECT_BYTES);
	const encoding = encodingOf(bytes);
	const text = new TextDecoder(encoding.startsWith("utf-16") ? encoding : "utf-8").decode(bytes);
	const look = looks.find(({ matches }) => matches(text));
	if (look?.parser !== undefined) return { parser: look.parser, reason: look.reason };
	const what = look?.reason ?? `the format is not known; known are ${statementFormats.join(", ")}`;
	throw new CloseoutError("STATEMENT_FORMAT", `${name}: ${what}`);
}

/** Tells the format of a source and gives the source back whole. */
export async function detectSource(
	source: StatementSource,
): Promise<Detected & { readonly source: StatementSource }> {
	const { head, bytes } = await peek(source.bytes, DETECT_BYTES);
	try {
		return { ...detectFormat(source.name, head), source: { name: source.name, bytes } };
	} catch (error) {
		// The generator closes the file only once it has begun.
		await bytes.next();
		await bytes.return(undefined);
		throw error;
	}
}
