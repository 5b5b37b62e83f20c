import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import test from "ava";
import fc from "fast-check";
import { detectSource } from "../../../host/statement/detect.ts";
import { unpackSource } from "../../../host/statement/unpack.ts";
import { CloseoutError } from "../../../protocol/error.ts";
import { zip } from "../../_helper/zip.ts";
import { byteSource, collect, statementFixtures } from "../source.ts";

async function readAll(name: string, bytes: Uint8Array) {
	const found: Awaited<ReturnType<typeof collect>>[] = [];
	for await (const member of unpackSource(byteSource(name, bytes, 333))) {
		const { parser, source } = await detectSource(member);
		found.push(await collect(parser, source));
	}
	return found;
}

const fixture = (name: string) => new Uint8Array(readFileSync(new URL(name, statementFixtures)));

test("a file that is no archive is given as it is", async (t) => {
	const [read] = await readAll("bank.mt940", fixture("bank.mt940"));
	t.is(read?.summary.format, "MT940");
});

test("every file of a ZIP archive is given under its own name", async (t) => {
	const bytes = zip({
		"明细/alipay.csv": fixture("alipay-trade-gbk.csv"),
		"bank.xml": fixture("bank-camt054.xml"),
	});
	const read = await readAll("a.zip", bytes);
	t.deepEqual(
		read.map(({ summary }) => [summary.file, summary.format, summary.rows]),
		[
			["a.zip/明细/alipay.csv", "alipay-trade", 2],
			["a.zip/bank.xml", "camt.054.001.08", 3],
		],
	);
});

test("what gzip packed is unpacked while it is read", async (t) => {
	const [read] = await readAll("bill.csv.gz", gzipSync(fixture("wechatpay-bill.csv")));
	t.is(read?.summary.format, "wechatpay-bill");
	const damaged = gzipSync(fixture("wechatpay-bill.csv")).subarray(0, -20);
	await t.throwsAsync(readAll("bill.csv.gz", damaged), {
		code: "STATEMENT_FORMAT",
		message: /^bill\.csv\.gz:1: the gzip archive is damaged/,
	});
});

const sheet = `<worksheet><sheetData>
<row r="3"><c r="B3" t="s"><v>0</v></c><c r="C3" t="s"><v>1</v></c><c r="D3" t="inlineStr"><is><t>Net Debit (NC)</t></is></c><c r="E3" t="str"><v>Net Credit (NC)</v></c><c r="F3" t="s"><v>2</v></c><c r="G3" t="s"><v>3</v></c></row>
<row r="4"><c r="B4" t="s"><v>4</v></c><c r="C4" t="s"><v>5</v></c><c r="E4"><v>12.300000000000001</v></c><c r="F4" s="1"><v>46346.75</v></c></row>
</sheetData></worksheet>`;
const workbook = {
	"xl/workbook.xml": "<workbook/>",
	"xl/styles.xml": `<styleSheet><numFmts><numFmt numFmtId="170" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs></styleSheet>`,
	"xl/sharedStrings.xml": `<sst><si><t>Type</t></si><si><r><t>Net </t></r><r><t xml:space="preserve">Currency</t></r></si><si><t>Creation Date</t></si><si><t>Psp Reference</t></si><si><t>Settled</t></si><si><t>EUR</t></si></sst>`,
	"xl/worksheets/sheet1.xml": sheet,
};

test("a workbook is read as the CSV that its first sheet is, with the rows of the sheet", async (t) => {
	const [read] = await readAll("report.xlsx", zip(workbook));
	t.is(read?.summary.format, "adyen-settlement");
	t.deepEqual(
		read?.rows.map(({ kind, amountMinor, businessDate, source }) => [
			kind,
			amountMinor,
			businessDate,
			source.line,
		]),
		[["sale", 1230, 2026_11_20, 4]],
	);
});

test("a damaged archive is refused by name", async (t) => {
	const good = zip({ "bank.mt940": fixture("bank.mt940") });
	await t.throwsAsync(readAll("a.zip", good.subarray(0, -30)), { message: /^a\.zip:1: .*no end/ });
	const damaged = Uint8Array.from(good);
	damaged[60] = 0xff;
	await t.throwsAsync(readAll("a.zip", damaged), {
		code: "STATEMENT_FORMAT",
		message: /^a\.zip:1: /,
	});
});

test("changed bytes of an archive do no harm", async (t) => {
	const good = zip({ ...workbook, "bank.mt940": fixture("bank.mt940") });
	await fc.assert(
		fc.asyncProperty(fc.nat(), fc.nat({ max: 255 }), fc.nat(), async (place, value, cut) => {
			const bytes = Uint8Array.from(good).subarray(0, good.length - (cut % 3) * 7);
			bytes[place % bytes.length] = value;
			try {
				for (const { rows } of await readAll("a.zip", bytes)) t.true(Array.isArray(rows));
			} catch (error) {
				if (!(error instanceof CloseoutError)) throw error;
				t.true(error.code.startsWith("STATEMENT_"), error.message);
			}
		}),
		{ numRuns: 300 },
	);
});
