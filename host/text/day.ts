import { formatAmount } from "../../protocol/money.ts";
import type { PrintDebt } from "../core/book.ts";
import type { Missing, MissingType } from "../core/day-facts.ts";

export type Language = "zh-CN" | "en";

type Sentences = { readonly [type in MissingType]: string };

/** `{count}`, `{subject}`, `{amount}` and `{document}` are filled in. */
const sentences: { readonly [language in Language]: Sentences } = {
	en: {
		notClosed: "the day is not closed",
		recordsToCome: "{count} records are still on the terminal",
		notFolded: "{count} records have arrived and are being processed",
		recordsLost: "{count} records from {subject} on are destroyed",
		recordsMaybeLost: "{count} records may be lost: the terminal was enrolled again without them",
		recordsUnreadable: "{count} records cannot be read by this version of the host",
		fork: "two different journals claim to be this one; a person must look",
		unsettled: "{count} transactions are not settled, {amount}",
		settlementOpen: "settlement {subject} has not ended, {amount}",
		notAgreed: "settlement {subject} did not agree with the acquirer, {amount}",
		cannotConfirm: "settlement {subject} could not be confirmed, {amount}",
		totalsDiffer: "settlement {subject} states other totals than its records give",
		unknownOutcome: "{count} transactions have no known outcome, {amount}",
		pendingReversal: "{count} reversals have not come to an end, {amount}",
		refundOwed: "{count} were charged after their reversal, {amount} to give back",
		printOwed: "{count} × {document} not printed",
		listMissing: "{count} transactions are on no printed list",
	},
	"zh-CN": {
		notClosed: "当日尚未日结",
		recordsToCome: "还有 {count} 条记录在终端上未上传",
		notFolded: "已收到 {count} 条记录，正在处理",
		recordsLost: "自 {subject} 起 {count} 条记录已损坏",
		recordsMaybeLost: "可能丢失 {count} 条记录：终端已重新注册",
		recordsUnreadable: "有 {count} 条记录本版本主机无法识别",
		fork: "出现两份不同的交易日志，需要人工核查",
		unsettled: "{count} 笔交易未结算，金额 {amount}",
		settlementOpen: "结算 {subject} 尚未完成，金额 {amount}",
		notAgreed: "结算 {subject} 对账不平，金额 {amount}",
		cannotConfirm: "结算 {subject} 无法确认，金额 {amount}",
		totalsDiffer: "结算 {subject} 的总额与日志记录不符",
		unknownOutcome: "{count} 笔交易结果未知，金额 {amount}",
		pendingReversal: "{count} 笔冲正未完成，金额 {amount}",
		refundOwed: "{count} 笔冲正后又扣款，须退还 {amount}",
		printOwed: "{count} 份{document}待打印",
		listMissing: "{count} 笔交易未列入已打印的清单",
	},
};

const documents: {
	readonly [language in Language]: { readonly [document in PrintDebt["document"]]: string };
} = {
	en: {
		slip: "slip",
		settlementSlip: "settlement slip",
		dailyList: "daily list",
		statusSlip: "status slip",
		exceptionList: "exception list",
		interimReport: "X report",
		selectedList: "selected list",
		testSlip: "test slip",
	},
	"zh-CN": {
		slip: "签购单",
		settlementSlip: "结算单",
		dailyList: "日结清单",
		statusSlip: "状态单",
		exceptionList: "异常清单",
		interimReport: "X 报表",
		selectedList: "交易明细",
		testSlip: "测试单",
	},
};

/** What is missing of a day, in one plain sentence. */
export function missingText(missing: Missing, language: Language): string {
	const { type, count, subject, document, amountMinor, currency } = missing;
	const amount =
		amountMinor === undefined || currency === undefined
			? "0"
			: `${formatAmount(amountMinor, currency)} ${currency}`;
	const values: Readonly<Record<string, string>> = {
		count: String(count),
		subject: String(subject ?? ""),
		amount,
		document: document === undefined ? "" : documents[language][document],
	};
	return sentences[language][type].replace(/\{(\w+)\}/g, (_whole, name) => values[name] ?? "");
}
