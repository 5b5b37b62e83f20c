import { addMinor, type MoneyRow, moneyText } from "../core/row.ts";
import { adyenKind } from "./adyen-kind.ts";
import type { Amount } from "./camt-entry.ts";
import { type Cells, lastFourOf, optionalNumber } from "./cells.ts";
import { parseLocalMoment } from "./moment.ts";
import { makeRow } from "./row-draft.ts";
import type { ParseOptions, StatementParser, StatementSource } from "./statement.ts";
import { readTable } from "./table.ts";
import { Tally } from "./tally.ts";

/** Columns without which a file is not this report; all others may be absent, and any may stand anywhere. */
export const adyenSettlementColumns = [
	"Type",
	"Net Currency",
	"Net Debit (NC)",
	"Net Credit (NC)",
] as const;

/** Batches whose sums are held until the end. */
const BATCHES_MAX = 1_000;

/**
 * Adyen's settlement details report (CSV). A line with a gross amount is a row of it, with the difference to the
 * net as its fee when both are of one currency; any other line is a row of its net amount. A batch that was paid
 * out or carried over has to come to zero, which is checked as a finding.
 */
export const adyenSettlement: StatementParser = {
	format: "adyen-settlement",
	leg: "acquirer",
	parse: parseAdyenSettlement,
};

async function* parseAdyenSettlement(source: StatementSource, options?: ParseOptions) {
	const tally = new Tally(source, options);
	const batches = new Batches(tally);
	const table = readTable(tally, options, { required: adyenSettlementColumns });
	for await (const { cells, line } of table) {
		const net = tally.attempt(line, () => netOf(cells));
		if (net === undefined) continue;
		const row = tally.row(line, () => rowOf(tally, cells, net, line));
		if (row === undefined) continue;
		tally.accounts.add(cells.text("Merchant Account"));
		batches.add(cells, net, line);
		yield row;
	}
	batches.end();
	return tally.summary("adyen-settlement");
}

function netOf(cells: Cells): Amount {
	cells.need("Net Credit (NC)", "Net Debit (NC)", "Gross Credit (GC)", "Gross Debit (GC)");
	const currency = cells.currency("Net Currency");
	const credit = cells.amount(currency, ["Net Credit (NC)"]);
	const debit = cells.amount(currency, ["Net Debit (NC)"]);
	return { currency, amountMinor: credit - debit };
}

function grossOf(cells: Cells): Amount | undefined {
	const debit = cells.text("Gross Debit (GC)");
	const credit = cells.text("Gross Credit (GC)");
	if (debit === "" && credit === "") return undefined;
	const currency = cells.currency("Gross Currency");
	const amountMinor =
		cells.amount(currency, ["Gross Credit (GC)"]) - cells.amount(currency, ["Gross Debit (GC)"]);
	return { currency, amountMinor };
}

function rowOf(tally: Tally, cells: Cells, net: Amount, line: number): MoneyRow {
	const type = cells.need("Type");
	const kind = adyenKind(type);
	if (kind === undefined) tally.unknownWord(line, "Type", type, "an adjustment");
	const gross = grossOf(cells);
	const { amountMinor, currency } = gross ?? net;
	const isSame = gross?.currency === net.currency;
	const references =
		kind === "payout" || kind === "fee"
			? ["Modification Reference", "Psp Reference"]
			: ["Psp Reference", "Modification Reference"];
	return makeRow({
		leg: "acquirer",
		file: tally.source.name,
		line,
		kind: kind ?? "adjustment",
		status: "approved",
		// What leaves the account for the bank is positive to the merchant.
		amountMinor: kind === "payout" ? 0 - amountMinor : amountMinor,
		currency,
		references: [
			...references.map((name) => cells.text(name)),
			cells.text("Merchant Reference"),
			cells.text("Modification Merchant Reference"),
		],
		moment: cells.read(["Creation Date", "Booking Date"], (text) =>
			parseLocalMoment(text, cells.text("TimeZone") || undefined),
		),
		terminalId: cells.text("Unique Terminal ID", "Terminal ID"),
		authorisation: cells.text("Authorisation Code", "Auth Code"),
		batch: optionalNumber(cells.text("Batch Number")),
		feeMinor: gross !== undefined && isSame ? gross.amountMinor - net.amountMinor : undefined,
		lastFour: lastFourOf(cells.text("Card Number", "Card Summary")),
		texts: [type, isSame || gross === undefined ? "" : `settled as ${textOf(net)}`],
	});
}

function textOf({ amountMinor, currency }: Amount): string {
	return moneyText(amountMinor, currency);
}

interface Batch {
	readonly name: string;
	readonly currency: string;
	sumMinor: number;
	isClosed: boolean;
	line: number;
}

class Batches {
	readonly #tally: Tally;
	readonly #batches = new Map<string, Batch>();

	constructor(tally: Tally) {
		this.#tally = tally;
	}

	add(cells: Cells, { amountMinor, currency }: Amount, line: number): void {
		const name = cells.text("Batch Number");
		const key = `${cells.text("Merchant Account")}|${name}|${currency}`;
		let batch = this.#batches.get(key);
		if (batch === undefined) {
			if (this.#batches.size >= BATCHES_MAX) return;
			batch = { name, currency, sumMinor: 0, isClosed: false, line };
			this.#batches.set(key, batch);
		}
		batch.sumMinor = addMinor(batch.sumMinor, amountMinor);
		batch.line = line;
		const type = cells.text("Type");
		if (type === "MerchantPayout" || (type === "Balancetransfer" && amountMinor < 0)) {
			batch.isClosed = true;
		}
	}

	end(): void {
		for (const { name, currency, sumMinor, isClosed, line } of this.#batches.values()) {
			if (!isClosed || sumMinor === 0) continue;
			const left = moneyText(sumMinor, currency);
			const what = `the net amounts of batch ${name} and its payout leave ${left} instead of nothing`;
			this.#tally.find("control-total", line, what);
		}
	}
}
