import { CloseoutError } from "../../protocol/error.ts";
import type { MoneyRow } from "../core/row.ts";
import { peek } from "./bytes.ts";
import { Cells, Columns } from "./cells.ts";
import { readCsv } from "./csv.ts";
import { DELIMITER_SAMPLE_BYTES, tellDelimiter } from "./csv-sample.ts";
import { parseHundredths } from "./decimal.ts";
import { parseLocalMoment } from "./moment.ts";
import { paypalMeaning, paypalStatus } from "./paypal-kind.ts";
import { PaypalTotals } from "./paypal-totals.ts";
import { makeRow } from "./row-draft.ts";
import {
	inField,
	type ParseOptions,
	type StatementParser,
	type StatementSource,
	statementError,
} from "./statement.ts";
import { csvOptions } from "./table.ts";
import { Tally } from "./tally.ts";

/** Records of the file besides its rows (SB): headers, footers and counts of report, file and section. */
const otherRecords = ["RH", "FH", "SH", "CH", "SF", "SC", "RF", "RC", "FF"];

const required = [
	"Transaction ID",
	"Transaction Event Code",
	"Transaction Debit or Credit",
	"Gross Transaction Amount",
	"Gross Transaction Currency",
];

/**
 * PayPal's settlement report (STL) and transaction detail report (TRR) in CSV: records whose first field says what
 * they are. Amounts are hundredths without a mark in every currency, the direction stands beside them. Footers are
 * checked as findings: sums of gross and fees by currency, and numbers of rows.
 */
export const paypalReport: StatementParser = {
	format: "paypal-report",
	leg: "acquirer",
	parse: parsePaypalReport,
};

async function* parsePaypalReport(source: StatementSource, options?: ParseOptions) {
	const tally = new Tally(source, options);
	const reader = new PaypalReader(tally);
	const { head, bytes } = await peek(source.bytes, DELIMITER_SAMPLE_BYTES);
	const csv = csvOptions(tally, options, { delimiter: tellDelimiter(head) });
	for await (const { record, line } of readCsv({ name: source.name, bytes }, csv)) {
		const row = reader.take(record, line);
		if (row !== undefined) yield row;
	}
	reader.end();
	return tally.summary("paypal-report");
}

class PaypalReader {
	readonly #tally: Tally;
	readonly #totals: PaypalTotals;
	#columns: Columns | undefined;
	#shortest = 0;

	constructor(tally: Tally) {
		this.#tally = tally;
		this.#totals = new PaypalTotals(tally);
	}

	take(record: readonly string[], line: number): MoneyRow | undefined {
		const [code = ""] = record;
		if (code === "SB") return this.#takeRow(record, line);
		if (code === "CH") this.#takeHeader(record, line);
		else if (otherRecords.includes(code)) this.#totals.take(record, line);
		else this.#tally.refuse(line, `the record "${code}" is none of SB, ${otherRecords.join(", ")}`);
		if (code === "SH" && record[3]) this.#tally.accounts.add(record[3]);
		return undefined;
	}

	end(): void {
		if (this.#columns !== undefined) return;
		const what = "there is no column header (CH), so this is no settlement or transaction report";
		throw statementError("STATEMENT_FORMAT", this.#tally.source, 1, what);
	}

	#takeHeader(record: readonly string[], line: number): void {
		const columns = new Columns(["", ...record.slice(1)]);
		const missing = columns.missing(required);
		if (missing.length > 0) {
			const what = `the column header lacks ${missing.join(", ")}`;
			throw statementError("STATEMENT_FORMAT", this.#tally.source, line, what);
		}
		this.#columns = columns;
		const places = [...required, "Fee Amount", "Fee Currency"].map(
			(name) => columns.placeOf(name) ?? 0,
		);
		this.#shortest = Math.max(...places) + 1;
	}

	#takeRow(record: readonly string[], line: number): MoneyRow | undefined {
		const columns = this.#columns;
		if (columns === undefined) {
			this.#tally.refuse(line, "a row (SB) stands before the column header (CH)");
			return undefined;
		}
		const row = this.#tally.row(line, () => {
			if (record.length < this.#shortest) {
				const what = `${record.length} fields, of which at least ${this.#shortest} are needed`;
				throw new CloseoutError("SCHEMA", what);
			}
			return this.#rowOf(new Cells(columns, record), line);
		});
		if (row === undefined) this.#totals.skip();
		return row;
	}

	#rowOf(cells: Cells, line: number): MoneyRow {
		const code = cells.need("Transaction Event Code");
		const meaning = paypalMeaning(code);
		if (meaning === undefined) {
			this.#tally.unknownWord(line, "Transaction Event Code", code, "an adjustment");
		}
		const currency = cells.currency("Gross Transaction Currency");
		cells.need("Gross Transaction Amount");
		const grossMinor = signed(
			cells,
			currency,
			"Transaction Debit or Credit",
			"Gross Transaction Amount",
		);
		const feeCurrency = cells.text("Fee Currency").toUpperCase() || currency;
		const feeMinor = signed(cells, feeCurrency, "Fee Debit or Credit", "Fee Amount");
		const word = cells.text("Transactional Status");
		const status = paypalStatus(word);
		if (status === undefined)
			this.#tally.unknownWord(line, "Transactional Status", word, "unknown");
		const isPaid = meaning?.kind === "sale" && meaning.status === undefined && grossMinor < 0;
		const kind = isPaid ? "adjustment" : (meaning?.kind ?? "adjustment");
		const row = makeRow({
			leg: "acquirer",
			file: this.#tally.source.name,
			line,
			kind,
			status: meaning?.status ?? status ?? "unknown",
			amountMinor: kind === "payout" ? 0 - grossMinor : grossMinor,
			currency,
			references: [
				cells.text("Transaction ID"),
				cells.text("PayPal Reference ID"),
				cells.text("Invoice ID"),
				cells.text("Bank Reference ID"),
				cells.text("Custom Field"),
			],
			moment: cells.read(["Transaction Completion Date", "Transaction Initiation Date"], (text) =>
				parseLocalMoment(text),
			),
			terminalId: cells.text("Store ID"),
			feeMinor: feeCurrency === currency ? 0 - feeMinor : undefined,
			texts: [code, cells.text("Transaction Subject"), cells.text("Transaction Note")],
		});
		this.#totals.add(currency, grossMinor, feeCurrency, feeMinor);
		return row;
	}
}

/** An amount with the sign that the column beside it gives; 0 where there is none. */
function signed(cells: Cells, currency: string, side: string, name: string): number {
	const text = cells.text(name);
	if (text === "") return 0;
	const amountMinor = inField(name, () => parseHundredths(text, currency));
	const word = cells.text(side).toUpperCase();
	if (word === "CR") return amountMinor;
	if (word === "DR") return 0 - amountMinor;
	if (amountMinor === 0) return 0;
	return inField(side, () => {
		throw new CloseoutError("SCHEMA", `"${word}" is neither CR nor DR`);
	});
}
