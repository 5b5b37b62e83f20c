import test from "ava";
import { readDataset } from "../../../host/replay/dataset.ts";
import { fileSource, sharedData, textSource } from "../source.ts";

const fixture = new URL("../../fixture/retail-day.csv", import.meta.url);
const sum = (sales: readonly { kind: string; amountMinor: number }[]) =>
	sales.reduce((total, sale) => total + (sale.kind === "refund" ? -1 : 1) * sale.amountMinor, 0);

test("the project's own day is read", async (t) => {
	const { format, sales, skipped } = await readDataset(fileSource(fixture));
	t.is(format, "retail-day");
	t.is(sales.length, 24);
	t.is(skipped, 0);
	t.deepEqual(sales[0], {
		at: Date.UTC(2026, 10, 20, 1, 0, 0) / 1000,
		businessDate: 2026_11_20,
		terminal: "shop-01",
		amountMinor: 1280,
		currency: "CNY",
		kind: "sale",
		method: "card",
		reference: "R0001",
		cancelled: false,
		line: 2,
	});
	t.is(sales.filter(({ cancelled }) => cancelled).length, 2);
	t.is(sales.filter(({ kind }) => kind === "refund").length, 1);
});

test("lines of one invoice are one sale, an invoice below zero is a refund, zero is left out", async (t) => {
	const text = `InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice
1,A,6,2010-12-01 08:26:00,2.55
1,B,2,2010-12-01 08:26:00,3.39
C2,A,-1,2010-12-01 09:00:00,27.5
3,A,4,2010-12-01 10:00:00,0.0
`;
	const { sales, skipped } = await readDataset(textSource("shop.csv", text));
	t.deepEqual(
		sales.map(({ reference, kind, amountMinor, line }) => [reference, kind, amountMinor, line]),
		[
			["1", "sale", 2208, 2],
			["C2", "refund", 2750, 4],
		],
	);
	t.is(skipped, 1);
});

test("an unknown header lists what is known", async (t) => {
	await t.throwsAsync(readDataset(textSource("x.csv", "a,b\n1,2\n")), {
		code: "STATEMENT_FORMAT",
		message: /^x\.csv:1: .*retail-day .*coffee-vending .*vending-machines .*online-retail/,
	});
});

for (const [what, line, message] of [
	["amount", "2024/3/1,2024/3/1 10:15,card,x,three,Latte", /"three" is not a decimal amount/],
	["time", "2024/3/1,noon,card,x,3,Latte", /"noon" is not a time/],
	["method", "2024/3/1,2024/3/1 10:15,shells,x,3,Latte", /cash_type "shells"/],
] as const) {
	test(`a wrong ${what} names file and line`, async (t) => {
		const text = `date,datetime,cash_type,card,money,coffee_name\n${line}\n`;
		const error = await t.throwsAsync(readDataset(textSource("coffee.csv", text)), {
			code: "STATEMENT_ROW",
			message,
		});
		t.regex(error?.message ?? "", /^coffee\.csv:2: /);
	});
}

/** Counts and sums as the list of the sample files has them. */
const samples = [
	["coffee_vending_index_1.csv", "coffee-vending", 3636, 11_543_158, 0],
	["vending_machine_sales_2022.csv", "vending-machines", 6110, 1_256_550, 0],
	["online_retail_2010-12-01_to_09.csv", "online-retail", 1088, 37_748_845, 118],
	["supermarket_sales.xlsx", "supermarket", 1000, 32_296_743, 0],
] as const;

test("a supermarket's invoices give card, wallet and cash sales at their local time", async (t) => {
	const text = [
		"invoice id,total,date,time,payment",
		"750-67-8428,548.97,2019-01-05 00:00:00,1899-12-30 13:08:00,Ewallet",
		"226-31-3081,80.22,2019-03-08 00:00:00,1899-12-30 10:29:00,Cash",
	].join("\n");
	const { format, sales } = await readDataset(textSource("market.csv", text));
	t.is(format, "supermarket");
	t.like(sales[0], {
		businessDate: 20190105,
		amountMinor: 54_897,
		method: "qr",
		at: 1_546_693_680,
	});
	t.like(sales[1], { method: "cash", reference: "226-31-3081" });
});

test("real sales files have the sales and sums that are known of them", async (t) => {
	const folder = sharedData(t, "retail");
	if (folder === undefined) return;
	for (const [name, format, count, totalMinor, skipped] of samples) {
		const dataset = await readDataset(fileSource(new URL(name, folder)));
		t.is(dataset.format, format);
		t.is(dataset.sales.length + dataset.skipped, count, name);
		t.is(dataset.skipped, skipped, name);
		t.is(sum(dataset.sales), totalMinor, name);
		t.is(new Set(dataset.sales.map(({ reference }) => reference)).size, dataset.sales.length, name);
	}
});
