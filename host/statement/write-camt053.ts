import { CloseoutError } from "../../protocol/error.ts";
import { formatAmount } from "../../protocol/money.ts";
import { formatDate } from "../../protocol/time.ts";
import { addMinor, type MoneyRow } from "../core/row.ts";
import { formatMoment } from "./moment.ts";

export interface Camt053Options {
	readonly id: string;
	/** Identification of the account; no IBAN, because a made-up statement should not name a real account. */
	readonly account: string;
	readonly currency: string;
	/** `yyyymmdd` of the opening and the closing balance. */
	readonly date: number;
	/** Seconds since 1970 at which it is made. */
	readonly at: number;
	readonly openingMinor: number;
}

/**
 * A bank's end-of-day statement (camt.053.001.08) in pieces of text; the counterpart of `camt053`. Every row is an
 * entry; its first reference becomes EndToEndId, its text the remittance information. A row that is not approved
 * is written as pending and does not count in the closing balance. Throws `USAGE` for a row of another currency.
 */
export function* writeCamt053(
	rows: readonly MoneyRow[],
	options: Camt053Options,
): Generator<string, void> {
	const { currency, openingMinor } = options;
	let closingMinor = openingMinor;
	for (const row of rows) {
		if (row.currency !== currency) {
			throw new CloseoutError("USAGE", `a row of ${row.currency} in a statement of ${currency}`);
		}
		if (row.status === "approved") closingMinor = addMinor(closingMinor, row.amountMinor);
	}
	const created = element("CreDtTm", formatMoment(options.at));
	yield `<?xml version="1.0" encoding="UTF-8"?>\n`;
	yield `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>\n`;
	yield `<GrpHdr>${element("MsgId", options.id)}${created}</GrpHdr>\n`;
	yield `<Stmt>${element("Id", options.id)}${created}`;
	yield `<Acct><Id><Othr>${element("Id", options.account)}</Othr></Id>${element("Ccy", currency)}</Acct>\n`;
	yield balance("OPBD", openingMinor, options);
	yield balance("CLBD", closingMinor, options);
	for (const row of rows) yield entry(row, options);
	yield "</Stmt></BkToCstmrStmt></Document>\n";
}

function balance(code: string, amountMinor: number, { currency, date }: Camt053Options): string {
	const type = `<Tp><CdOrPrtry>${element("Cd", code)}</CdOrPrtry></Tp>`;
	return `<Bal>${type}${amount(amountMinor, currency)}<Dt>${element("Dt", formatDate(date))}</Dt></Bal>\n`;
}

function entry(row: MoneyRow, options: Camt053Options): string {
	const booked = element("Dt", formatDate(row.businessDate ?? options.date));
	const status = row.status === "approved" ? "BOOK" : "PDNG";
	const money = amount(row.amountMinor, row.currency);
	const [servicer, ...others] = row.references ?? [];
	const references = [
		servicer === undefined ? "" : element("AcctSvcrRef", servicer),
		element("EndToEndId", row.reference === "" ? "NOTPROVIDED" : row.reference),
		...others.map((other) => `<Prtry>${element("Tp", "OTHER")}${element("Ref", other)}</Prtry>`),
	];
	const text = row.text === undefined ? "" : `<RmtInf>${element("Ustrd", row.text)}</RmtInf>`;
	return [
		`<Ntry>${money}<Sts>${element("Cd", status)}</Sts><BookgDt>${booked}</BookgDt>`,
		`<BkTxCd><Prtry>${element("Cd", row.kind)}</Prtry></BkTxCd>${charges(row)}`,
		`<NtryDtls><TxDtls><Refs>${references.join("")}</Refs>${money}${charges(row)}${text}</TxDtls></NtryDtls>`,
		"</Ntry>\n",
	].join("");
}

function charges({ feeMinor, currency }: MoneyRow): string {
	if (feeMinor === undefined) return "";
	const total = formatAmount(feeMinor, currency);
	return `<Chrgs><TtlChrgsAndTaxAmt Ccy="${escapeXml(currency)}">${total}</TtlChrgsAndTaxAmt></Chrgs>`;
}

function amount(amountMinor: number, currency: string): string {
	const indicator = amountMinor < 0 ? "DBIT" : "CRDT";
	const text = formatAmount(Math.abs(amountMinor), currency);
	return `<Amt Ccy="${escapeXml(currency)}">${text}</Amt>${element("CdtDbtInd", indicator)}`;
}

function element(name: string, text: string): string {
	return `<${name}>${escapeXml(text)}</${name}>`;
}

const entities: Readonly<Record<string, string>> = {
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
	'"': "&quot;",
};

/** Text for XML 1.0, which has no place at all for most control characters; those become a space. */
function escapeXml(text: string): string {
	return text
		.toWellFormed()
		.replaceAll(/[\p{Cc}\uFFFE\uFFFF]/gu, " ")
		.replaceAll(/[&<>"]/g, (char) => entities[char] ?? char);
}
