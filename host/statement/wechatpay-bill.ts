import { addMinor, type MoneyRow, moneyText, type RowStatus } from "../core/row.ts";
import type { Cells } from "./cells.ts";
import { CHINA_CURRENCY, chinaMoment } from "./china.ts";
import { parseCount } from "./decimal.ts";
import { makeRow } from "./row-draft.ts";
import type { ParseOptions, StatementParser, StatementSource } from "./statement.ts";
import { Tally } from "./tally.ts";
import { readWechatpay } from "./wechatpay-line.ts";

/** Columns that make a header a trade bill's; the amounts have other names in the older version. */
export const wechatpayBillColumns = ["交易时间", "商户号", "微信订单号", "交易状态"] as const;

/** What the merchant is owed for an order: the order less coupons that nobody paid for. */
const orderColumns = ["应结订单金额", "总金额", "订单金额"];
const refundColumns = ["退款金额", "申请退款金额"];

/**
 * A WeChat Pay trade bill (交易账单) of the kinds ALL, SUCCESS and REFUND, the older 24 columns as well. An order is
 * a sale of what is settled for it; a refund (or revocation) is a row of its own with the refund's number. The
 * totals at the end are checked as findings.
 */
export const wechatpayBill: StatementParser = {
	format: "wechatpay-bill",
	leg: "acquirer",
	parse: parseBill,
};

async function* parseBill(source: StatementSource, options?: ParseOptions) {
	const tally = new Tally(source, options);
	const totals = new Totals(tally);
	const lines = readWechatpay(tally, wechatpayBillColumns, ["总交易单数"]);
	for await (const { cells, line, isTotal } of lines) {
		if (isTotal) {
			totals.check(cells, line);
			continue;
		}
		totals.count += 1;
		const row = tally.row(line, () => {
			const made = rowOf(tally, cells, line);
			totals.add(made, cells);
			return made;
		});
		if (row === undefined) continue;
		tally.accounts.add(cells.text("商户号"));
		yield row;
	}
	return tally.summary("wechatpay-bill");
}

function currencyOf(cells: Cells): string {
	return cells.text("货币种类") === "" ? CHINA_CURRENCY : cells.currency("货币种类");
}

function isRefund(cells: Cells): boolean {
	const state = cells.text("交易状态").toUpperCase();
	return state === "REFUND" || state === "REVOKED";
}

/** States of a refund; a line of an older bill has none when the refund is done. */
const refundStates: Readonly<Record<string, RowStatus>> = {
	"": "approved",
	SUCCESS: "approved",
	FAIL: "declined",
	PROCESSING: "pending",
	CHANGE: "unknown",
	ABNORMAL: "unknown",
	CLOSED: "declined",
};

function rowOf(tally: Tally, cells: Cells, line: number): MoneyRow {
	const state = cells.need("交易状态").toUpperCase();
	const currency = currencyOf(cells);
	const isBack = isRefund(cells);
	if (!isBack && state !== "SUCCESS") tally.unknownWord(line, "交易状态", state, "unknown");
	const columns = isBack ? refundColumns : orderColumns;
	cells.need(...columns);
	const amountMinor = cells.amount(currency, columns);
	const orderMinor = cells.amount(currency, isBack ? ["申请退款金额"] : ["订单金额"]);
	const couponMinor = orderMinor - amountMinor;
	return makeRow({
		leg: "acquirer",
		file: tally.source.name,
		line,
		kind: isBack ? (state === "REVOKED" ? "reversal" : "refund") : "sale",
		status: isBack
			? refundStatus(tally, cells, line)
			: state === "SUCCESS"
				? "approved"
				: "unknown",
		amountMinor: isBack ? 0 - amountMinor : amountMinor,
		currency,
		references: [
			...(isBack ? [real(cells.text("微信退款单号")), real(cells.text("商户退款单号"))] : []),
			cells.need("微信订单号"),
			cells.text("商户订单号"),
		],
		moment: cells.read(
			isBack ? ["退款成功时间", "退款申请时间", "交易时间"] : ["交易时间"],
			chinaMoment,
		),
		terminalId: cells.text("设备号"),
		feeMinor: cells.amount(currency, ["手续费"]),
		texts: [
			cells.text("商品名称"),
			orderMinor > 0 && couponMinor !== 0 ? `优惠 ${moneyText(couponMinor, currency)}` : "",
		],
	});
}

/** A refund number of `0` says that there is none. */
function real(text: string): string {
	return text === "0" ? "" : text;
}

function refundStatus(tally: Tally, cells: Cells, line: number): RowStatus {
	const state = cells.text("退款状态").toUpperCase();
	const status = Object.hasOwn(refundStates, state) ? refundStates[state] : undefined;
	if (status !== undefined) return status;
	tally.unknownWord(line, "退款状态", state, "unknown");
	return "unknown";
}

/** Names of the totals in both versions, and what each is the sum of. */
const sumNames: readonly (readonly [readonly string[], readonly string[]])[] = [
	[
		["应结订单总金额", "总交易额"],
		["应结订单金额", "总金额"],
	],
	[["退款总金额", "总退款金额"], ["退款金额"]],
	[
		["充值券退款总金额", "总代金券或立减优惠退款金额"],
		["充值券退款金额", "代金券或立减优惠退款金额"],
	],
	[["手续费总金额"], ["手续费"]],
	[["订单总金额"], ["订单金额"]],
	[["申请退款总金额"], ["申请退款金额"]],
];

class Totals {
	readonly #tally: Tally;
	readonly #sums = sumNames.map(() => 0);
	#currency = CHINA_CURRENCY;
	count = 0;

	constructor(tally: Tally) {
		this.#tally = tally;
	}

	/** Throws `SCHEMA` for a bad amount in any of the columns, and then adds none. */
	add({ currency }: MoneyRow, cells: Cells): void {
		const amounts = sumNames.map(([, columns]) => cells.amount(currency, columns));
		this.#currency = currency;
		for (const [place, amountMinor] of amounts.entries()) {
			this.#sums[place] = addMinor(this.#sums[place] ?? 0, amountMinor);
		}
	}

	check(cells: Cells, line: number): void {
		const count = this.#tally.attempt(line, () => cells.read(["总交易单数"], parseCount));
		if (count !== undefined && count !== this.count) {
			this.#tally.find("count", line, `the bill says ${count} orders and has ${this.count}`);
		}
		const currency = this.#currency;
		for (const [place, [names]] of sumNames.entries()) {
			if (cells.text(...names) === "") continue;
			const stated = this.#tally.attempt(line, () => cells.amount(currency, names));
			const has = this.#sums[place] ?? 0;
			if (stated === undefined || stated === has) continue;
			const what = `${names[0]} says ${moneyText(stated, currency)} and the rows have ${moneyText(has, currency)}`;
			this.#tally.find("control-total", line, what);
		}
	}
}
