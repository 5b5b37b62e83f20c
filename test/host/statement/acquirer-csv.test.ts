import test from "ava";
import fc from "fast-check";
import { acquirerCsv, acquirerCsvHeader } from "../../../host/statement/acquirer-csv.ts";
import { writeAcquirerCsv } from "../../../host/statement/write-acquirer-csv.ts";
import { row } from "../money-row.ts";
import { collect, textSource } from "../source.ts";

const header = acquirerCsvHeader.join();
const sale =
	"ACQ,M1,shop-01,2026-11-20,000012,000345,612345678901,A1B2C3,sale,12.50,CNY,****4242,2026-11-20T18:03:11+08:00,approved";
const fee = "ACQ,M1,shop-01,2026-11-20,12,,,,fee,-0.08,CNY,,,approved";
const read = (lines: readonly string[]) =>
	collect(acquirerCsv, textSource("clearing.csv", `${lines.join("\r\n")}\r\n`));

test("a line becomes a row and the total is checked", async (t) => {
	const { rows, summary } = await read([`\ufeff${header}`, sale, fee, "TOTAL,2,12.42"]);
	t.deepEqual(rows[0], {
		leg: "acquirer",
		terminalId: "shop-01",
		reference: "612345678901",
		trace: 345,
		authorisation: "A1B2C3",
		batch: 12,
		kind: "sale",
		amountMinor: 1250,
		currency: "CNY",
		at: Date.UTC(2026, 10, 20, 10, 3, 11) / 1000,
		businessDate: 2026_11_20,
		lastFour: "4242",
		source: { file: "clearing.csv", line: 2 },
		status: "approved",
	});
	t.is(rows[1]?.amountMinor, -8);
	t.deepEqual(summary.sums, { CNY: 1242 });
	t.deepEqual(summary.accounts, ["ACQ M1"]);
});

for (const [what, lines, line, message] of [
	["nothing", [], 0, /the file is empty/],
	["another header", ["a,b"], 1, /the header is not/],
	["a missing total", [header, sale], 2, /TOTAL line is missing/],
	["a wrong count", [header, sale, "TOTAL,2,12.50"], 3, /TOTAL says 2 rows, the file has 1/],
	["a wrong sum", [header, sale, "TOTAL,1,12.51"], 3, /not the sum of the rows/],
	["a line after the total", [header, sale, "TOTAL,1,12.50", sale], 4, /after the TOTAL line/],
] as const) {
	test(`a file with ${what} is refused`, async (t) => {
		const text = lines.length === 0 ? "" : `${lines.join("\n")}\n`;
		const error = await t.throwsAsync(collect(acquirerCsv, textSource("clearing.csv", text)), {
			code: "STATEMENT_FORMAT",
			message,
		});
		t.true(error?.message.startsWith(`clearing.csv:${line}: `), error?.message);
	});
}

for (const [what, from, to, message] of [
	["amount", "12.50", "12.505", /more than 2 decimals/],
	["kind", "sale", "gift", /kind: "gift" is none of/],
	["status", "approved", "maybe", /status: "maybe"/],
	["date", "2026-11-20,", "2026-11-31,", /2026-11-31/],
	["time without a zone", "+08:00", "", /has no zone/],
	["trace", "000345", "34x", /trace: "34x"/],
	["currency", "CNY", "cny", /cny/],
	["number of fields", "ACQ,", "", /13 fields instead of 14/],
	["whole card number", "****4242", "4111111111111111", /last four digits/],
] as const) {
	test(`a line with a wrong ${what} is refused with its number`, async (t) => {
		const error = await t.throwsAsync(
			read([header, sale, sale.replace(from, to), "TOTAL,2,25.00"]),
			{
				code: "STATEMENT_ROW",
				message,
			},
		);
		t.true(error?.message.startsWith("clearing.csv:3: "), error?.message);
		t.false(error?.message.includes("4111"));
	});
}

test("a broken quote is refused with its line", async (t) => {
	await t.throwsAsync(read([header, sale, 'ACQ,"M1" x,', "TOTAL,1,12.50"]), {
		code: "STATEMENT_ROW",
		message: /^clearing\.csv:3: /,
	});
});

test("two currencies in one file are refused", async (t) => {
	const dollars = sale.replace("CNY", "USD");
	await t.throwsAsync(read([header, sale, dollars, "TOTAL,2,25.00"]), {
		code: "STATEMENT_ROW",
		message: /^clearing\.csv:3: USD in a file of CNY/,
	});
});

test("what is written is read again", async (t) => {
	const anyRow = fc.record({
		reference: fc.string({
			minLength: 1,
			maxLength: 20,
			unit: fc.constantFrom("A", "7", ",", '"', "号"),
		}),
		amountMinor: fc.integer({ min: -1_000_000, max: 1_000_000 }),
		kind: fc.constantFrom("sale", "refund", "void", "fee"),
		lastFour: fc.constantFrom("0000", "4242"),
		at: fc.integer({ min: 0, max: 4_000_000_000 }),
	});
	await fc.assert(
		fc.asyncProperty(
			fc.array(anyRow),
			fc.constantFrom("CNY", "JPY", "KWD"),
			async (fields, currency) => {
				const rows = fields.map((field, index) =>
					row("acquirer", { ...field, currency, source: { file: "x.csv", line: index + 2 } }),
				);
				const text = [
					...writeAcquirerCsv(rows, { acquirer: "A", merchant: "M, 1", currency }),
				].join("");
				t.deepEqual((await collect(acquirerCsv, textSource("x.csv", text, 50))).rows, rows);
			},
		),
		{ numRuns: 50 },
	);
});
