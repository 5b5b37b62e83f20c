import { readdirSync } from "node:fs";
import test from "ava";
import { acquirerCsvHeader } from "../../../host/statement/acquirer-csv.ts";
import { detectFormat, detectSource } from "../../../host/statement/detect.ts";
import { collect, fileSource, sharedData, statementFixtures, textSource } from "../source.ts";

const detect = (text: string) => detectFormat("f", new TextEncoder().encode(text));

test("a format is told by its first bytes, with the reason", (t) => {
	const csv = detect(`\ufeff${acquirerCsvHeader.join()}\n`);
	t.is(csv.parser.format, "acquirer-csv");
	t.regex(csv.reason, /header of the acquirer/);
	const xml = detect('<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">');
	t.is(xml.parser.format, "camt.053");
});

for (const [what, text, message] of [
	["a workbook", "PK\u0003\u0004xx", /ZIP archive or an Excel/],
	["something else", "hello", /known are camt\.053, .*any other CSV needs a mapping/],
	["nothing", "", /the file is empty/],
] as const) {
	test(`${what} is refused with advice`, (t) => {
		t.throws(() => detect(text), { code: "STATEMENT_FORMAT", message });
	});
}

test("every fixture is told by its format, with a reason of its own", async (t) => {
	const reasons = new Map<string, string>();
	for (const name of readdirSync(statementFixtures)) {
		if (name === "mapped-eu.csv") continue;
		const { parser, reason } = await detectSource(fileSource(new URL(name, statementFixtures)));
		const expected = /^IN/.test(name) ? /^unionpay$/ : new RegExp(formatWord(name));
		t.regex(parser.format.toLowerCase(), expected, name);
		const known = reasons.get(parser.format) ?? reason;
		t.is(reason, known, name);
		reasons.set(parser.format, reason);
	}
	t.is(new Set(reasons.values()).size, reasons.size);
});

/** The part of a fixture's name that the format's name has as well. */
function formatWord(name: string): string {
	const word =
		/camt\d+|mt94\d|^[a-z0-9]+(?:-[a-z]+)?/.exec(name.replace(/^bank[-.]/, ""))?.[0] ?? "";
	const others = { "stripe-payout": "stripe", "paypal-settlement": "paypal-report" };
	return (
		Object.entries(others).find(([one]) => one === word)?.[1] ?? word.replace(/^camt/, "camt.")
	);
}

test("looking at a source loses nothing of it", async (t) => {
	const text = `${acquirerCsvHeader.join()}\nTOTAL,0,0.00\n`;
	const { parser, source } = await detectSource(textSource("a.csv", text, 3));
	t.is((await collect(parser, source)).summary.rows, 0);
});

test("every sample of camt is told from its relatives", async (t) => {
	const folder = sharedData(t, "camt");
	if (folder === undefined) return;
	for (const name of readdirSync(folder)) {
		if (!name.endsWith(".xml")) continue;
		const version = /05[234]|camt53|general_invalid/.exec(name)?.[0] ?? "";
		const expected = { "052": "camt.052", "054": "camt.054" }[version] ?? "camt.053";
		t.is((await detectSource(fileSource(new URL(name, folder)))).parser.format, expected, name);
	}
});
