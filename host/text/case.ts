import type { CaseState } from "../core/case.ts";
import type { DifferenceReason } from "../core/difference.ts";
import type { Leg } from "../core/row.ts";

/** Words about cases that commands and claim forms share. */
export interface CaseWords {
	readonly states: Readonly<Record<CaseState, string>>;
	readonly reasons: Readonly<Record<DifferenceReason, string>>;
	readonly leg: Readonly<Record<Leg, string>>;
}

export const caseWordsEn: CaseWords = {
	states: {
		found: "found",
		claimed: "claimed",
		answered: "answered",
		resolved: "resolved",
		"written-off": "written off",
	},
	reasons: {
		"missing-at-bank": "missing at the bank",
		"missing-at-acquirer": "missing at the acquirer",
		"missing-on-terminal": "missing on the terminal",
		"missing-in-shop": "missing in the shop's book",
		currency: "another currency",
		status: "another outcome",
		amount: "another amount",
		fee: "another fee",
		duplicate: "twice",
		kind: "another kind",
		reference: "another reference",
		terminal: "another terminal",
		late: "another date",
	},
	leg: { terminal: "terminal", acquirer: "acquirer", bank: "bank", shop: "shop" },
};

export const caseWordsZhCn: CaseWords = {
	states: {
		found: "已发现",
		claimed: "已提出",
		answered: "已答复",
		resolved: "已解决",
		"written-off": "已核销",
	},
	reasons: {
		"missing-at-bank": "银行漏单",
		"missing-at-acquirer": "收单漏单",
		"missing-on-terminal": "终端漏单",
		"missing-in-shop": "商户账漏单",
		currency: "币种不符",
		status: "状态不符",
		amount: "金额不符",
		fee: "手续费不符",
		duplicate: "重复",
		kind: "类型不符",
		reference: "参考号不符",
		terminal: "终端不符",
		late: "日期不符",
	},
	leg: { terminal: "终端", acquirer: "收单机构", bank: "银行", shop: "商户" },
};
