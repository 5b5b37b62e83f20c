import { gzipSync } from "node:zlib";
import test, { type ExecutionContext } from "ava";
import { StoreSource } from "../../../host/api/store-source.ts";
import { type ImportOptions, importStatements } from "../../../host/import/statement.ts";
import type { Store } from "../../../host/store/store.ts";
import { CloseoutError, type ErrorCode } from "../../../protocol/error.ts";
import { openTestStore, storePlaces } from "../../_helper/stores.ts";
import { zip } from "../../_helper/zip.ts";
import { byteSource, textSource } from "../source.ts";

const TENANT = "shop";

/** An MT940 of one account: each line is `:61:` and `:86:`; the closing balance is their sum. */
function mt940(
	lines: readonly (readonly [string, string])[],
	closing: string,
	sign: "C" | "D" = "C",
): string {
	const body = lines.map(([line, text]) => `:61:${line}\n:86:${text}\n`).join("");
	const head = ":20:S\n:25:20041133/0123456\n:28C:1/1\n:60F:C261119EUR0,00\n";
	return `${head}${body}:62F:${sign}261120EUR${closing}\n`;
}

/** The same account as a camt.053; each entry is reference, amount and direction. */
function camt(entries: readonly (readonly [string, string, string])[]): string {
	const body = entries.map(
		([reference, amount, direction]) =>
			`<Ntry><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>${direction}</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><Dt>2026-11-20</Dt></BookgDt><AcctSvcrRef>${reference}</AcctSvcrRef></Ntry>`,
	);
	return `<?xml version="1.0"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr>
<Stmt><Id>1</Id><Acct><Id><IBAN>DE00200411330000123456</IBAN></Id></Acct>${body.join("")}</Stmt></BkToCstmrStmt></Document>`;
}

const sale = ["2611201120C57,50NTRFSALE1", "Sale one"] as const;
const fee = ["2611201120D5,00NCHGNONREF", "Fee"] as const;
const second = ["2611201120C20,00NTRFSALE2", "Sale two"] as const;

async function take(
	store: Store,
	name: string,
	text: string | Uint8Array,
	more: Partial<ImportOptions> = {},
) {
	const source = typeof text === "string" ? textSource(name, text, 50) : byteSource(name, text);
	const result = await importStatements(store, { tenant: TENANT, source, dryRun: false, ...more });
	return result.statements.map(({ summary, merged, replaced }) => [summary.rows, merged, replaced]);
}

async function refused(
	t: ExecutionContext,
	taken: Promise<unknown>,
	code: ErrorCode,
	message: RegExp,
) {
	const error = await t.throwsAsync(taken, { instanceOf: CloseoutError, message });
	t.is(error?.code, code);
}

/** What counts: amounts in minor units. */
async function amounts(store: Store): Promise<unknown[]> {
	const rows: unknown[] = [];
	for await (const { amountMinor } of store.statementRows({ tenant: TENANT }))
		rows.push(amountMinor);
	return rows.sort((a, b) => Number(a) - Number(b));
}

for (const place of await storePlaces()) {
	const open = async (t: ExecutionContext) => openTestStore(t, await place.make(t));

	test(`${place.name}: a statement that comes again with more rows brings only those`, async (t) => {
		const store = await open(t);
		t.deepEqual(await take(store, "a.sta", mt940([sale, fee], "52,50")), [[2, 0, 0]]);
		t.deepEqual(await take(store, "b.sta", mt940([sale, fee, second], "72,50")), [[3, 2, 0]]);
		t.deepEqual(await amounts(store), [-500, 2000, 5750]);
		await refused(t, take(store, "c.sta", mt940([fee, sale], "52,50")), "REFUSED", /all 2 rows/);
		await refused(t, take(store, "d.sta", mt940([sale, fee], "52,50")), "REFUSED", /as a\.sta/);
		t.deepEqual(await amounts(store), [-500, 2000, 5750]);
	});

	test(`${place.name}: rows that one file has twice stay two, in every file`, async (t) => {
		const store = await open(t);
		await take(store, "a.sta", mt940([fee, fee], "10,00", "D"));
		t.deepEqual(await take(store, "b.sta", mt940([fee, fee, fee, second], "5,00")), [[4, 2, 0]]);
		t.deepEqual(await amounts(store), [-500, -500, -500, 2000]);
	});

	test(`${place.name}: a row that nothing tells from another one needs a person's word`, async (t) => {
		const store = await open(t);
		await take(store, "a.sta", mt940([sale, fee], "52,50"));
		const other = mt940([second, fee], "15,00");
		const said = /^b\.sta:7: -5\.00 EUR without a reference looks like a\.sta:7; say --overlap/;
		await refused(t, take(store, "b.sta", other), "REFUSED", said);
		const source = textSource("b.sta", other);
		const dry = await importStatements(store, { tenant: TENANT, source, dryRun: true });
		t.regex(dry.blocked?.message ?? "", said);
		t.deepEqual(await amounts(store), [-500, 5750]);
		t.deepEqual(await take(store, "b.sta", other, { overlap: "add" }), [[2, 0, 0]]);
		t.deepEqual(await amounts(store), [-500, -500, 2000, 5750]);
	});

	test(`${place.name}: the same account in another format counts once`, async (t) => {
		const store = await open(t);
		await take(store, "a.sta", mt940([sale, fee], "52,50"));
		const entries = [
			["SALE1", "57.50", "CRDT"],
			["NONREF", "5.00", "DBIT"],
		] as const;
		await refused(t, take(store, "a.xml", camt(entries)), "REFUSED", /all 2 rows .*a\.sta/);
		const more = camt([...entries, ["SALE2", "20.00", "CRDT"]]);
		t.deepEqual(await take(store, "b.xml", more), [[3, 2, 0]]);
		t.deepEqual(await amounts(store), [-500, 2000, 5750]);
		const elsewhere = more.replace("0000123456", "0000999999");
		t.deepEqual(await take(store, "c.xml", elsewhere), [[3, 0, 0]], "another account");
	});

	test(`${place.name}: what was announced gives way to what is final, in either order`, async (t) => {
		const final = mt940([sale, fee], "52,50");
		const head = ":20:D\n:25:20041133/0123456\n:28C:1/1\n:34F:EURC0,00\n:13D:2611201200+0100\n";
		const announced = `${head}:61:${sale[0]}\n:86:${sale[1]}\n:90D:0EUR0,00\n:90C:1EUR57,50\n`;
		const store = await open(t);
		t.deepEqual(await take(store, "day.942", announced), [[1, 0, 0]]);
		t.deepEqual(await take(store, "a.sta", final), [[2, 0, 1]]);
		t.deepEqual(await amounts(store), [-500, 5750]);
		const late = announced.replace(":20:D", ":20:E");
		await refused(t, take(store, "late.942", late), "REFUSED", /all 1 rows/);
	});

	test(`${place.name}: an archive is imported as a whole, without what is here already`, async (t) => {
		const store = await open(t);
		const [first, other] = [mt940([sale], "57,50"), mt940([sale, second], "77,50")];
		await take(store, "a.sta", first);
		const packed = zip({ "a.sta": first, "b.sta": other, "read.me": "hello", "__MACOSX/._a": "x" });
		const source = byteSource("all.zip", packed);
		const result = await importStatements(store, { tenant: TENANT, source, dryRun: false });
		t.deepEqual(
			result.statements.map(({ summary: { file, rows }, merged }) => [file, rows, merged]),
			[["all.zip/b.sta", 2, 1]],
		);
		t.deepEqual(
			result.leftOut.map(({ file, why }) => [file, why.slice(0, 22)]),
			[
				["all.zip/read.me", "the format is not know"],
				["all.zip/a.sta", "it was imported before"],
			],
		);
		t.deepEqual(await amounts(store), [2000, 5750]);
		const broken = zip({
			"c.sta": mt940([fee], "5,00", "D"),
			"d.sta": first.replace("57,50N", "57,5xN"),
		});
		await refused(t, take(store, "x.zip", broken), "STATEMENT_ROW", /^x\.zip\/d\.sta:5: /);
		t.deepEqual(await amounts(store), [2000, 5750]);
		const gz = new Uint8Array(gzipSync(mt940([fee], "5,00", "D")));
		t.deepEqual(await take(store, "e.gz", gz), [[1, 0, 0]]);
	});

	test(`${place.name}: a total that does not fit is refused with both figures, unless it is accepted`, async (t) => {
		const store = await open(t);
		const wrong = mt940([sale, fee], "52,51");
		const figures = /^a\.sta:9: .* 52\.50 EUR .* 52\.51 EUR; .*--accept-totals/;
		await refused(t, take(store, "a.sta", wrong), "STATEMENT_TOTAL", figures);
		t.deepEqual(await store.listStatements(TENANT), []);
		t.deepEqual(await take(store, "a.sta", wrong, { acceptTotals: true }), [[2, 0, 0]]);
	});

	test(`${place.name}: a bad line is kept aside, corrected in a CSV and counts once`, async (t) => {
		const store = await open(t);
		const source = new StoreSource({ store, tenant: TENANT, nowS: () => 0, zoneMinutes: () => 0 });
		const bad = mt940(
			[[sale[0].replace("57,50", "57,505"), "card 4111111111111111"], fee],
			"52,50",
		);
		await refused(t, take(store, "a.sta", bad), "STATEMENT_ROW", /^a\.sta:5: :61:/);
		t.deepEqual(await source.badRows(), []);
		t.deepEqual(await take(store, "a.sta", bad, { onBadRow: "collect" }), [[1, 0, 0]]);
		const [row] = await source.badRows();
		t.like(row, { file: "a.sta", line: 5, field: ":61:", text: ":61:2611201120C57,505NTRFSALE1" });
		const { csv, count } = await source.corrections();
		t.is(count, 1);
		await refused(
			t,
			take(store, "empty.csv", csv),
			"STATEMENT_ROW",
			/^empty\.csv:2: amount: is empty/,
		);
		const corrected = csv.replace(",,,EUR,,,", ",credit,57.50,EUR,,SALE1,");
		t.deepEqual(await take(store, "good.csv", corrected), [[1, 0, 0]]);
		t.deepEqual(await amounts(store), [-500, 5750]);
		t.is((await source.corrections()).count, 0);
		t.not((await source.badRows())[0]?.correctedBy, null);
		const again = corrected.replace(",57.50,", ",57.60,");
		await refused(t, take(store, "again.csv", again), "REFUSED", /corrected before/);
		t.deepEqual(await amounts(store), [-500, 5750]);
		t.deepEqual(await take(store, "b.sta", mt940([sale, fee, second], "72,50")), [[3, 2, 0]]);
		t.deepEqual(await amounts(store), [-500, 2000, 5750]);
	});

	test(`${place.name}: imports that end at the same moment see each other`, async (t) => {
		const store = await open(t);
		const files = ["72,50", "52,50"].map((sum, at) =>
			mt940(at === 0 ? [sale, fee, second] : [sale, fee], sum),
		);
		const ended = await Promise.allSettled(files.map((text, at) => take(store, `${at}.sta`, text)));
		t.true(ended.some(({ status }) => status === "fulfilled"));
		t.deepEqual(await amounts(store), [-500, 2000, 5750]);
	});

	test(`${place.name}: an import that is ended or dry leaves nothing`, async (t) => {
		const store = await open(t);
		const stop = new AbortController();
		const text = mt940([sale, fee], "52,50");
		const onProgress = () => stop.abort(new CloseoutError("REFUSED", "ended by the test"));
		await refused(
			t,
			take(store, "a.sta", text, { onProgress, signal: stop.signal }),
			"REFUSED",
			/ended by/,
		);
		await take(store, "a.sta", text, { dryRun: true });
		t.deepEqual(await store.listStatements(TENANT), []);
		t.deepEqual(await store.countStatementRows(["any"]), []);
		t.deepEqual(await take(store, "a.sta", text), [[2, 0, 0]]);
	});
}
