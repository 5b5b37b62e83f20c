import { existsSync, readdirSync, readFileSync } from "node:fs";
import test from "ava";
import type { MoneyRow } from "../../../host/core/row.ts";
import { detectSource } from "../../../host/statement/detect.ts";
import type { StatementSummary } from "../../../host/statement/statement.ts";
import { unpackSource } from "../../../host/statement/unpack.ts";
import { CloseoutError } from "../../../protocol/error.ts";
import { samples } from "../../_helper/samples.ts";
import { collect, fileSource, sharedData } from "../source.ts";

const data = samples(".");

/** What the list of the sample files says about each, by path. */
function listed(): Map<string, string> {
	const facts = new Map<string, string>();
	if (!existsSync(new URL("README.md", data))) return facts;
	for (const line of readFileSync(new URL("README.md", data), "utf8").split("\n")) {
		const cells = line.split(" | ");
		const path = /^\| (\S+)$/.exec(cells[0] ?? "")?.[1];
		if (path !== undefined) facts.set(path, cells.at(-1) ?? "");
	}
	return facts;
}

/** Rows that the list counts in words of several kinds. */
function countOf(fact: string): number | undefined {
	if (/with no rows/.test(fact)) return 0;
	const patterns = [
		/(\d+) :61: lines/,
		/'SB': (\d+)/,
		/(\d+) data rows/,
		/; (\d+) records/,
		/(\d+) of \d+ rows/,
		/(?:^|[ ,:])(\d+) (?:sample )?rows?\b/,
	];
	for (const pattern of patterns) {
		const count = pattern.exec(fact)?.[1];
		if (count !== undefined) return Number(count);
	}
	return undefined;
}

/** Lines that became rows, were kept aside, or were left out and told. */
function accounted({ rows, badRows, findings }: StatementSummary): number {
	const leftOut = findings.filter(({ code }) => code === "no-money");
	const count = leftOut.reduce(
		(sum, { message }) => sum + Number(/: (\d+) lines? left out/.exec(message)?.[1]),
		0,
	);
	return rows + badRows.length + count;
}

/** Differences between the list and the file itself. */
const corrections: Readonly<Record<string, number>> = {
	// Four of the five rows are settled.
	"twint/csv_twint_example_format1_business_20250902.csv": 5,
	// The header record is told as well.
	"other-psp/trustly_P11KFUN-3618_20260201.csv": 4,
};

/** The first statement in a file. */
async function read(path: string) {
	const [first] = await readAll(path);
	if (first === undefined) throw new CloseoutError("ASSERTION", `${path} holds no statement`);
	return first;
}

async function readAll(path: string) {
	const found: Awaited<ReturnType<typeof collect>>[] = [];
	for await (const member of unpackSource(fileSource(new URL(path, data)))) {
		const { parser, source } = await detectSource(member);
		found.push(await collect(parser, source, { onBadRow: "collect" }));
	}
	return found;
}

for (const folder of [
	"adyen",
	"alipay",
	"mt940",
	"paypal",
	"square",
	"stripe",
	"sumup",
	"twint",
	"unionpay",
	"wechatpay",
]) {
	test(`samples of ${folder} have as many lines as their list says`, async (t) => {
		const url = sharedData(t, folder);
		if (url === undefined) return;
		const facts = listed();
		let checked = 0;
		for (const name of readdirSync(url)) {
			const path = `${folder}/${name}`;
			const expected = corrections[path] ?? countOf(facts.get(path) ?? "");
			const { summary } = await read(path);
			if (expected === undefined) continue;
			t.is(accounted(summary), expected, path);
			checked += 1;
		}
		t.true(checked > 0);
	});
}

test("samples of camt.052 and camt.054 have their entries or the details of these", async (t) => {
	const url = sharedData(t, "camt");
	if (url === undefined) return;
	for (const [path, fact] of listed()) {
		const [, message, entries, details] =
			/(camt\.05[24])\S+; .* (\d+) entries, (\d+) TxDtls/.exec(fact) ?? [];
		if (message === undefined || !path.startsWith("camt/") || entries === "0") continue;
		const { summary } = await read(path);
		t.true(summary.format.startsWith(message), path);
		t.true(summary.rows >= Number(entries), path);
		t.true(summary.rows <= Math.max(Number(entries), Number(details)), path);
	}
});

const sum = (rows: readonly MoneyRow[], pick: (row: MoneyRow) => number) =>
	rows.reduce((total, row) => total + pick(row), 0);
const amount = (rows: readonly MoneyRow[]) => sum(rows, (row) => row.amountMinor);
const fee = (rows: readonly MoneyRow[]) => sum(rows, (row) => row.feeMinor ?? 0);
const of = (rows: readonly MoneyRow[], ...kinds: readonly MoneyRow["kind"][]) =>
	rows.filter((row) => kinds.includes(row.kind) && row.status === "approved");

/** Totals in minor units as the list states them, beside what the rows give. */
const totals: readonly (readonly [
	string,
	(rows: readonly MoneyRow[]) => readonly number[],
	readonly number[],
])[] = [
	[
		"adyen/oca_settlement_detail_report_batch_380.csv",
		(rows) => {
			const payout = amount(of(rows, "payout"));
			const gross = amount(of(rows, "sale", "refund"));
			const net = gross - fee(rows) + amount(of(rows, "fee")) - payout;
			return [gross, amount(of(rows, "fee")), payout, net, of(rows, "refund").length];
		},
		[55_735_80, -38_10, 55_308_07, 0, 6],
	],
	[
		"adyen/oca_adyen_test.xlsx",
		(rows) => [rows.length, of(rows, "payout").length, amount(of(rows, "payout"))],
		[21, 1, 23_006_27],
	],
	["adyen/oca_settlement_detail_report_batch_238.csv", (rows) => [amount(rows)], [0]],
	[
		"alipay/qding_trade_detail_20190916_gbk.csv",
		(rows) => [amount(of(rows, "sale")), amount(of(rows, "refund"))],
		[6, -4],
	],
	[
		"alipay/test_trade_detail_20261003_utf8.csv",
		(rows) => [amount(of(rows, "sale")), amount(of(rows, "refund")), fee(rows)],
		[36_80, -35_80, 36],
	],
	["alipay/account_detail_20121229_gbk.csv", (rows) => [amount(rows)], [3_778_00]],
	["mt940/oca_mollie_voorbeeld.mt940", (rows) => [amount(rows)], [-1_350_26]],
	["mt940/oca_test-ing.940", (rows) => [amount(rows)], [564_35 - 662_23]],
	["mt940/wolph_ASNB_mt940.txt", (rows) => [amount(rows)], [501_23 - 444_29]],
	["mt940/wolph_mBank_mt940.sta", (rows) => [amount(rows)], [43 - 40]],
	["mt940/jejik_rabobank-iban.txt", (rows) => [amount(rows)], [930_00 - 1_000_00]],
	[
		"other-psp/checkoutcom_settlement-breakdown_20260702_00000003k599.csv",
		(rows) => [amount(of(rows, "sale")), amount(rows) - fee(rows)],
		[85_00, 79_50],
	],
	["other-psp/checkoutcom_payouts_20260701_20260702.csv", (rows) => [amount(rows)], [79_51]],
	[
		"other-psp/trustly_P11KFUN-3618_20260201.csv",
		(rows) => [amount(of(rows, "sale")), amount(of(rows, "payout"))],
		[862_84, 861_21],
	],
	["other-psp/dlocal_donation.csv", (rows) => [amount(of(rows, "sale"))], [5_00]],
	["other-psp/dlocal_refund.csv", (rows) => [amount(of(rows, "refund"))], [-5_00]],
	[
		"square/square_transactions_synthetic.csv",
		(rows) => [amount(of(rows, "sale")), amount(of(rows, "refund")), amount(rows) - fee(rows)],
		[31_16 + 12_96, -12_96, 29_77],
	],
	["stripe/smashpig_settlement_report.csv", (rows) => [amount(rows), fee(rows)], [51_35, 95]],
	["stripe/smashpig_payments_activity.csv", (rows) => [amount(rows), fee(rows)], [0, 16_20]],
	[
		"stripe/smashpig_settlement_report_with_customer_data.csv",
		(rows) => [amount(rows), fee(rows), amount(rows) - fee(rows)],
		[34_50, 95, 33_55],
	],
	[
		"sumup/csv_example_format2_20250324.csv",
		(rows) => [
			of(rows, "payout").length,
			amount(of(rows, "payout")),
			fee(of(rows, "sale")),
			rows.filter(({ status }) => status === "declined").length,
		],
		[724, 31_248_49, 581_36, 63 + 35],
	],
	[
		"sumup/csv_example_format2_20251014.csv",
		(rows) => [amount(of(rows, "payout")), fee(rows)],
		[1_98, 2],
	],
	[
		"unionpay/INN17071888ZM_898319849000018.part1",
		(rows) => [amount(rows), amount(rows) - fee(rows)],
		[3_056_143_796, 3_056_124_596],
	],
	[
		"unionpay/acquirer_clearing_20170702.csv",
		(rows) => [amount(rows), fee(rows), new Set(rows.map(({ reference }) => reference)).size],
		[26_057_083_92, 47_435_23, 4084],
	],
	[
		"unionpay/chinaums_20170625_netbank.txt",
		(rows) => [amount(rows), fee(rows)],
		[7_944_799_00, 6_355_84],
	],
	[
		"wechatpay/test_ALL_payment_refund_bom.csv",
		(rows) => [amount(of(rows, "sale")), amount(of(rows, "refund"))],
		[1, -1],
	],
	["wechatpay/wechatpay-go_tradebill_ALL_20210128.csv", (rows) => [amount(rows)], [3]],
	["wechatpay/wxjava_ALL_24col_2014.csv", (rows) => [amount(rows)], [2]],
	["wechatpay/doc_fundflow_20180201.csv", (rows) => [amount(of(rows, "refund"))], [-2]],
	["iso8583/vfwz_unionpay_pos_session.json", (rows) => [amount(of(rows, "sale"))], [11_11]],
];

for (const [path, make, expected] of totals) {
	test(`${path} has the totals that its list states`, async (t) => {
		if (sharedData(t, path.split("/")[0] ?? "") === undefined) return;
		t.deepEqual(make((await read(path)).rows), expected);
	});
}

/** Files whose totals agree with their rows, and files that are excerpts or were changed by hand. */
const findings: Readonly<Record<string, readonly string[]>> = {
	"adyen/oca_adyen_test.xlsx": [],
	"adyen/oca_settlement_detail_report_batch_380.csv": [],
	"adyen/smashpig_settlement_detail_report_refund.csv": ["control-total"],
	"alipay/qding_trade_detail_20190916_gbk.csv": [],
	"alipay/test_trade_detail_20261003_utf8.csv": [],
	"alipay/account_detail_20121229_gbk.csv": ["control-total", "count"],
	"mt940/oca_mollie_voorbeeld.mt940": [],
	"mt940/jejik_knab.txt": ["control-total"],
	"mt940/wolph_cmxl_mt940.sta": [],
	"paypal/oca_activity_en.csv": [],
	"paypal/oca_statement_en.csv": [],
	"paypal/smashpig_stl.csv": ["control-total", "count"],
	"stripe/smashpig_settlement_report.csv": ["control-total"],
	"sumup/csv_example_format1_20240215.csv": [],
	"unionpay/chinaums_20170625_netbank.txt": [],
	"wechatpay/wechatpay-go_tradebill_ALL_20210128.csv": [],
	"wechatpay/test_ALL_payment_refund_bom.csv": [],
	"wechatpay/wxjava_ALL.csv": ["control-total", "count"],
	"iso8583/soloicesky_0500_batch_settlement.json": ["control-total", "no-money"],
};

test("control totals that do not hold in a sample are found, and no others", async (t) => {
	for (const [path, codes] of Object.entries(findings)) {
		if (sharedData(t, path.split("/")[0] ?? "") === undefined) return;
		const { summary } = await read(path);
		t.deepEqual([...new Set(summary.findings.map(({ code }) => code))].sort(), codes, path);
	}
});

test("a sample archive holds two statements", async (t) => {
	if (sharedData(t, "camt") === undefined) return;
	const found = await readAll("camt/oca_test-camt053.zip");
	t.deepEqual(
		found.map(({ summary }) => [summary.format, summary.rows]),
		[
			["camt.053.001.02", 3],
			["camt.053.001.02", 3],
		],
	);
});

test("a fragment without a currency keeps its line aside and says why", async (t) => {
	if (sharedData(t, "mt940") === undefined) return;
	const { summary } = await read("mt940/wolph_cmxl_statement_line.sta");
	t.is(summary.rows, 0);
	t.is(summary.badRows[0]?.field, ":61:");
	t.regex(summary.badRows[0]?.message ?? "", /says the currency/);
});
