import { CloseoutError } from "../../protocol/error.ts";
import type { MoneyRow } from "../core/row.ts";
import { peek } from "./bytes.ts";
import { Cells, Columns } from "./cells.ts";
import { readCsv } from "./csv.ts";
import { type CsvMapping, requiredColumns } from "./csv-mapping.ts";
import { MappedColumns } from "./csv-names.ts";
import { tellDelimiter } from "./csv-sample.ts";
import { MappedRecord } from "./mapped-csv.ts";
import type { StatementSource } from "./statement.ts";
import { Tally } from "./tally.ts";

/** Records that a preview looks at when it is not told how many. */
const PREVIEW_RECORDS = 20;
/** Records in which the header has to be found. */
const HEADER_RECORDS_MAX = 60;
/** Bytes by which the delimiter is told. */
const SAMPLE_BYTES = 16_384;

export interface PreviewRecord {
	readonly line: number;
	readonly cells: readonly string[];
	/** The row that the mapping makes of the record; undefined for a record it skips or cannot read. */
	readonly row: MoneyRow | undefined;
	/** Why there is no row. */
	readonly problem: string | undefined;
}

/** What a person who writes a mapping needs to see. */
export interface CsvPreview {
	readonly delimiter: string;
	/** The header by the mapping; without a mapping, or when it has none, the likely one. */
	readonly header: { readonly line: number; readonly names: readonly string[] } | undefined;
	/** Columns of the mapping that the header lacks. */
	readonly missing: readonly string[];
	/** Records below the header; while it is not found, those in which it was looked for. */
	readonly records: readonly PreviewRecord[];
}

/**
 * Shows the start of a CSV under a mapping, or without one. Nothing in the records is an error of the preview:
 * what is wrong stands beside the record. Throws `STATEMENT_FORMAT` for what is no text and `STATEMENT_ROW` for
 * what is no CSV.
 */
export async function previewCsv(
	source: StatementSource,
	mapping?: CsvMapping,
	limit = PREVIEW_RECORDS,
): Promise<CsvPreview> {
	const { head, bytes } = await peek(source.bytes, SAMPLE_BYTES);
	const required = mapping === undefined ? [] : requiredColumns(mapping);
	const delimiter = mapping?.delimiter ?? tellDelimiter(head, required, mapping?.encoding);
	const preview = new Preview(source.name, mapping, required);
	const csv = { delimiter, relaxQuotes: true, fallback: mapping?.encoding ?? "guess" } as const;
	for await (const { record, line } of readCsv({ name: source.name, bytes }, csv)) {
		preview.take(record, line);
		if (preview.records.length >= limit + (preview.hasHeader ? 0 : HEADER_RECORDS_MAX)) break;
	}
	return { delimiter, ...preview.result() };
}

class Preview {
	readonly #mapping: CsvMapping | undefined;
	readonly #required: readonly string[];
	readonly #tally: Tally;
	#names: MappedColumns | undefined;
	#header: CsvPreview["header"];
	#missing: readonly string[];
	readonly records: PreviewRecord[] = [];

	constructor(name: string, mapping: CsvMapping | undefined, required: readonly string[]) {
		this.#mapping = mapping;
		this.#required = required;
		this.#missing = required;
		this.#tally = new Tally({ name, bytes: nothing() });
		const names = mapping?.headerless?.names;
		if (names === undefined) return;
		this.#names = new MappedColumns(new Columns(names));
		this.#missing = [];
	}

	get hasHeader(): boolean {
		return this.#names !== undefined;
	}

	take(record: readonly string[], line: number): void {
		if (this.#names === undefined && this.#takeHeader(record, line)) return;
		const { row, problem } = this.#rowOf(record, line);
		this.records.push({ line, cells: record, row, problem });
	}

	result(): Omit<CsvPreview, "delimiter"> {
		return { header: this.#header, missing: this.#missing, records: this.records };
	}

	#takeHeader(record: readonly string[], line: number): boolean {
		const found = new MappedColumns(new Columns(record));
		const missing = found.missing(this.#required);
		const isLikely =
			record.length > 2 && record.every((cell) => cell !== "" && !/^[-+\d.,:/]+$/.test(cell));
		const isHeader = this.#mapping === undefined ? isLikely : missing.length === 0;
		if (isHeader || (this.#header === undefined && isLikely)) {
			this.#header = { line, names: found.columns.names };
			this.#missing = missing;
		}
		if (!isHeader) return false;
		this.#names = found;
		this.records.length = 0;
		return true;
	}

	#rowOf(record: readonly string[], line: number): Pick<PreviewRecord, "row" | "problem"> {
		const mapping = this.#mapping;
		const names = this.#names;
		if (mapping === undefined) return { row: undefined, problem: "there is no mapping yet" };
		if (names === undefined) return { row: undefined, problem: "the header is not found yet" };
		const reader = new MappedRecord(
			mapping,
			this.#tally,
			new Cells(names.columns, record),
			names,
			line,
		);
		try {
			const rule = reader.rule();
			if (rule.skip !== undefined) return { row: undefined, problem: rule.skip };
			return { row: reader.row(rule), problem: undefined };
		} catch (error) {
			if (!(error instanceof CloseoutError)) throw error;
			return { row: undefined, problem: error.message };
		}
	}
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
