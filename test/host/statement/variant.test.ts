import { readFileSync } from "node:fs";
import test from "ava";
import { parse } from "csv-parse/sync";
import type { MoneyRow } from "../../../host/core/row.ts";
import { detectSource } from "../../../host/statement/detect.ts";
import { byteSource, collect, statementFixtures } from "../source.ts";

type Table = readonly (readonly string[])[];

const quote = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
const plain = (cell: string) => (/[",;\t\n]/.test(cell) ? quote(cell) : cell);
const write = (table: Table, delimiter = ",", end = "\n", cell = plain) =>
	table.map((record) => record.map(cell).join(delimiter) + end).join("");

/** What a provider, a spreadsheet or a mail program may do to a CSV. */
const variants: Readonly<Record<string, (table: Table) => string>> = {
	"columns in the other order": (table) => write(table.map((record) => record.toReversed())),
	"a new column": (table) =>
		write(table.map((record, index) => [index === 0 ? "New" : "x", ...record])),
	"every cell quoted": (table) => write(table, ",", "\n", quote),
	"line ends of Windows and a byte order mark": (table) => `\ufeff${write(table, ",", "\r\n")}`,
	"line ends of old machines": (table) => write(table, ",", "\r"),
	"no end of the last line": (table) => write(table).trimEnd(),
	semicolons: (table) => write(table, ";"),
	tabs: (table) => write(table, "\t"),
	"empty lines between": (table) => write(table, ",", "\n\n"),
	"a title above": (table) => `Report of November\n\n${write(table)}`,
	"capitals in the header": (table) =>
		write(
			table.map((record, index) =>
				index === 0 ? record.map((name) => name.toUpperCase()) : record,
			),
		),
};

const withoutLine = (row: MoneyRow) => ({ ...row, source: undefined });

for (const file of [
	"adyen-settlement.csv",
	"adyen-accounting.csv",
	"stripe-payout.csv",
	"paypal-activity.csv",
]) {
	for (const [what, vary] of Object.entries(variants)) {
		test(`${file} with ${what} gives the same rows`, async (t) => {
			const bytes = new Uint8Array(readFileSync(new URL(file, statementFixtures)));
			const original = await detectSource(byteSource(file, bytes));
			const table: Table = parse(bytes, { bom: true });
			const varied = new TextEncoder().encode(vary(table));
			const { parser, source } = await detectSource(byteSource(file, varied));
			t.is(parser.format, original.parser.format);
			const expected = await collect(original.parser, original.source);
			const { rows, summary } = await collect(parser, source);
			t.deepEqual(rows.map(withoutLine), expected.rows.map(withoutLine));
			t.deepEqual(
				summary.findings.map(({ code }) => code),
				expected.summary.findings.map(({ code }) => code),
			);
		});
	}
}

for (const [file, from, to] of [
	["bank.mt940", /\r\n/g, "\n"],
	["bank.mt940", /\r\n/g, "\r\n\r\n"],
	["bank.mt940", /-\r\n/g, "-}\r\n{1:F01BANKCNBJAXXX0000000000}{2:I940BANKCNBJXXXXN}{4:\r\n"],
	["bank.mt940", /57,50/, "000000000057,50"],
	["bank.mt940", /57,50/, "57.50"],
	["bank.mt940", /1250,/, "1250"],
	["wechatpay-bill.csv", /\n/g, "\r\n"],
	["wechatpay-bill.csv", /^/, "\ufeff"],
	["wechatpay-bill.csv", /`100\.00/g, "`100"],
	["paypal-settlement.csv", /\n/g, "\r\n"],
	["paypal-settlement.csv", /,(?=")/g, "\t"],
	["bank-camt054.xml", /<(\/?)(?=[A-Z])/g, "<$1c:"],
] as const) {
	test(`${file} with ${from} as ${JSON.stringify(to)} gives the same rows`, async (t) => {
		const text = readFileSync(new URL(file, statementFixtures), "utf8");
		let varied = text.replaceAll(new RegExp(from, "g"), to);
		if (file.endsWith(".xml")) varied = varied.replace("xmlns=", "xmlns:c=");
		if (to === "\t") varied = text.replaceAll(",", "\t");
		const bytes = new TextEncoder().encode(varied);
		const { parser, source } = await detectSource(byteSource(file, bytes));
		const original = byteSource(file, new TextEncoder().encode(text));
		const expected = await collect(parser, original);
		const { rows, summary } = await collect(parser, source);
		t.deepEqual(rows.map(withoutLine), expected.rows.map(withoutLine));
		t.deepEqual(summary.findings, []);
	});
}
