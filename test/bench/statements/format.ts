import { readFileSync } from "node:fs";
import type { CsvMapping } from "../../../host/statement/csv-mapping.ts";

/** A file of any length in one format: what stands before the rows, row `n`, and what follows `count` of them. */
export interface BenchFormat {
	readonly name: string;
	readonly syntax: "csv" | "xml" | "lines";
	/** Of the file's bytes; UTF-8 when left out. */
	readonly encoding?: "gb18030";
	readonly head: string;
	readonly row: (number: number) => string;
	readonly tail?: (count: number) => string;
	/** A mapping by which the file is read; otherwise its format is told from its content. */
	readonly mapping?: CsvMapping;
}

const digits = (number: number, length: number) => String(number).padStart(length, "0");
const day = (number: number) => digits(1 + (Math.floor(number / 5_000) % 28), 2);

const ourColumns =
	"acquirer,merchant,terminal,businessDate,batch,trace,rrn,authorisation,kind,amount,currency,card,at,status";
const adyenColumns =
	"Type,Batch Number,Merchant Account,Psp Reference,Merchant Reference,Modification Reference,Creation Date,TimeZone,Gross Currency,Gross Debit (GC),Gross Credit (GC),Exchange Rate,Net Currency,Net Debit (NC),Net Credit (NC),Commission (NC)";
const stripeColumns =
	"automatic_payout_id,balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category,description,source_id,charge_id";
const paypalHead = `"RH","2026/11/21 01:00:00 -0800","A","ACC1","9.0"
"FH",1
"SH","2026/11/20 00:00:00 -0800","2026/11/20 23:59:59 -0800","ACC1",""
"CH","Transaction ID","Invoice ID","PayPal Reference ID","PayPal Reference ID Type","Transaction Event Code","Transaction Initiation Date","Transaction Completion Date","Transaction Debit or Credit","Gross Transaction Amount","Gross Transaction Currency","Fee Debit or Credit","Fee Amount","Fee Currency","Custom Field","Consumer ID"
`;
const wechatColumns =
	"交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注";
const alipayHead = `#支付宝业务明细查询
#账号：[20881000000000010156]
#-----------------------------------------业务明细列表----------------------------------------
支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注
`;

/** An entry as banks write it, with one transaction inside. */
function entry(number: number): string {
	return `<Ntry><Amt Ccy="EUR">12.50</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><Dt>2026-11-${day(number)}</Dt></BookgDt><AcctSvcrRef>B-${digits(number, 12)}</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>E${digits(number, 12)}</EndToEndId></Refs><RmtInf><Ustrd>Card sales of the day</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
`;
}

function camt(name: string, container: string, statement: string, number: string): BenchFormat {
	return {
		name,
		syntax: "xml",
		head: `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:${number}"><${container}><GrpHdr><MsgId>M-1</MsgId></GrpHdr>
<${statement}><Id>S-1</Id><Acct><Id><IBAN>DE00200411330000123456</IBAN></Id></Acct>
`,
		row: entry,
		tail: () => `</${statement}></${container}></Document>\n`,
	};
}

const mapping: CsvMapping = {
	format: "bench-bank",
	title: "bench",
	leg: "bank",
	currency: { constant: "EUR" },
	date: { column: "Date" },
	references: ["Reference"],
	rules: [{ kind: "by-sign", amount: { add: ["Amount"] }, fee: { add: ["Fee"] } }],
};

/** A request and its response, as a terminal logged them. */
const log = new URL("../../fixture/statement/iso8583-log.txt", import.meta.url);
const exchange = `${readFileSync(log, "utf8").split("\n").slice(1, 3).join("\n")}\n`;

const euros = (cents: number) => `${Math.floor(cents / 100)},${digits(cents % 100, 2)}`;

export const benchFormats: readonly BenchFormat[] = [
	camt("camt.053", "BkToCstmrStmt", "Stmt", "camt.053.001.08"),
	camt("camt.054", "BkToCstmrDbtCdtNtfctn", "Ntfctn", "camt.054.001.08"),
	{
		name: "MT940",
		syntax: "lines",
		head: ":20:DAY\n:25:CN12CLOSEOUT0001/0001\n:28C:325/1\n:60F:C261101CNY0,00\n",
		row: (number) =>
			`:61:2611${day(number)}C12,50NTRF${digits(number, 12)}//B-1\n:86:166?00CREDIT?20EREF+${digits(number, 12)}?21SVWZ+batch 12?32ACQUIRER\n`,
		tail: (count) => `:62F:C261128CNY${euros(count * 1_250)}\n-\n`,
	},
	{
		name: "MT942",
		syntax: "lines",
		head: ":20:INTRADAY\n:25:0001-2222\n:28C:00012/001\n:34F:EURD0,00\n:34F:EURC0,00\n:13D:2611201730+0100\n",
		row: (number) =>
			`:61:2611${day(number)}C12,50NTRF${digits(number, 12)}//B-1\n:86:/EREF/${digits(number, 12)}/REMI/shop-02/\n`,
		tail: (count) => `:90C:${count}EUR${euros(count * 1_250)}\n-\n`,
	},
	{
		name: "acquirer-csv",
		syntax: "csv",
		head: `${ourColumns}\r\n`,
		row: (number) =>
			`UMS,M1,till-0001,2026-11-${day(number)},1,7,${digits(number, 12)},A1B2C3,sale,12.50,CNY,4242,2026-11-${day(number)}T10:00:00Z,approved\r\n`,
		tail: (count) => `TOTAL,${count},${(count * 12.5).toFixed(2)}\r\n`,
	},
	{
		name: "adyen-settlement",
		syntax: "csv",
		head: `${adyenColumns}\n`,
		row: (number) =>
			`Settled,12,ShopOne,${digits(number, 16)},order-${number},,2026-11-${day(number)} 10:00:00,CET,EUR,,"1,050.00",1,EUR,,"1,040.25",9.75\n`,
	},
	{
		name: "stripe",
		syntax: "csv",
		head: `${stripeColumns}\n`,
		row: (number) =>
			`po_1,txn_${digits(number, 12)},2026-11-${day(number)} 10:00:00,eur,100.00,3.20,96.80,charge,"Counter, order ${number}",ch_1,ch_1\n`,
	},
	{
		name: "paypal-report",
		syntax: "csv",
		head: paypalHead,
		row: (number) =>
			`"SB","T${digits(number, 12)}","INV1","","","T0006","2026/11/${day(number)} 10:00:00 -0800","2026/11/${day(number)} 10:00:01 -0800","CR",5000,"USD","DR",175,"USD","",""\n`,
	},
	{
		name: "wechatpay-bill",
		syntax: "csv",
		head: `\uFEFF${wechatColumns}\r\n`,
		row: (number) =>
			`\`2026-11-${day(number)} 10:00:00,\`wx1,\`1900000001,\`0,\`T01,\`42${digits(number, 16)},\`M-${number},\`u1,\`MICROPAY,\`SUCCESS,\`OTHERS,\`CNY,\`90.00,\`10.00,\`0,\`0,\`0.00,\`0.00,\`,\`,\`茶,\`,\`0.54000,\`0.60%,\`100.00,\`0.00,\`\r\n`,
		tail: (count) =>
			`总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n\`${count},\`${count * 90}.00,\`0.00,\`0.00,\`${(count * 0.54).toFixed(2)}000,\`${count * 100}.00,\`0.00\r\n`,
	},
	{
		name: "alipay-trade",
		syntax: "csv",
		encoding: "gb18030",
		head: alipayHead,
		row: (number) =>
			`20261120${digits(number, 12)}\t,M-1\t,交易,绿茶,2026-11-${day(number)} 10:00:00,2026-11-${day(number)} 10:00:05,\t,\t,\t,T01\t,*某\t,35.80,35.80,0.00,0.00,0.00,0.00,0.00,,0.00\t,0.00,\t,-0.21,0.00,\n`,
		tail: () =>
			"#-----------------------------------------业务明细列表结束------------------------------------\n",
	},
	{
		name: "unionpay",
		syntax: "lines",
		head: "",
		row: (number) =>
			`48020000    00040000    ${digits(number % 1_000_000, 6)} 11${day(number)}100000 6222000000004242    000000001250 000000000000 000000000000 0200 000000 5411 01080001 898000000000001 ${digits(number, 12)} 00 A1B2C3 01020000    000000 00 051 D00000000001 C00000000000 D00000000000${" ".repeat(69)}\n`,
	},
	{
		name: "iso8583-log",
		syntax: "lines",
		head: "2026-11-20 10:00:00.000 link up\n",
		row: (number) => exchange.replaceAll("001250000101", `001250${digits(number % 1_000_000, 6)}`),
	},
	{
		name: "csv by mapping",
		syntax: "csv",
		head: "Date,Reference,Amount,Fee,Text\n",
		row: (number) =>
			`2026-11-${day(number)},R${digits(number, 12)},12.50,0.10,Card sales of the day\n`,
		mapping,
	},
];
