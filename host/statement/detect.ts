import { CloseoutError } from "../../protocol/error.ts";
import { acquirerCsv, acquirerCsvHeader } from "./acquirer-csv.ts";
import { adyenAccounting, adyenAccountingColumns } from "./adyen-accounting.ts";
import { adyenSettlement, adyenSettlementColumns } from "./adyen-settlement.ts";
import { alipayAccount, alipayAccountColumns } from "./alipay-account.ts";
import { alipayTrade, alipayTradeColumns } from "./alipay-trade.ts";
import { peek } from "./bytes.ts";
import { camt052 } from "./camt052.ts";
import { camt053 } from "./camt053.ts";
import { camt054 } from "./camt054.ts";
import { correctedColumns, correctedRows } from "./corrected.ts";
import { fitsMapping, hasHeader, linesOf } from "./csv-sample.ts";
import { startsLikeIso8583 } from "./iso8583-find.ts";
import { iso8583Log } from "./iso8583-log.ts";
import { mappedCsv } from "./mapped-csv.ts";
import { mt940 } from "./mt940.ts";
import { mt942 } from "./mt942.ts";
import { paypalActivity, paypalActivityColumns } from "./paypal-activity.ts";
import { paypalReport } from "./paypal-report.ts";
import { shippedMappings } from "./shipped-mapping.ts";
import type { StatementParser, StatementSource } from "./statement.ts";
import { stripe, stripeColumns, stripeExportColumns } from "./stripe.ts";
import { unionpay } from "./unionpay.ts";
import { unionpayLayoutOf } from "./unionpay-layout.ts";
import { wechatpayBill, wechatpayBillColumns } from "./wechatpay-bill.ts";
import { wechatpayFundflow, wechatpayFundflowColumns } from "./wechatpay-fundflow.ts";

/** Bytes at the start of a file that are enough to tell its format. */
export const DETECT_BYTES = 16_384;

export interface Detected {
	readonly parser: StatementParser;
	/** Why, in words for the person who imports the file. */
	readonly reason: string;
}

/** The start of a file. */
class Head {
	readonly bytes: Uint8Array;
	/** In the encoding that the bytes have. */
	readonly lines: readonly string[];
	readonly text: string;

	constructor(bytes: Uint8Array) {
		this.bytes = bytes;
		this.lines = linesOf(bytes);
		this.text = this.lines.join("\n");
	}

	has(required: readonly string[]): boolean {
		return hasHeader(this.lines, required);
	}
}

/** What a file may look like. `parser` is missing for what is recognised only to say what to do about it. */
interface Look {
	readonly matches: (head: Head) => boolean;
	readonly parser?: StatementParser;
	readonly reason: string;
}

function withoutBlankLines(bytes: Uint8Array): Uint8Array {
	return bytes.subarray(bytes.findIndex((byte) => byte !== 0x0a && byte !== 0x0d));
}

const namespace = (message: string) => (head: Head) =>
	head.text.includes(`urn:iso:std:iso:20022:tech:xsd:${message}.`);
const columns = (required: readonly string[]) => (head: Head) => head.has(required);
const swiftTag = /^\s?(?:\{4:\s*)?:(?:20|25|60[FM]|61|28C?):/m;
const during = /^\s?:(?:34F|13D?|90[CD]):|\{2:[IO]942/m;

const looks: readonly Look[] = [
	{
		matches: ({ bytes }) => bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 0x03,
		reason: "this is a ZIP archive or an Excel workbook; unpack it or save it as CSV first",
	},
	{
		matches: ({ bytes }) => bytes[0] === 0x1f && bytes[1] === 0x8b,
		reason: "this is a gzip archive; unpack it first",
	},
	{
		matches: namespace("camt.053"),
		parser: camt053,
		reason: "the XML namespace is ISO 20022 camt.053, a bank statement",
	},
	{
		matches: namespace("camt.054"),
		parser: camt054,
		reason: "the XML namespace is ISO 20022 camt.054, a notification of credits and debits",
	},
	{
		matches: namespace("camt.052"),
		parser: camt052,
		reason: "the XML namespace is ISO 20022 camt.052, a report of the day so far",
	},
	{
		matches: ({ lines }) => lines[0]?.trim().startsWith(acquirerCsvHeader.join()) ?? false,
		parser: acquirerCsv,
		reason: "the first line is the header of the acquirer's clearing CSV",
	},
	...(["acquirer", "bank"] as const).map((leg) => ({
		matches: (head: Head) => head.has(correctedColumns) && head.text.includes(`corrected-${leg}`),
		parser: correctedRows(leg),
		reason: "the header is that of lines kept aside which a person has corrected",
	})),
	{
		matches: ({ text }) => swiftTag.test(text) && during.test(text),
		parser: mt942,
		reason:
			"the fields are SWIFT's and :34F:, :13D: or :90D: makes them an MT942 report of the day",
	},
	{
		matches: ({ text }) => swiftTag.test(text),
		parser: mt940,
		reason: "the fields :20:, :25:, :60F:, :61: are those of a SWIFT MT940 statement",
	},
	{
		matches: columns(adyenSettlementColumns),
		parser: adyenSettlement,
		reason: "the header has the columns of Adyen's settlement details report",
	},
	{
		matches: columns(adyenAccountingColumns),
		parser: adyenAccounting,
		reason: "the header has the columns of Adyen's payments accounting report",
	},
	{
		matches: ({ text }) =>
			/^"?(?:RH|FH|SH|CH)"?[,;\t|]/.test(text) && text.includes("Transaction Event Code"),
		parser: paypalReport,
		reason: "the records SH and CH are those of a PayPal settlement or transaction report",
	},
	{
		matches: columns(paypalActivityColumns),
		parser: paypalActivity,
		reason: "the header has the columns of PayPal's activity download",
	},
	{
		matches: (head) => head.has(stripeColumns) || head.has(stripeExportColumns),
		parser: stripe,
		reason: "the header has the columns of Stripe's balance and payout reports",
	},
	{
		matches: columns(wechatpayBillColumns),
		parser: wechatpayBill,
		reason: "the header has 微信订单号 and 交易状态, as a WeChat Pay trade bill has",
	},
	{
		matches: columns(wechatpayFundflowColumns),
		parser: wechatpayFundflow,
		reason: "the header has 记账时间 and 收支类型, as a WeChat Pay fund flow bill has",
	},
	{
		matches: columns(alipayTradeColumns),
		parser: alipayTrade,
		reason: "the header has 支付宝交易号 and 商家实收, as Alipay's trade details have",
	},
	{
		matches: columns(alipayAccountColumns),
		parser: alipayAccount,
		reason: "the header has 业务流水号 and 账户余额, as Alipay's account details have",
	},
	{
		matches: ({ bytes }) => unionpayLayoutOf(withoutBlankLines(bytes)) !== undefined,
		parser: unionpay,
		reason: "blanks and digits stand where a flow file of UnionPay (ZM, ACOMN) has them",
	},
	...shippedMappings.map((mapping) => ({
		matches: ({ bytes }: Head) => fitsMapping(bytes, mapping),
		parser: mappedCsv(mapping),
		reason: `the header has the columns of the mapping "${mapping.title}"`,
	})),
	{
		matches: ({ bytes }) => startsLikeIso8583(bytes),
		parser: iso8583Log,
		reason: "a message type and a bitmap of ISO 8583 stand in it",
	},
];

/** Parsers by format, in the order in which formats are told. */
export const statementParsers: readonly StatementParser[] = looks.flatMap(
	({ parser }) => parser ?? [],
);

/** Formats that can be read, and by what each is told. */
export const knownFormats: readonly {
	readonly format: string;
	readonly leg: StatementParser["leg"];
	readonly reason: string;
}[] = looks.flatMap(({ parser, reason }) =>
	parser === undefined ? [] : { format: parser.format, leg: parser.leg, reason },
);

/** Formats that can be read, for messages. */
export const statementFormats = statementParsers.map(({ format }) => format);

/** Tells the format from the first bytes. Throws `STATEMENT_FORMAT` with what is known when it is none. */
export function detectFormat(name: string, head: Uint8Array): Detected {
	const start = new Head(head.subarray(0, DETECT_BYTES));
	const look = looks.find(({ matches }) => matches(start));
	if (look?.parser !== undefined) return { parser: look.parser, reason: look.reason };
	const empty = head.length === 0 ? "the file is empty" : undefined;
	const what =
		look?.reason ??
		empty ??
		`the format is not known; known are ${statementFormats.join(", ")}; any other CSV needs a mapping`;
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
