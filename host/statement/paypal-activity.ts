import { type MoneyRow, moneyText, type RowStatus } from "../core/row.ts";
import { RunningBalance } from "./balance.ts";
import { peek } from "./bytes.ts";
import type { Cells } from "./cells.ts";
import { linesOf } from "./csv-sample.ts";
import { type DateOrder, type Moment, parseClock, parseLocalDate, wallInstant } from "./moment.ts";
import { paypalTypes } from "./paypal-kind.ts";
import { makeRow } from "./row-draft.ts";
import type { ParseOptions, StatementParser, StatementSource } from "./statement.ts";
import { readTable } from "./table.ts";
import { Tally } from "./tally.ts";

/** Columns without which a file is not one of these exports. */
export const paypalActivityColumns = [
	"Date",
	"Time",
	"Currency",
	"Gross",
	"Fee",
	"Net",
	"Transaction ID",
] as const;

/** Bytes by which the order of day and month is told. */
const ORDER_SAMPLE_BYTES = 65_536;

/**
 * The exports of PayPal's web page in English: activity download and statement. Dates are written as the account's
 * country does; the first day above 12 tells which. Gross and fee against net and the running balance of each
 * currency are checked as findings.
 */
export const paypalActivity: StatementParser = {
	format: "paypal-activity",
	leg: "acquirer",
	parse: parsePaypalActivity,
};

async function* parsePaypalActivity(source: StatementSource, options?: ParseOptions) {
	const { head, bytes } = await peek(source.bytes, ORDER_SAMPLE_BYTES);
	const order = dateOrder(linesOf(head).join("\n"));
	const tally = new Tally({ name: source.name, bytes }, options);
	const balance = new RunningBalance(tally);
	const table = readTable(tally, options, { required: paypalActivityColumns });
	let isTold = order !== undefined;
	for await (const { cells, line } of table) {
		if (!isTold) {
			const what = "no day above 12 tells day and month apart; dates were read as month/day/year";
			tally.find("unknown-word", line, what);
			isTold = true;
		}
		const row = tally.row(line, () => rowOf(tally, cells, order ?? "mdy", line));
		if (row === undefined) continue;
		yield row;
		const isMemo = cells.text("Balance Impact").toLowerCase() === "memo";
		if (cells.text("Balance") === "" || isMemo) continue;
		const { currency } = row;
		tally.attempt(line, () => {
			const after = cells.amount(currency, ["Balance"]);
			balance.step(currency, cells.amount(currency, ["Net"]), after, line);
		});
	}
	balance.end();
	return tally.summary("paypal-activity");
}

/** Undefined when the sample has no date that is only one of the two. */
function dateOrder(sample: string): DateOrder | undefined {
	const cells = sample.matchAll(/(?<=^|[,;\t"])(\d{1,4})([-/.])(\d{1,2})\2\d{1,4}(?=[,;\t"]|$)/gm);
	for (const [, first = "", mark, second] of cells) {
		if (first.length === 4) return "ymd";
		if (mark === "." || Number(first) > 12) return "dmy";
		if (Number(second) > 12) return "mdy";
	}
	return undefined;
}

/** Words of the status column; a refunded or reversed payment did move, and the refund has a line of its own. */
const statuses: Readonly<Record<string, RowStatus>> = {
	"": "approved",
	completed: "approved",
	cleared: "approved",
	paid: "approved",
	refunded: "approved",
	"partially refunded": "approved",
	reversed: "approved",
	returned: "approved",
	pending: "pending",
	uncleared: "pending",
	held: "pending",
	placed: "pending",
	processing: "pending",
	"in progress": "pending",
	created: "pending",
	unclaimed: "pending",
	active: "pending",
	denied: "declined",
	failed: "declined",
	canceled: "declined",
	cancelled: "declined",
	expired: "declined",
	voided: "voided",
	removed: "declined",
};

function rowOf(tally: Tally, cells: Cells, order: DateOrder, line: number): MoneyRow {
	const type = cells.need("Type", "Description");
	const currency = cells.currency("Currency");
	cells.need("Gross");
	const grossMinor = cells.amount(currency, ["Gross"]);
	const feeMinor = cells.amount(currency, ["Fee"]);
	const netMinor = cells.amount(currency, ["Net"]);
	if (grossMinor + feeMinor !== netMinor) {
		const parts = `gross ${moneyText(grossMinor, currency)} and fee ${moneyText(feeMinor, currency)}`;
		tally.find(
			"control-total",
			line,
			`${parts} do not make the net ${moneyText(netMinor, currency)}`,
		);
	}
	const meaning = paypalTypes.find(([pattern]) => pattern.test(type))?.[1];
	if (meaning === undefined) tally.unknownWord(line, "Type", type, "an adjustment");
	const word = cells.text("Status").toLowerCase();
	const status = Object.hasOwn(statuses, word) ? statuses[word] : undefined;
	if (status === undefined) tally.unknownWord(line, "Status", word, "unknown");
	const isPaid = meaning?.kind === "sale" && meaning.status === undefined && grossMinor < 0;
	const kind = isPaid ? "adjustment" : (meaning?.kind ?? "adjustment");
	return makeRow({
		leg: "acquirer",
		file: tally.source.name,
		line,
		kind,
		status: meaning?.status ?? status ?? "unknown",
		amountMinor: kind === "payout" ? 0 - grossMinor : grossMinor,
		currency,
		references: [
			cells.text("Transaction ID"),
			cells.text("Reference Txn ID"),
			cells.text("Invoice Number", "Invoice ID"),
			cells.text("Receipt ID"),
		],
		moment: momentOf(cells, order),
		feeMinor: 0 - feeMinor,
		texts: [type, cells.text("Subject"), cells.text("Note")],
	});
}

function momentOf(cells: Cells, order: DateOrder): Moment {
	const date = cells.read(["Date"], (text) => parseLocalDate(text, order));
	const zone = cells.text("TimeZone", "Time Zone");
	if (cells.text("Time") === "") return { date, at: undefined };
	const clockS = cells.read(["Time"], parseClock);
	return { date, at: zone === "" ? undefined : wallInstant(date, clockS, zone) };
}
