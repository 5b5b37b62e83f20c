/** A document with every item of the slip model, in either language, made block by block. */
import type { Slip, SlipBlock } from "../../../../protocol/slip/slip.ts";

const words = {
	"zh-CN": {
		merchant: "喆喆面馆（人民路店）",
		mark: "重打印 2",
		list: "日结清单 2026-11-21",
		sale: "消费",
		wallet: "云闪付",
		total: "合计 2 笔",
		note: "备注：不要香菜，加辣😀，谢谢。",
	},
	en: {
		merchant: "Zhé Noodles & Co.",
		mark: "DUPLICATE 2",
		list: "Daily list 2026-11-21",
		sale: "Sale",
		wallet: "QuickPass",
		total: "Total 2",
		note: "Note: no coriander, extra hot, thank you.",
	},
} as const;

/** @returns blocks as a generator: each is made when the one before has been taken. */
export function* exampleList(language: "zh-CN" | "en"): Slip {
	const text = words[language];
	yield [
		{ kind: "mark", text: text.mark },
		{ kind: "text", text: text.merchant, align: "center", size: "double", bold: true },
		{ kind: "heading", left: text.list, right: "1/1" },
	];
	yield row("000123", `${text.sale} ${text.wallet}`, "15.00");
	yield row("000124", text.sale, "1,280.50");
	yield [
		{ kind: "rule", style: "double" },
		{ kind: "pair", left: text.total, right: "CNY 1,295.50", bold: true, size: "tall" },
		{ kind: "blank" },
		{ kind: "text", text: text.note },
		{ kind: "text", text: `${text.note} ${text.note}`, overflow: "cut" },
		{ kind: "text", text: "2026-11-21 22:00:05", align: "right" },
		{ kind: "qr", data: "HTTPS://EXAMPLE.COM/L/7K2M9", size: 6 },
		{ kind: "rule" },
		{ kind: "cut" },
	];
}

function row(trace: string, name: string, amount: string): SlipBlock {
	const cells = [
		{ text: trace, width: 6 },
		{ text: name },
		{ text: amount, width: 9, align: "right" },
	] as const;
	return [{ kind: "columns", cells }];
}
