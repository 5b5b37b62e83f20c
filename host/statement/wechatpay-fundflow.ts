import { CloseoutError } from "../../protocol/error.ts";
import { addMinor, type MoneyRow, moneyText, type RowKind } from "../core/row.ts";
import { RunningBalance } from "./balance.ts";
import type { Cells } from "./cells.ts";
import { CHINA_CURRENCY, chinaMoment } from "./china.ts";
import { parseCount } from "./decimal.ts";
import { makeRow } from "./row-draft.ts";
import {
	FieldError,
	type ParseOptions,
	type StatementParser,
	type StatementSource,
} from "./statement.ts";
import { Tally } from "./tally.ts";
import { readWechatpay } from "./wechatpay-line.ts";

export const wechatpayFundflowColumns = ["记账时间", "收支类型", "收支金额(元)"] as const;

/** Words of the business name and type; the first that fits counts. */
const kinds: readonly (readonly [RegExp, RowKind])[] = [
	[/手续费|服务费/, "fee"],
	[/提现|结算出款/, "payout"],
	[/退款/, "refund"],
	[/撤销|冲正/, "reversal"],
	[/交易|支付|收款/, "sale"],
	[/充值|转账|分账|解冻|冻结|补偿|红包|付款/, "adjustment"],
];

/**
 * A WeChat Pay fund flow bill (资金账单): every movement of the account and the balance after it. The totals at the
 * end and the running balance are checked as findings.
 */
export const wechatpayFundflow: StatementParser = {
	format: "wechatpay-fundflow",
	leg: "acquirer",
	parse: parseFundflow,
};

async function* parseFundflow(source: StatementSource, options?: ParseOptions) {
	const tally = new Tally(source, options);
	const balance = new RunningBalance(tally);
	const totals = new Totals(tally);
	const lines = readWechatpay(tally, wechatpayFundflowColumns, ["资金流水总笔数"]);
	for await (const { cells, line, isTotal } of lines) {
		if (isTotal) {
			totals.check(cells, line);
			continue;
		}
		const moved = tally.attempt(line, () => movementOf(cells));
		const row =
			moved === undefined ? undefined : tally.row(line, () => rowOf(tally, cells, moved, line));
		totals.add(moved ?? 0, row !== undefined);
		if (moved === undefined || row === undefined) continue;
		yield row;
		if (cells.text("账户结余(元)") === "") continue;
		tally.attempt(line, () => {
			const after = cells.amount(CHINA_CURRENCY, ["账户结余(元)"]);
			balance.step(CHINA_CURRENCY, moved, after, line);
		});
	}
	balance.end();
	return tally.summary("wechatpay-fundflow");
}

function movementOf(cells: Cells): number {
	const side = cells.need("收支类型");
	cells.need("收支金额(元)");
	const amountMinor = Math.abs(cells.amount(CHINA_CURRENCY, ["收支金额(元)"]));
	if (side === "收入") return amountMinor;
	if (side === "支出") return 0 - amountMinor;
	throw new FieldError("收支类型", `"${side}" is neither 收入 nor 支出`);
}

function rowOf(tally: Tally, cells: Cells, moved: number, line: number): MoneyRow {
	const words = `${cells.text("业务名称")} ${cells.text("业务类型")}`.trim();
	const kind = kinds.find(([pattern]) => pattern.test(words))?.[1];
	if (kind === undefined) tally.unknownWord(line, "业务类型", words, "an adjustment");
	if (words === "") throw new CloseoutError("SCHEMA", "业务名称 and 业务类型 are empty");
	return makeRow({
		leg: "acquirer",
		file: tally.source.name,
		line,
		kind: kind === "sale" && moved < 0 ? "adjustment" : (kind ?? "adjustment"),
		status: "approved",
		amountMinor: kind === "payout" ? 0 - moved : moved,
		currency: CHINA_CURRENCY,
		references: [
			cells.text("微信支付业务单号"),
			cells.text("资金流水单号"),
			cells.text("业务凭证号"),
		],
		moment: cells.read(["记账时间"], chinaMoment),
		texts: [words, cells.text("备注")],
	});
}

interface Side {
	count: number;
	sumMinor: number;
}

class Totals {
	readonly #tally: Tally;
	readonly #in: Side = { count: 0, sumMinor: 0 };
	readonly #out: Side = { count: 0, sumMinor: 0 };
	#bad = 0;

	constructor(tally: Tally) {
		this.#tally = tally;
	}

	add(moved: number, isGood: boolean): void {
		if (!isGood) {
			this.#bad += 1;
			return;
		}
		const side = moved < 0 ? this.#out : this.#in;
		side.count += 1;
		side.sumMinor = addMinor(side.sumMinor, Math.abs(moved));
	}

	check(cells: Cells, line: number): void {
		const all = this.#in.count + this.#out.count + this.#bad;
		this.#checkCount(cells, "资金流水总笔数", all, line);
		this.#checkCount(cells, "收入笔数", this.#in.count, line);
		this.#checkCount(cells, "支出笔数", this.#out.count, line);
		this.#checkSum(cells, "收入金额", this.#in.sumMinor, line);
		this.#checkSum(cells, "支出金额", this.#out.sumMinor, line);
	}

	#checkCount(cells: Cells, name: string, has: number, line: number): void {
		if (cells.text(name) === "") return;
		const stated = this.#tally.attempt(line, () => cells.read([name], parseCount));
		if (stated === undefined || stated === has) return;
		this.#tally.find("count", line, `${name} says ${stated} and the bill has ${has}`);
	}

	#checkSum(cells: Cells, name: string, has: number, line: number): void {
		if (cells.text(name) === "") return;
		const stated = this.#tally.attempt(line, () => cells.amount(CHINA_CURRENCY, [name]));
		if (stated === undefined || stated === has) return;
		const texts = [stated, has].map((minor) => moneyText(minor, CHINA_CURRENCY));
		this.#tally.find(
			"control-total",
			line,
			`${name} says ${texts[0]} and the rows have ${texts[1]}`,
		);
	}
}
