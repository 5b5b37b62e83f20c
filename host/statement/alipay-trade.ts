import { addMinor, type MoneyRow, moneyText, type RowKind } from "../core/row.ts";
import { type AlipayNote, readAlipay } from "./alipay-table.ts";
import type { Cells } from "./cells.ts";
import { CHINA_CURRENCY, chinaMoment, numberAfter } from "./china.ts";
import { parseCount, parseDecimal } from "./decimal.ts";
import { makeRow } from "./row-draft.ts";
import type { ParseOptions, StatementParser, StatementSource } from "./statement.ts";
import { Tally } from "./tally.ts";

export const alipayTradeColumns = ["支付宝交易号", "业务类型", "商家实收(元)"] as const;

/** Words of 业务类型; the first that fits counts. */
const kinds: readonly (readonly [RegExp, RowKind])[] = [
	[/退款/, "refund"],
	[/撤销|冲正|关闭/, "reversal"],
	[/交易|支付|付款/, "sale"],
];

/**
 * Alipay's trade details (业务明细): payments and refunds with what the merchant received before the service fee.
 * The totals of payments and refunds at the end are checked as findings.
 */
export const alipayTrade: StatementParser = {
	format: "alipay-trade",
	leg: "acquirer",
	parse: parseTrade,
};

async function* parseTrade(source: StatementSource, options?: ParseOptions) {
	const tally = new Tally(source, options);
	const sums = {
		交易: { count: 0, sumMinor: 0 },
		退款: { count: 0, sumMinor: 0 },
	};
	const notes: AlipayNote[] = [];
	const keep = (note: AlipayNote) => notes.push(note);
	for await (const { cells, line } of readAlipay(tally, options, alipayTradeColumns, keep)) {
		const row = tally.row(line, () => rowOf(tally, cells, line));
		if (row === undefined) continue;
		const side = sums[row.kind === "sale" ? "交易" : "退款"];
		side.count += 1;
		side.sumMinor = addMinor(side.sumMinor, row.amountMinor);
		yield row;
	}
	for (const note of notes) {
		const name = note.text.includes("退款合计") ? "退款" : "交易";
		checkTotal(tally, note, name, sums[name]);
	}
	return tally.summary("alipay-trade");
}

function rowOf(tally: Tally, cells: Cells, line: number): MoneyRow {
	const word = cells.need("业务类型");
	const kind = kinds.find(([pattern]) => pattern.test(word))?.[1];
	if (kind === undefined) tally.unknownWord(line, "业务类型", word, "an adjustment");
	cells.need("商家实收(元)");
	return makeRow({
		leg: "acquirer",
		file: tally.source.name,
		line,
		kind: kind ?? "adjustment",
		status: "approved",
		amountMinor: cells.amount(CHINA_CURRENCY, ["商家实收(元)"]),
		currency: CHINA_CURRENCY,
		references: [
			kind === "sale" ? "" : cells.text("退款批次号/请求号"),
			cells.need("支付宝交易号"),
			cells.text("商户订单号"),
		],
		moment: cells.read(["完成时间", "创建时间"], chinaMoment),
		terminalId: cells.text("终端号"),
		// The bill writes a fee that is charged as a negative amount.
		feeMinor: 0 - cells.amount(CHINA_CURRENCY, ["服务费(元)"]),
		texts: [cells.text("商品名称"), cells.text("备注")],
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
		sumMinor: parseDecimal(numberAfter(text, /共(-?[\d.,]+)元/), CHINA_CURRENCY),
	}));
	if (stated === undefined) return;
	if (stated.count !== has.count) {
		tally.find("count", line, `${name}合计 says ${stated.count} and the bill has ${has.count}`);
	}
	if (Math.abs(stated.sumMinor) !== Math.abs(has.sumMinor)) {
		const texts = [stated, has].map(({ sumMinor }) => moneyText(sumMinor, CHINA_CURRENCY));
		tally.find("control-total", line, `${name}合计 says ${texts[0]} and the rows have ${texts[1]}`);
	}
}
