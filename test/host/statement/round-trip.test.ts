import test from "ava";
import fc from "fast-check";
import type { MoneyRow } from "../../../host/core/row.ts";
import { adyenSettlement } from "../../../host/statement/adyen-settlement.ts";
import { mt940 } from "../../../host/statement/mt940.ts";
import { paypalReport } from "../../../host/statement/paypal-report.ts";
import type { StatementParser } from "../../../host/statement/statement.ts";
import { unionpay } from "../../../host/statement/unionpay.ts";
import { wechatpayBill } from "../../../host/statement/wechatpay-bill.ts";
import { formatAmount } from "../../../protocol/money.ts";
import { formatDate } from "../../../protocol/time.ts";
import { collect, textSource } from "../source.ts";

interface Plain {
	readonly reference: string;
	readonly amountMinor: number;
	readonly businessDate: number;
}

const plain: fc.Arbitrary<Plain> = fc.record({
	reference: fc.stringMatching(/^[A-Z][A-Z0-9]{2,14}$/),
	amountMinor: fc.integer({ min: 1, max: 99_999_999 }),
	businessDate: fc.constantFrom(2026_11_20, 2026_12_31, 2027_01_01, 2028_02_29),
});

/** A tiny writer for each format: what a provider would write for these rows. */
const writers: Readonly<
	Record<string, readonly [StatementParser, string, (rows: readonly Plain[]) => string]>
> = {
	mt940: [mt940, "EUR", writeMt940],
	adyen: [adyenSettlement, "KWD", writeAdyen],
	paypal: [paypalReport, "USD", writePaypal],
	wechatpay: [wechatpayBill, "CNY", writeWechatpay],
	unionpay: [unionpay, "CNY", writeUnionpay],
};

const six = (date: number) => String(date).slice(2);
const comma = (minor: number, currency: string) => formatAmount(minor, currency).replace(".", ",");

function writeMt940(rows: readonly Plain[]): string {
	const closing = rows.reduce((sum, row) => sum + row.amountMinor, 500);
	const lines = rows.flatMap((row) => [
		`:61:${six(row.businessDate)}${String(row.businessDate).slice(4)}C${comma(row.amountMinor, "EUR")}NTRF${row.reference}`,
		":86:text",
	]);
	return [
		":20:A",
		":25:1",
		":28C:1",
		":60F:C261119EUR5,00",
		...lines,
		`:62F:C280229EUR${comma(closing, "EUR")}`,
		"-",
		"",
	].join("\r\n");
}

function writeAdyen(rows: readonly Plain[]): string {
	const lines = rows.map((row) =>
		[
			"Settled",
			row.reference,
			formatDate(row.businessDate),
			"KWD",
			formatAmount(row.amountMinor, "KWD"),
			"KWD",
			"",
			formatAmount(row.amountMinor, "KWD"),
		].join(),
	);
	const header =
		"Type,Psp Reference,Creation Date,Gross Currency,Gross Credit (GC),Net Currency,Net Debit (NC),Net Credit (NC)";
	return [header, ...lines].join("\n");
}

function writePaypal(rows: readonly Plain[]): string {
	const names =
		"CH,Transaction ID,Transaction Event Code,Transaction Completion Date,Transaction Debit or Credit,Gross Transaction Amount,Gross Transaction Currency";
	const lines = rows.map((row) =>
		[
			"SB",
			row.reference,
			"T0006",
			`${formatDate(row.businessDate)} 10:00:00 +0000`,
			"CR",
			row.amountMinor,
			"USD",
		].join(),
	);
	return [names, ...lines, `SC,${rows.length}`].join("\n");
}

function writeWechatpay(rows: readonly Plain[]): string {
	const sum = formatAmount(
		rows.reduce((total, row) => total + row.amountMinor, 0),
		"CNY",
	);
	const lines = rows.map((row) =>
		[
			`${formatDate(row.businessDate)} 10:00:00`,
			"1900000001",
			row.reference,
			"SUCCESS",
			formatAmount(row.amountMinor, "CNY"),
			"a,b",
		]
			.map((cell) => `\`${cell}`)
			.join(),
	);
	const header = "交易时间,商户号,微信订单号,交易状态,应结订单金额,商品名称";
	return [header, ...lines, "总交易单数,应结订单总金额", `\`${rows.length},\`${sum}`].join("\r\n");
}

function writeUnionpay(rows: readonly Plain[]): string {
	return rows
		.map((row, index) => {
			const cells = new Array<string>(607).fill(" ");
			const put = (at: number, text: string) => cells.splice(at, text.length, ...text);
			const fen = String(row.amountMinor).padStart(12, "0");
			put(28, String(index).padStart(6, "0"));
			put(35, `${String(row.businessDate).slice(4)}100000`);
			put(66, fen);
			put(87, `${row.businessDate}`.padEnd(21, "0"));
			put(112, row.reference);
			put(166, `D${"0".repeat(12)}`);
			put(180, `C${fen}`);
			put(215, "01");
			return cells.join("");
		})
		.join("\n");
}

for (const [name, [parser, currency, write]] of Object.entries(writers)) {
	test(`what is written as ${name} is read again, in pieces of any size`, async (t) => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(plain, { minLength: 1, maxLength: 12 }),
				fc.integer({ min: 1, max: 500 }),
				async (rows, size) => {
					const read = await collect(parser, textSource("w.txt", write(rows), size));
					const told = ({ reference, references = [], ...row }: MoneyRow) => ({
						names: [reference, ...references],
						...row,
					});
					t.is(read.rows.length, rows.length);
					for (const [index, row] of read.rows.map(told).entries()) {
						const expected = rows[index];
						t.true(row.names.includes(expected?.reference ?? ""));
						t.is(row.amountMinor, expected?.amountMinor ?? 0);
						t.is(row.businessDate ?? 0, expected?.businessDate ?? 0);
						t.is(row.currency, currency);
					}
					t.deepEqual(read.summary.findings, []);
				},
			),
			{ numRuns: 40 },
		);
	});
}
