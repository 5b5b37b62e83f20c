import { readdirSync } from "node:fs";
import test from "ava";
import { acquirerCsvHeader } from "../../../host/statement/acquirer-csv.ts";
import { detectFormat, detectSource } from "../../../host/statement/detect.ts";
import { collect, fileSource, sharedData, textSource } from "../source.ts";

const detect = (text: string) => detectFormat("f", new TextEncoder().encode(text));

test("a format is told by its first bytes, with the reason", (t) => {
	const csv = detect(`\ufeff${acquirerCsvHeader.join()}\n`);
	t.is(csv.parser.format, "acquirer-csv");
	t.regex(csv.reason, /header of the acquirer/);
	const xml = detect('<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">');
	t.is(xml.parser.format, "camt.053");
});

for (const [what, text, message] of [
	["a notification", 'xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.04"', /get the camt\.053/],
	["MT940", ":20:STARTUMS\n:25:", /MT940/],
	["a workbook", "PK\u0003\u0004xx", /ZIP archive or an Excel/],
	["something else", "hello", /known are camt\.053, acquirer-csv/],
] as const) {
	test(`${what} is refused with advice`, (t) => {
		t.throws(() => detect(text), { code: "STATEMENT_FORMAT", message });
	});
}

test("looking at a source loses nothing of it", async (t) => {
	const text = `${acquirerCsvHeader.join()}\nTOTAL,0,0.00\n`;
	const { parser, source } = await detectSource(textSource("a.csv", text, 3));
	t.is((await collect(parser, source)).summary.rows, 0);
});

test("every sample of camt.053 is told from its relatives", async (t) => {
	const folder = sharedData(t, "camt");
	if (folder === undefined) return;
	for (const name of readdirSync(folder)) {
		if (!name.endsWith(".xml")) continue;
		const isStatement = /053|camt53|general_invalid/.test(name);
		const told = detectSource(fileSource(new URL(name, folder)));
		if (isStatement) t.is((await told).parser.format, "camt.053", name);
		else await t.throwsAsync(told, { code: "STATEMENT_FORMAT" }, name);
	}
});
