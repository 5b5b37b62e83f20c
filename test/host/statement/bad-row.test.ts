import { readFileSync } from "node:fs";
import { TextDecoder } from "node:util";
import test from "ava";
import { detectFormat } from "../../../host/statement/detect.ts";
import { BAD_ROWS_MAX } from "../../../host/statement/statement.ts";
import { byteSource, collect, statementFixtures } from "../source.ts";

interface Fault {
	readonly file: string;
	readonly from: string;
	readonly to: string;
	readonly line: number;
	readonly field: string;
}

/** One cell of a fixture made wrong. */
const faults: readonly Fault[] = [
	{ file: "bank.mt940", from: "C57,50NTRF", to: "C57,505NTRF", line: 5, field: ":61:" },
	{ file: "bank.mt940", from: "2611201120D", to: "2611201332D", line: 8, field: ":61:" },
	{ file: "bank.mt942", from: "D2,00NCHG", to: "X2,00NCHG", line: 10, field: ":61:" },
	{
		file: "bank-camt054.xml",
		from: "3.00</Amt><CdtDbtInd>DBIT",
		to: "3.00</Amt><CdtDbtInd>DOWN",
		line: 8,
		field: "CdtDbtInd",
	},
	{
		file: "bank-camt052.xml",
		from: 'Ccy="EUR">12.50',
		to: 'Ccy="EUR">12.505',
		line: 6,
		field: "Amt",
	},
	{ file: "adyen-settlement.csv", from: "17.80", to: "17.8O", line: 3, field: "Net Credit (NC)" },
	{
		file: "adyen-settlement.csv",
		from: "2026-11-20 11:00:00",
		to: "2026-11-31 11:00:00",
		line: 4,
		field: "Creation Date",
	},
	{
		file: "adyen-accounting.csv",
		from: "EUR,12.30",
		to: "EURO,12.30",
		line: 4,
		field: "Settlement Currency",
	},
	{ file: "stripe-payout.csv", from: "eur,-20.00", to: "eur,-20.001", line: 3, field: "gross" },
	{
		file: "paypal-settlement.csv",
		from: '"DR",1000',
		to: '"XX",1000',
		line: 6,
		field: "Transaction Debit or Credit",
	},
	{
		file: "paypal-activity.csv",
		from: '"-50.00","0.00"',
		to: '"-5O.00","0.00"',
		line: 3,
		field: "Gross",
	},
	{
		file: "wechatpay-bill.csv",
		from: "`12.50,`0.00,`ORIGINAL",
		to: "`12,5,`0.00,`ORIGINAL",
		line: 3,
		field: "退款金额",
	},
	{
		file: "wechatpay-fundflow.csv",
		from: "`支出,`0.60",
		to: "`转出,`0.60",
		line: 3,
		field: "收支类型",
	},
	{
		file: "alipay-trade-gbk.csv",
		from: "-5.80,-5.80",
		to: "-5.80,-5.8o",
		line: 7,
		field: "商家实收(元)",
	},
	{
		file: "alipay-account-gbk.csv",
		from: "2026-11-20 10:00:05",
		to: "2026-11-20 25:00:05",
		line: 7,
		field: "发生时间",
	},
	{
		file: "INN26112088ZM_898000000000001",
		from: "D000000000250",
		to: "X000000000250",
		line: 2,
		field: "net",
	},
	{ file: "IND26010188ACOMN", from: "0101001000", to: "0199001000", line: 2, field: "time" },
];

/** Latin-1 keeps every byte, so that a change of ASCII characters leaves the others alone. */
function change(file: string, from: string, to: string): Uint8Array {
	const bytes = new Uint8Array(readFileSync(new URL(file, statementFixtures)));
	const isGbk = file.includes("gbk") || file.startsWith("IN");
	const text = new TextDecoder(isGbk ? "gb18030" : "utf-8", { ignoreBOM: true }).decode(bytes);
	if (!text.includes(from)) return bytes;
	const changed = text.replace(from, to);
	return isGbk ? encodeLike(bytes, text, changed) : new TextEncoder().encode(changed);
}

/** Encodes the changed text with the bytes that the unchanged characters had. */
function encodeLike(bytes: Uint8Array, text: string, changed: string): Uint8Array {
	const known = new Map<string, Uint8Array>();
	let at = 0;
	for (const char of text) {
		const size = char.charCodeAt(0) < 0x80 ? 1 : 2;
		known.set(char, bytes.subarray(at, at + size));
		at += size;
	}
	return Uint8Array.from(
		[...changed].flatMap((char) => [...(known.get(char) ?? new TextEncoder().encode(char))]),
	);
}

for (const { file, from, to, line, field } of faults) {
	test(`${file}: ${to.trim()} is kept aside with its line and field, and the rest is read`, async (t) => {
		const good = new Uint8Array(readFileSync(new URL(file, statementFixtures)));
		const bytes = change(file, from, to);
		t.notDeepEqual(bytes, good);
		const { parser } = detectFormat(file, bytes);
		const before = await collect(parser, byteSource(file, good));
		const after = await collect(parser, byteSource(file, bytes), { onBadRow: "collect" });
		const [bad, ...others] = after.summary.badRows;
		t.deepEqual(others, []);
		t.is(bad?.line, line);
		t.is(bad?.field, field);
		t.true(bad?.message.startsWith(`${file}:${line}: ${field}: `), bad?.message);
		t.is(after.rows.length, before.rows.length - 1);
		const error = await t.throwsAsync(collect(parser, byteSource(file, bytes)), {
			code: "STATEMENT_ROW",
		});
		t.true(error?.message === bad?.message);
	});
}

test("a line with too few fields is bad, and totals that it leaves open are found", async (t) => {
	const file = "wechatpay-bill.csv";
	const bytes = change(file, ",`0.60%,`100.00,`0.00,`\n", "\n");
	const { parser } = detectFormat(file, bytes);
	const { rows, summary } = await collect(parser, byteSource(file, bytes), { onBadRow: "collect" });
	t.is(rows.length, 1);
	t.regex(summary.badRows[0]?.message ?? "", /^wechatpay-bill\.csv:2: 23 fields instead of 27$/);
	t.true(summary.findings.some(({ code }) => code === "control-total"));
});

test("a file that is nearly all bad rows is refused", async (t) => {
	const lines = ["Type,Net Currency,Net Debit (NC),Net Credit (NC)"];
	for (let row = 0; row <= BAD_ROWS_MAX; row++) lines.push("Settled,EUR,,x");
	const bytes = new TextEncoder().encode(lines.join("\n"));
	const { parser } = detectFormat("a.csv", bytes);
	await t.throwsAsync(collect(parser, byteSource("a.csv", bytes), { onBadRow: "collect" }), {
		code: "STATEMENT_FORMAT",
		message: /^a\.csv:1002: more than 1000 bad rows/,
	});
});

test("a bill without its totals is read, and that it may have been cut off is found", async (t) => {
	for (const [file, mark] of [
		["wechatpay-bill.csv", "总交易单数"],
		["alipay-trade-gbk.csv", "#---"],
	] as const) {
		const bytes = readFileSync(new URL(file, statementFixtures));
		const at = mark.startsWith("#") ? bytes.lastIndexOf(mark) : bytes.indexOf(mark);
		const cut = new Uint8Array(bytes.subarray(0, at));
		const { parser } = detectFormat(file, cut);
		const { rows, summary } = await collect(parser, byteSource(file, cut));
		t.is(rows.length, 2);
		t.regex(summary.findings[0]?.message ?? "", /may have been cut off/);
	}
});

test("totals that disagree with the rows are found", async (t) => {
	for (const [file, from, to, codes] of [
		["bank.mt940", "C261120CNY2300,00", "C261120CNY2300,01", ["control-total"]],
		[
			"bank.mt940",
			":60M:C261120CNY1050,00",
			":60M:C261120CNY1051,00",
			["control-total", "control-total"],
		],
		["bank.mt942", ":90C:1EUR12,34", ":90C:2EUR12,35", ["count", "control-total"]],
		["bank-camt054.xml", "<Sum>15.50</Sum>", "<Sum>15.51</Sum>", ["control-total"]],
		["bank-camt052.xml", "109.50", "109.51", ["control-total"]],
		["adyen-settlement.csv", "1007.00", "1007.01", ["control-total"]],
		["stripe-payout.csv", "96.80", "96.81", ["control-total"]],
		["paypal-settlement.csv", '"SF","USD",5000', '"SF","USD",5001', ["control-total"]],
		["paypal-settlement.csv", '"SC",4', '"SC",5', ["count"]],
		["paypal-activity.csv", '"1,175.00"\r\n', '"1,175.01"\r\n', ["control-total"]],
		["wechatpay-bill.csv", "`2,`90.00,", "`3,`90.01,", ["count", "control-total"]],
		["wechatpay-fundflow.csv", "`149.40,`system", "`149.41,`system", ["control-total"]],
		["wechatpay-fundflow.csv", "`3,`1,`100.00", "`3,`1,`100.01", ["control-total"]],
		["alipay-trade-gbk.csv", "共35.80元，商家优惠", "共35.81元，商家优惠", ["control-total"]],
		["alipay-account-gbk.csv", "支出合计：2笔", "支出合计：3笔", ["count"]],
		[
			"INN26112088ZM_898000000000001",
			"C000000001242",
			"C000000001243",
			["no-money", "control-total"],
		],
	] as const) {
		const bytes = change(file, from, to);
		const { parser } = detectFormat(file, bytes);
		const { summary } = await collect(parser, byteSource(file, bytes));
		const found = summary.findings.map(({ code }) => code).sort();
		t.deepEqual(found, [...codes].sort(), `${file} ${to}`);
		for (const { message } of summary.findings) t.regex(message, /^[^:]+:\d+: /);
	}
});
