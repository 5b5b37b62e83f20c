import { readFileSync } from "node:fs";
import test from "ava";
import { type CsvMapping, parseCsvMapping } from "../../../host/statement/csv-mapping.ts";
import { previewCsv } from "../../../host/statement/csv-preview.ts";
import { mappedCsv } from "../../../host/statement/mapped-csv.ts";
import { shippedMapping, shippedMappings } from "../../../host/statement/shipped-mapping.ts";
import { byteSource, collect, statementFixtures, textSource } from "../source.ts";

const plain = {
	format: "own-report",
	title: "A report of one's own",
	leg: "acquirer",
	encoding: "windows-1252",
	decimal: ",",
	currency: { constant: "EUR" },
	date: { column: "Buchungstag", order: "dmy" },
	references: ["Referenz"],
	rules: [
		{
			when: { Art: ["Zahlung"] },
			kind: "sale",
			amount: { add: ["Betrag"] },
			fee: { add: ["Gebühr"] },
		},
		{ when: { Art: ["Erstattung"] }, kind: "refund", amount: { add: ["Betrag"] } },
	],
	totals: [{ label: "Summe:", place: "right", offset: 2, of: "amount" }],
};

const mapping = (change: object = {}): CsvMapping => parseCsvMapping({ ...plain, ...change });
const bytes = new Uint8Array(readFileSync(new URL("mapped-eu.csv", statementFixtures)));
const read = (own: CsvMapping, text: string, options = {}) =>
	collect(mappedCsv(own), textSource("own.csv", text), options);

test("a file of another country is read: preamble, decimal comma, dates, Windows letters", async (t) => {
	const { rows, summary } = await collect(mappedCsv(mapping()), byteSource("eu.csv", bytes, 5));
	t.deepEqual(
		rows.map((row) => [row.kind, row.amountMinor, row.feeMinor, row.businessDate, row.reference]),
		[
			["sale", 125_050, 1250, 2026_11_20, "K-1"],
			["refund", -5000, undefined, 2026_11_21, "K-2"],
		],
	);
	t.deepEqual(summary.findings, []);
	t.is(summary.format, "own-report");
});

test("a total that does not hold is found", async (t) => {
	const wrong = bytes.map((byte, place) => (place === bytes.lastIndexOf(0x30) ? 0x31 : byte));
	const { summary } = await collect(mappedCsv(mapping()), byteSource("eu.csv", wrong));
	t.deepEqual(
		summary.findings.map(({ code, line }) => [code, line]),
		[["control-total", 6]],
	);
});

const header = "Buchungstag;Art;Betrag;Gebühr;Referenz\n";

test("columns may move, and others may come", async (t) => {
	const text = "Neu;Referenz;Betrag;Art;Buchungstag\nx;K-9;7,00;Zahlung;1.2.2026\n";
	const { rows } = await read(mapping(), text);
	t.deepEqual(
		[rows[0]?.reference, rows[0]?.amountMinor, rows[0]?.businessDate],
		["K-9", 700, 2026_02_01],
	);
});

for (const [what, line, field] of [
	["a word that no rule knows", "20.11.2026;Gutschein;1,00;;K", "Art"],
	["an amount that is empty", "20.11.2026;Zahlung;;;K", "Betrag"],
	["an amount with the other mark", "20.11.2026;Zahlung;12.50;;K", "Betrag"],
	["a date of the other order", "11.20.2026;Zahlung;1,00;;K", "Buchungstag"],
] as const) {
	test(`${what} makes a bad row`, async (t) => {
		const good = "20.11.2026;Zahlung;1,00;0,10;K\n";
		const { rows, summary } = await read(mapping(), `${header}${good}${line}\n${good}`, {
			onBadRow: "collect",
		});
		t.is(rows.length, 2);
		t.deepEqual(
			summary.badRows.map((bad) => [bad.line, bad.field]),
			[[3, field]],
		);
	});
}

test("a missing column is named", async (t) => {
	await t.throwsAsync(read(mapping(), "Buchungstag;Art;Referenz\n"), {
		code: "STATEMENT_FORMAT",
		message: /no header has the columns Betrag of the mapping own-report/,
	});
});

for (const [what, change, message] of [
	["a word that is not known", { decimals: "," }, /correct the mapping/],
	["a leg that is not known", { leg: "till" }, /\/leg/],
	["no rules", { rules: [] }, /\/rules/],
	["a rule without an amount", { rules: [{ kind: "sale" }] }, /\/rules\/0 needs kind and amount/],
	["a currency that is none", { currency: { constant: "Euro" } }, /\/currency/],
] as const) {
	test(`a mapping with ${what} is refused with the place`, (t) => {
		t.throws(() => parseCsvMapping({ ...plain, ...change }, "own.json"), {
			code: "SCHEMA",
			message: (text) => text.startsWith("own.json: ") && message.test(text),
		});
	});
}

test("shipped mappings have formats of their own", (t) => {
	const formats = shippedMappings.map(({ format }) => format);
	t.is(new Set(formats).size, formats.length);
	t.is(shippedMapping("twint-business")?.delimiter, ";");
	t.is(shippedMapping("none"), undefined);
});

test("the currency may stand in a column's name, and the state in a column", async (t) => {
	const own = mapping({
		decimal: ".",
		currency: { header: "Amount (*)" },
		date: { column: "Date", time: "Time", zone: "Europe/Zurich" },
		references: ["Id"],
		status: { column: "State", words: { Settled: "approved", Fail: "declined" } },
		rules: [{ kind: "by-sign", amount: { add: ["Amount (*)"], subtract: ["Tip (*)"] } }],
		totals: [],
	});
	const text =
		"Date;Time;State;Amount (chf);Tip (chf);Id\n2026-11-20;10:00;settled;12.50;0.50;A\n2026-11-20;;Fail;1.00;;B\n";
	const { rows } = await read(own, text);
	t.deepEqual(
		rows.map((row) => [row.currency, row.amountMinor, row.status, row.at]),
		[
			["CHF", 1200, "approved", Date.UTC(2026, 10, 20, 9) / 1000],
			["CHF", 100, "declined", undefined],
		],
	);
});

test("a preview shows rows beside what is wrong, and stops where it is told", async (t) => {
	const preview = await previewCsv(byteSource("eu.csv", bytes), mapping(), 2);
	t.is(preview.delimiter, ";");
	t.deepEqual(preview.header?.line, 3);
	t.deepEqual(preview.missing, []);
	t.deepEqual(
		preview.records.map(({ line, row, problem }) => [line, row?.amountMinor, problem]),
		[
			[4, 125_050, undefined],
			[5, -5000, undefined],
		],
	);
});

test("a preview without a fitting mapping names the likely header and the missing columns", async (t) => {
	const without = await previewCsv(byteSource("eu.csv", bytes));
	t.deepEqual([without.delimiter, without.header?.line], [";", 3]);
	t.regex(without.records[0]?.problem ?? "", /no mapping/);
	const other = mapping({ references: [], date: { column: "Datum", order: "dmy" } });
	const preview = await previewCsv(byteSource("eu.csv", bytes), other);
	t.deepEqual(preview.missing, ["Datum"]);
	t.true(preview.records.every(({ row, problem }) => row === undefined && problem !== undefined));
});
