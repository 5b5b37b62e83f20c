import { type MoneyRow, moneyText } from "../core/row.ts";
import { adyenKind } from "./adyen-kind.ts";
import { type Cells, lastFourOf, optionalNumber } from "./cells.ts";
import { parseLocalMoment } from "./moment.ts";
import { makeRow } from "./row-draft.ts";
import type { ParseOptions, StatementParser, StatementSource } from "./statement.ts";
import { readTable } from "./table.ts";
import { Tally } from "./tally.ts";

/** Columns without which a file is not this report. */
export const adyenAccountingColumns = [
	"Record Type",
	"Psp Reference",
	"Settlement Currency",
	"Payable (SC)",
] as const;

/**
 * Adyen's payments accounting report (CSV): the life of each payment, record by record. What is payable to the
 * merchant is a row; records that change nothing payable (received, authorised, sent for settlement) are counted
 * and told as a finding.
 */
export const adyenAccounting: StatementParser = {
	format: "adyen-accounting",
	leg: "acquirer",
	parse: parseAdyenAccounting,
};

async function* parseAdyenAccounting(source: StatementSource, options?: ParseOptions) {
	const tally = new Tally(source, options);
	const table = readTable(tally, options, { required: adyenAccountingColumns });
	for await (const { cells, line } of table) {
		if (cells.text("Payable (SC)") === "") {
			tally.noMoney(`records of type ${cells.text("Record Type")} without a payable amount`);
			continue;
		}
		const row = tally.row(line, () => rowOf(tally, cells, line));
		if (row === undefined) continue;
		tally.accounts.add(cells.text("Merchant Account"));
		yield row;
	}
	return tally.summary("adyen-accounting");
}

const costColumns = ["Commission (SC)", "Markup (SC)", "Scheme Fees (SC)", "Interchange (SC)"];

function rowOf(tally: Tally, cells: Cells, line: number): MoneyRow {
	const type = cells.need("Record Type");
	const kind = adyenKind(type);
	if (kind === undefined) tally.unknownWord(line, "Record Type", type, "an adjustment");
	const currency = cells.currency("Settlement Currency");
	const amountMinor = cells.amount(currency, ["Payable (SC)"]);
	const costMinor = costColumns.reduce((sum, name) => sum + cells.amount(currency, [name]), 0);
	return makeRow({
		leg: "acquirer",
		file: tally.source.name,
		line,
		kind: kind ?? "adjustment",
		status: "approved",
		amountMinor: kind === "payout" ? 0 - amountMinor : amountMinor,
		currency,
		references: [
			cells.text("Psp Reference"),
			cells.text("Modification Psp Reference", "Modification Reference"),
			cells.text("Merchant Reference"),
		],
		moment: cells.read(["Booking Date", "Creation Date"], (text) =>
			parseLocalMoment(text, cells.text("TimeZone") || undefined),
		),
		terminalId: cells.text("Unique Terminal ID", "Terminal ID"),
		authorisation: cells.text("Authorisation Code", "Auth Code"),
		batch: optionalNumber(cells.text("Payable Batch", "Batch Number")),
		lastFour: lastFourOf(cells.text("Card Number", "Card Summary")),
		texts: [type, costMinor === 0 ? "" : `costs stated: ${moneyText(costMinor, currency)}`],
	});
}
