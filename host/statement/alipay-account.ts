import { addMinor, type MoneyRow, moneyText, type RowKind } from "../core/row.ts";
import { type AlipayNote, readAlipay } from "./alipay-table.ts";
import { RunningBalance } from "./balance.ts";
import type { Cells } from "./cells.ts";
import { CHINA_CURRENCY, chinaMoment, numberAfter } from "./china.ts";
import { parseCount, parseDecimal } from "./decimal.ts";
import { makeRow } from "./row-draft.ts";
import {
	FieldError,
	type ParseOptions,
	type StatementParser,
	type StatementSource,
} from "./statement.ts";
import { Tally } from "./tally.ts";

/** Amounts are named with the sign beside the unit, on either side of it. */
const incomeColumns = ["收入金额(+元)", "收入金额(元)", "收入(+元)"];
const outlayColumns = ["支出金额(-元)", "支出金额(元)", "支出(-元)"];

export const alipayAccountColumns = ["业务流水号", "账户余额(元)", "发生时间"] as const;

/** Words of 业务类型 and 备注; the first that fits counts. */
const kinds: readonly (readonly [RegExp, RowKind])[] = [
	[/服务费|手续费|收费|佣金/, "fee"],
	[/提现/, "payout"],
	[/退款|退票/, "refund"],
	[/充值|转账|红包|保证金|冻结|解冻|分润|理财|其它|其他/, "adjustment"],
	[/在线支付|交易|支付|付款|收款/, "sale"],
];

/**
 * Alipay's account details (账务明细, the `signcustomer` bill): every movement of the account and the balance after
 * it. The totals at the end and the running balance are checked as findings.
 */
export const alipayAccount: StatementParser = {
	format: "alipay-account",
	leg: "acquirer",
	parse: parseAccount,
};

async function* parseAccount(source: StatementSource, options?: ParseOptions) {
	const tally = new Tally(source, options);
	const balance = new RunningBalance(tally);
	const sums = {
		收入: { count: 0, sumMinor: 0 },
		支出: { count: 0, sumMinor: 0 },
	};
	const notes: AlipayNote[] = [];
	const keep = (note: AlipayNote) => notes.push(note);
	for await (const { cells, line } of readAlipay(tally, options, alipayAccountColumns, keep)) {
		const moved = tally.attempt(line, () => movementOf(cells));
		if (moved === undefined) continue;
		const row = tally.row(line, () => rowOf(tally, cells, moved, line));
		if (row === undefined) continue;
		const side = sums[moved < 0 ? "支出" : "收入"];
		side.count += 1;
		side.sumMinor = addMinor(side.sumMinor, Math.abs(moved));
		yield row;
		tally.attempt(line, () => {
			const after = cells.amount(CHINA_CURRENCY, ["账户余额(元)"]);
			if (cells.text("账户余额(元)") !== "") balance.step(CHINA_CURRENCY, moved, after, line);
		});
	}
	balance.end();
	for (const note of notes) {
		const name = note.text.includes("支出合计") ? "支出" : "收入";
		checkTotal(tally, note, name, sums[name]);
	}
	return tally.summary("alipay-account");
}

function movementOf(cells: Cells): number {
	const income = cells.text(...incomeColumns);
	const outlay = cells.text(...outlayColumns);
	if (income === "" && outlay === "")
		throw new FieldError("收入金额", "is empty, and so is 支出金额");
	const inMinor = cells.amount(CHINA_CURRENCY, incomeColumns);
	// Outlays are written with and without their sign.
	const outMinor = Math.abs(cells.amount(CHINA_CURRENCY, outlayColumns));
	return inMinor - outMinor;
}

function rowOf(tally: Tally, cells: Cells, moved: number, line: number): MoneyRow {
	const words = [cells.text("业务类型"), cells.text("备注")].filter(Boolean);
	const known = words.flatMap((word) => kinds.find(([pattern]) => pattern.test(word)) ?? []);
	const kind = known.find((found): found is RowKind => typeof found === "string");
	if (kind === undefined && words[0] !== undefined) {
		tally.unknownWord(line, "业务类型", words[0], moved < 0 ? "an adjustment" : "a sale");
	}
	const taken = kind ?? (moved < 0 ? "adjustment" : "sale");
	return makeRow({
		leg: "acquirer",
		file: tally.source.name,
		line,
		kind: taken === "sale" && moved < 0 ? "adjustment" : taken,
		status: "approved",
		amountMinor: taken === "payout" ? 0 - moved : moved,
		currency: CHINA_CURRENCY,
		references: [cells.text("业务流水号"), cells.text("商户订单号"), cells.text("账务流水号")],
		moment: cells.read(["发生时间", "入账时间"], chinaMoment),
		texts: [cells.text("业务类型"), cells.text("商品名称"), cells.text("备注")],
	});
}

function checkTotal(
	tally: Tally,
	{ text, line }: AlipayNote,
	name: string,
	has: { readonly count: number; readonly sumMinor: number },
): void {
	const stated = tally.attempt(line, () => ({
		count: parseCount(numberAfter(text, /合计：(\d+)笔/)),
		sumMinor: Math.abs(parseDecimal(numberAfter(text, /共(-?[\d.,]+)元/), CHINA_CURRENCY)),
	}));
	if (stated === undefined) return;
	if (stated.count !== has.count) {
		tally.find("count", line, `${name}合计 says ${stated.count} and the bill has ${has.count}`);
	}
	if (stated.sumMinor !== has.sumMinor) {
		const texts = [stated, has].map(({ sumMinor }) => moneyText(sumMinor, CHINA_CURRENCY));
		tally.find("control-total", line, `${name}合计 says ${texts[0]} and the rows have ${texts[1]}`);
	}
}
