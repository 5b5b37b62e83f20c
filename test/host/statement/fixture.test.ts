import test from "ava";
import type { MoneyRow } from "../../../host/core/row.ts";
import { detectSource } from "../../../host/statement/detect.ts";
import { collect, fileSource, statementFixtures } from "../source.ts";

interface Fixture {
	readonly format: string;
	/** Kind, status, amount, fee, date and reference of every row. */
	readonly rows: readonly string[];
	readonly accounts?: readonly string[];
	readonly findings?: readonly string[];
}

const fixtures: Readonly<Record<string, Fixture>> = {
	"bank.mt940": {
		format: "MT940",
		rows: [
			"credit approved 5750 CNY 20261120 SETTLE-0012 BATCH12 B-1001",
			"debit approved -50 CNY 20261120 B-1002",
			"debit approved -700 CNY 20261121 BATCH11 B-1003",
			"credit approved 125000 CNY 20261120 BATCH13",
		],
		accounts: ["CN12CLOSEOUT0001/0001"],
	},
	"bank.mt942": {
		format: "MT942",
		rows: [
			"credit pending 1234 EUR 20261120 E-2-E 1 REF-1 B-1",
			"debit pending -200 EUR 20261120 ",
		],
		accounts: ["0001-2222"],
	},
	"bank-camt054.xml": {
		format: "camt.054.001.08",
		rows: [
			"credit approved 1000 EUR 20261120 E1 B-1",
			"credit approved 250 EUR 20261120 E2 B-1",
			"debit approved -300 EUR 20261120 B-2",
		],
		accounts: ["ACC-7"],
	},
	"bank-camt052.xml": {
		format: "camt.052.001.02",
		rows: ["credit approved 1250 EUR 20261120 B-1", "debit approved -300 EUR 20261120 B-2"],
		accounts: ["ACC-7"],
	},
	"adyen-settlement.csv": {
		format: "adyen-settlement",
		rows: [
			"sale approved 105000 fee 975 EUR 20261120 8800000000000001 7700000000000001 order-1",
			"sale approved 2000 USD 20261120 8800000000000002 7700000000000002 order-2",
			"refund approved -5000 EUR 20261120 8800000000000001 7700000000000003 order-1",
			"fee approved -105 EUR 20261120 Transaction Fees November",
			"payout approved 100700 EUR 20261121 TX1 batch 12",
		],
		accounts: ["ShopOne"],
	},
	"adyen-accounting.csv": {
		format: "adyen-accounting",
		rows: [
			"sale approved 1230 EUR 20261120 P1 M1 order-1",
			"adjustment approved -2750 EUR 20261121 P1 M2 order-1",
		],
		accounts: ["ShopOne"],
		findings: ["no-money", "no-money"],
	},
	"stripe-payout.csv": {
		format: "stripe",
		rows: [
			"sale approved 10000 fee 320 EUR 20261120 ch_1 txn_1",
			"refund approved -2000 EUR 20261120 re_1 ch_1 txn_2",
			"sale approved 500 fee 18 JPY 20261120 ch_2 txn_3",
			"payout approved 7680 EUR 20261121 po_1 txn_4",
		],
	},
	"paypal-settlement.csv": {
		format: "paypal-report",
		rows: [
			"sale approved 5000 fee 175 USD 20261120 T1 INV1",
			"refund approved -1000 USD 20261120 T2 T1 INV1",
			"payout approved 3000 USD 20261120 T3",
			"sale approved 100 fee 4 JPY 20261120 T4",
		],
		accounts: ["ACC1"],
	},
	"paypal-activity.csv": {
		format: "paypal-activity",
		rows: [
			"sale approved 125000 fee 2500 EUR 20261120 T1 1",
			"refund approved -5000 EUR 20261120 T2 T1 1",
			"payout approved 100000 EUR 20261121 T3",
		],
	},
	"wechatpay-bill.csv": {
		format: "wechatpay-bill",
		rows: [
			"sale approved 9000 fee 54 CNY 20261120 4200000001 M-1",
			"refund approved -1250 CNY 20261120 5030000001 R-1 4200000002 M-2",
		],
		accounts: ["1900000001"],
	},
	"wechatpay-fundflow.csv": {
		format: "wechatpay-fundflow",
		rows: [
			"sale approved 10000 CNY 20261120 B1 F1 V1",
			"fee approved -60 CNY 20261120 B1 F2 V2",
			"payout approved 14940 CNY 20261120 B2 F3 V3",
		],
	},
	"alipay-trade-gbk.csv": {
		format: "alipay-trade",
		rows: [
			"sale approved 3580 fee 21 CNY 20261120 2026112022001 M-1",
			"refund approved -580 CNY 20261120 R-1 2026112022001 M-1",
		],
		accounts: ["20881000000000010156"],
	},
	"alipay-account-gbk.csv": {
		format: "alipay-account",
		rows: [
			"payout approved 12920 CNY 20261120 203 M-3 300",
			"fee approved -80 CNY 20261120 202 M-2 200",
			"sale approved 13000 CNY 20261120 201 M-1 100",
		],
		accounts: ["20881000000000010156"],
	},
	INN26112088ZM_898000000000001: {
		format: "unionpay-ZM",
		rows: [
			"sale approved 1250 fee 8 CNY 20261120 202611201000000001018 ORD-1",
			"refund approved -250 CNY 20261120 202611201100000001028 ORD-2",
		],
		accounts: ["898000000000001"],
		findings: ["no-money"],
	},
	IND26010188ACOMN: {
		format: "unionpay-ACOMN",
		rows: [
			"sale approved 1250 CNY 20251231 612345678901",
			"void approved -1250 CNY 20260101 612345678902",
			"refund approved -300 CNY 20260101 612345678903",
			"completion approved 5000 CNY 20260101 612345678904",
		],
		accounts: ["898000000000001"],
	},
	"iso8583-log.txt": {
		format: "iso8583-log",
		rows: [
			"sale approved 1250 CNY 20261120 612345678901",
			"sale declined 9900 CNY 20261120 612345678902",
			"void approved -300 CNY 20261120 612345678903",
			"sale unknown 4200 CNY 20261120 ",
		],
		accounts: ["898000000000001"],
		findings: ["no-money", "no-money"],
	},
};

function told({ kind, status, amountMinor, feeMinor, currency, ...row }: MoneyRow): string {
	const fee = feeMinor === undefined ? [] : ["fee", feeMinor];
	const references = [row.reference, ...(row.references ?? [])];
	return [kind, status, amountMinor, ...fee, currency, row.businessDate, ...references].join(" ");
}

for (const [name, { format, rows, accounts = [], findings = [] }] of Object.entries(fixtures)) {
	test(`${name} is told and read`, async (t) => {
		const { parser, source } = await detectSource(fileSource(new URL(name, statementFixtures)));
		const read = await collect(parser, source);
		t.deepEqual(read.rows.map(told), rows);
		t.is(read.summary.format, format);
		t.is(read.summary.rows, rows.length);
		t.deepEqual(read.summary.accounts, accounts);
		t.deepEqual(
			read.summary.findings.map(({ code }) => code),
			findings,
		);
		t.deepEqual(read.summary.badRows, []);
	});
}

test("instants are those of the clock that the file means", async (t) => {
	const firstAt = async (name: string) => {
		const { parser, source } = await detectSource(fileSource(new URL(name, statementFixtures)));
		return (await collect(parser, source)).rows[0]?.at;
	};
	const at = (hour: number) => Date.UTC(2026, 10, 20, hour, 0, 0) / 1000;
	t.is(await firstAt("adyen-settlement.csv"), at(9));
	t.is(await firstAt("paypal-activity.csv"), at(9));
	t.is(await firstAt("paypal-settlement.csv"), at(18) + 1);
	t.is(await firstAt("stripe-payout.csv"), at(10));
	t.is(await firstAt("wechatpay-bill.csv"), at(2));
	t.is(await firstAt("INN26112088ZM_898000000000001"), at(2));
});

test("terminal, trace and the last four digits come along, and nothing more of the card", async (t) => {
	for (const name of ["IND26010188ACOMN", "iso8583-log.txt"]) {
		const { parser, source } = await detectSource(fileSource(new URL(name, statementFixtures)));
		const { rows } = await collect(parser, source);
		t.is(rows[0]?.terminalId, "01080001", name);
		t.is(rows[0]?.lastFour, "4242", name);
		t.false(JSON.stringify(rows).includes("622200"), name);
	}
});
