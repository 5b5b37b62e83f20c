import { type MoneyRow, moneyText, type RowKind } from "../core/row.ts";
import type { Cells } from "./cells.ts";
import { type Moment, parseLocalMoment } from "./moment.ts";
import { makeRow } from "./row-draft.ts";
import type { ParseOptions, StatementParser, StatementSource } from "./statement.ts";
import { readTable } from "./table.ts";
import { Tally } from "./tally.ts";

/**
 * Names of one column in the itemised reports (payout reconciliation, balance change from activity, payments
 * activity) and in the export of balance transactions.
 */
const columns = {
	id: ["balance_transaction_id", "id"],
	category: ["reporting_category", "type"],
	currency: ["currency"],
	gross: ["gross", "amount"],
	fee: ["fee", "fees"],
	net: ["net"],
	createdUtc: ["created_utc", "created (UTC)"],
	/** In the time zone of the account, which the file does not name. */
	created: ["created"],
} as const;

/** Columns of the itemised reports, one of the two sets of names by which a file is known. */
export const stripeColumns = ["reporting_category", "currency", "gross", "fee", "net"] as const;

/** Columns of the export of balance transactions, the other set. */
export const stripeExportColumns = [
	"id",
	"Type",
	"Amount",
	"Fee",
	"Net",
	"Currency",
	"Created (UTC)",
] as const;

/** Reporting categories and, below them, types of balance transactions. */
const kinds: Readonly<Record<string, RowKind>> = {
	charge: "sale",
	payment: "sale",
	refund: "refund",
	partial_capture_reversal: "refund",
	payment_refund: "refund",
	charge_failure: "reversal",
	refund_failure: "reversal",
	payment_failure_refund: "reversal",
	payment_reversal: "reversal",
	fee: "fee",
	network_cost: "fee",
	tax: "fee",
	stripe_fee: "fee",
	application_fee: "fee",
	application_fee_refund: "fee",
	tax_fee: "fee",
	payout: "payout",
	payout_reversal: "payout",
	payout_failure: "payout",
	payout_cancel: "payout",
	dispute: "adjustment",
	dispute_reversal: "adjustment",
	other_adjustment: "adjustment",
	adjustment: "adjustment",
	risk_reserved_funds: "adjustment",
	reserve_transaction: "adjustment",
	reserved_funds: "adjustment",
	connect_reserved_funds: "adjustment",
	payout_minimum_balance_hold: "adjustment",
	payout_minimum_balance_release: "adjustment",
	transfer: "adjustment",
	transfer_reversal: "adjustment",
	transfer_refund: "adjustment",
	topup: "adjustment",
	topup_reversal: "adjustment",
	platform_earning: "adjustment",
	platform_earning_refund: "adjustment",
	contribution: "adjustment",
	advance: "adjustment",
	advance_funding: "adjustment",
	financing_paydown: "adjustment",
	financing_payout: "adjustment",
	obligation_inbound: "adjustment",
	obligation_outbound: "adjustment",
	obligation: "adjustment",
	currency_conversion: "adjustment",
};

/**
 * Stripe's itemised reports and balance transactions (CSV, amounts in major units). The row's amount is the gross;
 * gross less fee has to be the net of the line, which is checked as a finding.
 */
export const stripe: StatementParser = { format: "stripe", leg: "acquirer", parse: parseStripe };

async function* parseStripe(source: StatementSource, options?: ParseOptions) {
	const tally = new Tally(source, options);
	const table = readTable(tally, options, { required: ["currency", "fee", "net"] });
	for await (const { cells, line } of table) {
		const row = tally.row(line, () => rowOf(tally, cells, line));
		if (row !== undefined) yield row;
	}
	return tally.summary("stripe");
}

function rowOf(tally: Tally, cells: Cells, line: number): MoneyRow {
	const currency = cells.currency(...columns.currency);
	const category = cells.need(...columns.category).toLowerCase();
	const kind = Object.hasOwn(kinds, category) ? kinds[category] : undefined;
	if (kind === undefined) {
		tally.unknownWord(line, "reporting_category", category, "an adjustment");
	}
	cells.need(...columns.gross);
	const grossMinor = cells.amount(currency, columns.gross);
	const feeMinor = cells.amount(currency, columns.fee);
	const netMinor = cells.amount(currency, columns.net);
	if (cells.text(...columns.net) !== "" && grossMinor - feeMinor !== netMinor) {
		const parts = `gross ${moneyText(grossMinor, currency)} less fee ${moneyText(feeMinor, currency)}`;
		const what = `${parts} is not the net ${moneyText(netMinor, currency)}`;
		tally.find("control-total", line, what);
	}
	return makeRow({
		leg: "acquirer",
		file: tally.source.name,
		line,
		kind: kind ?? "adjustment",
		status: cells.text("status").toLowerCase() === "failed" ? "declined" : "approved",
		amountMinor: kind === "payout" ? payoutMinor(category, grossMinor) : grossMinor,
		currency,
		references: [
			cells.text("source_id", "source"),
			cells.text("charge_id"),
			cells.text("payment_intent_id"),
			cells.text(...columns.id),
			kind === "payout" ? cells.text("automatic_payout_id", "transfer") : "",
			cells.text("order_id"),
			cells.text("payment_metadata[external_identifier]"),
		],
		moment: momentOf(cells),
		feeMinor,
		texts: [category, cells.text("description")],
	});
}

function momentOf(cells: Cells): Moment {
	const isUtc = cells.text(...columns.createdUtc) !== "";
	return cells.read(isUtc ? columns.createdUtc : columns.created, (text) =>
		parseLocalMoment(text, isUtc ? "UTC" : undefined),
	);
}

/** Positive to the merchant, whichever sign the report gives it; what comes back of a payout is negative. */
function payoutMinor(category: string, grossMinor: number): number {
	const size = Math.abs(grossMinor);
	return category === "payout" ? size : 0 - size;
}
