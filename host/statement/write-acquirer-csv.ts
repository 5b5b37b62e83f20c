import { CloseoutError } from "../../protocol/error.ts";
import { formatAmount } from "../../protocol/money.ts";
import { formatDate } from "../../protocol/time.ts";
import { addMinor, type MoneyRow } from "../core/row.ts";
import { acquirerCsvHeader } from "./acquirer-csv.ts";
import { formatMoment } from "./moment.ts";

export interface AcquirerCsvOptions {
	readonly acquirer: string;
	readonly merchant: string;
	readonly currency: string;
}

/**
 * The lines of a clearing file, each with its line end; the counterpart of `acquirerCsv`. Throws `USAGE` for a
 * row of another currency or without a business date.
 */
export function* writeAcquirerCsv(
	rows: Iterable<MoneyRow>,
	options: AcquirerCsvOptions,
): Generator<string, void> {
	let count = 0;
	let sumMinor = 0;
	yield line(acquirerCsvHeader);
	for (const row of rows) {
		yield line(fieldsOf(row, options));
		count += 1;
		sumMinor = addMinor(sumMinor, row.amountMinor);
	}
	yield line(["TOTAL", String(count), formatAmount(sumMinor, options.currency)]);
}

function fieldsOf(row: MoneyRow, options: AcquirerCsvOptions): string[] {
	if (row.currency !== options.currency || row.businessDate === undefined) {
		throw new CloseoutError(
			"USAGE",
			`row ${row.source.file}:${row.source.line} is not ${options.currency} or has no business date`,
		);
	}
	return [
		options.acquirer,
		options.merchant,
		row.terminalId ?? "",
		formatDate(row.businessDate),
		digits(row.batch),
		digits(row.trace),
		row.reference,
		row.authorisation ?? "",
		row.kind,
		formatAmount(row.amountMinor, row.currency),
		row.currency,
		row.lastFour === undefined ? "" : `****${row.lastFour}`,
		row.at === undefined ? "" : formatMoment(row.at),
		row.status,
	];
}

/** Six digits, as terminals print batch and trace numbers. */
function digits(value: number | undefined): string {
	return value === undefined ? "" : String(value).padStart(6, "0");
}

function line(fields: readonly string[]): string {
	return `${fields.map(quote).join()}\r\n`;
}

function quote(field: string): string {
	return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
