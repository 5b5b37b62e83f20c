import { CloseoutError } from "../../protocol/error.ts";
import { addMinor } from "../core/row.ts";
import { readCsv } from "../statement/csv.ts";
import { atLine, type StatementSource, statementError } from "../statement/statement.ts";
import { unpackSource } from "../statement/unpack.ts";
import { type DatasetFormat, type DatasetLine, datasetFormats } from "./dataset-format.ts";

/** One sale of a data set, as the till would have made it. */
export interface DatasetSale {
	/** Seconds since 1970. Data sets have local times without a zone; they are taken as UTC. */
	readonly at: number;
	/** `yyyymmdd` of the data set. */
	readonly businessDate: number;
	/** Terminal of the data set; undefined when it has only one. */
	readonly terminal: string | undefined;
	/** Never negative: a return is a sale with `kind` refund. */
	readonly amountMinor: number;
	readonly currency: string;
	readonly kind: "sale" | "refund";
	readonly method: "card" | "qr" | "cash";
	/** Unique within the data set. */
	readonly reference: string;
	/** Voided on the same day. */
	readonly cancelled: boolean;
	/** First line of the file that belongs to it. */
	readonly line: number;
}

export interface Dataset {
	readonly format: string;
	/** Why it is that format, and what was assumed about what the file does not say. */
	readonly reason: string;
	/** In the order of the file. */
	readonly sales: readonly DatasetSale[];
	/** Sales left out because their amount is zero. */
	readonly skipped: number;
}

/** Sales that one replay takes; they are kept in memory. */
export const DATASET_SALES_MAX = 2_000_000;

/**
 * Reads a file of real sales. Its format is told by its header. Lines that follow each other with one reference
 * are one sale; a workbook counts with its first sheet. Throws `STATEMENT_FORMAT` naming the known formats when the header is none of theirs, and
 * `STATEMENT_ROW` with file and line when a line is wrong.
 */
export async function readDataset(file: StatementSource): Promise<Dataset> {
	const unpacked = unpackSource(file);
	const { value: source } = await unpacked.next();
	if (source === undefined) throw statementError("STATEMENT_FORMAT", file, 1, "the file is empty");
	const dataset = await readTable(source);
	const { done } = await unpacked.next();
	if (done === true) return dataset;
	throw statementError("STATEMENT_FORMAT", file, 1, "there are several files in it; take one");
}

async function readTable(source: StatementSource): Promise<Dataset> {
	let reading: Reading | undefined;
	let last = 0;
	for await (const { record, line } of readCsv(source)) {
		if (reading === undefined) reading = new Reading(detectDataset(source, record), record);
		else {
			const into = reading;
			atLine(source, line, () => into.take(record, line));
		}
		last = line;
	}
	if (reading === undefined)
		throw statementError("STATEMENT_FORMAT", source, 1, "the file is empty");
	const into = reading;
	return atLine(source, last, () => into.end());
}

/** The format whose columns the header has. */
export function detectDataset(source: StatementSource, header: readonly string[]): DatasetFormat {
	const format = datasetFormats.find(({ columns }) =>
		columns.every((column) => header.includes(column)),
	);
	if (format !== undefined) return format;
	const known = datasetFormats.map(({ name, columns }) => `${name} (${columns.join()})`).join("; ");
	throw statementError(
		"STATEMENT_FORMAT",
		source,
		1,
		`no known data set has these columns; known are ${known}`,
	);
}

/** Gathers lines into sales. */
class Reading {
	readonly #format: DatasetFormat;
	readonly #header: readonly string[];
	readonly #sales: DatasetSale[] = [];
	#skipped = 0;
	#open: (DatasetLine & { readonly at: number; readonly line: number }) | undefined;

	constructor(format: DatasetFormat, header: readonly string[]) {
		this.#format = format;
		this.#header = header;
	}

	take(record: readonly string[], line: number): void {
		const field = (column: string) => record[this.#header.indexOf(column)] ?? "";
		const read = this.#format.read(field, line);
		const open = this.#open;
		if (open !== undefined && open.reference === read.reference) {
			this.#open = { ...open, amountMinor: addMinor(open.amountMinor, read.amountMinor) };
			return;
		}
		this.#close();
		this.#open = { ...read, line };
	}

	end(): Dataset {
		this.#close();
		const { name, reason } = this.#format;
		return { format: name, reason, sales: this.#sales, skipped: this.#skipped };
	}

	#close(): void {
		const open = this.#open;
		this.#open = undefined;
		if (open === undefined) return;
		if (open.amountMinor === 0) {
			this.#skipped += 1;
			return;
		}
		if (this.#sales.length >= DATASET_SALES_MAX) {
			throw new CloseoutError("LIMIT", `more than ${DATASET_SALES_MAX} sales; split the file`);
		}
		this.#sales.push({
			...open,
			amountMinor: Math.abs(open.amountMinor),
			kind: open.amountMinor < 0 ? "refund" : "sale",
		});
	}
}
