import type { Rules } from "./rules.ts";

/** Days by which one book may date a transaction otherwise than the other and still mean the same one. */
export const DATE_SHIFT_DAYS_MAX = 31;

/** The rules as they are shipped. No amount that differs is taken for equal: who wants that, says so. */
export const defaultRules: Rules = {
	version: 1,
	waitBankDays: 3,
	calendar: { closedWeekdays: ["saturday", "sunday"], closed: [], open: [] },
	rewrites: [],
	passes: [
		{
			name: "split",
			book: "acquirer",
			shape: "one-to-many",
			same: ["terminal", "date", "kind", "currency", "reference"],
			why: {
				en: "same terminal, business date, kind and reference; the parts sum up to the sale",
				"zh-CN": "终端、营业日、类型和参考号相同；各部分之和等于该笔消费",
			},
		},
		{
			name: "joined",
			book: "acquirer",
			shape: "many-to-one",
			same: ["terminal", "date", "kind", "currency", "reference"],
			why: {
				en: "same terminal, business date, kind and reference; the sales sum up to one row",
				"zh-CN": "终端、营业日、类型和参考号相同；各笔消费之和等于一行",
			},
		},
		{
			name: "exact",
			book: "acquirer",
			shape: "one-to-one",
			same: ["terminal", "date", "kind", "reference"],
			why: {
				en: "same terminal, business date, kind and reference",
				"zh-CN": "终端、营业日、类型和参考号相同",
			},
		},
		{
			name: "trace",
			book: "acquirer",
			shape: "one-to-one",
			same: ["terminal", "date", "kind", "trace", "amount"],
			why: {
				en: "same terminal, business date, kind, trace number and amount",
				"zh-CN": "终端、营业日、类型、凭证号和金额相同",
			},
		},
		{
			name: "order",
			book: "acquirer",
			shape: "one-to-one",
			same: ["kind", "order"],
			daysMax: DATE_SHIFT_DAYS_MAX,
			why: {
				en: "same kind and order number, as of a QR payment in the wallet's bill",
				"zh-CN": "类型和订单号相同，例如钱包账单中的扫码支付",
			},
		},
		{
			name: "date",
			book: "acquirer",
			shape: "one-to-one",
			same: ["terminal", "kind", "reference"],
			daysMax: DATE_SHIFT_DAYS_MAX,
			why: {
				en: "same terminal, kind and reference on another business date",
				"zh-CN": "终端、类型和参考号相同，营业日不同",
			},
		},
		{
			name: "trace-date",
			book: "acquirer",
			shape: "one-to-one",
			same: ["terminal", "kind", "trace", "amount"],
			absent: ["reference"],
			daysMax: DATE_SHIFT_DAYS_MAX,
			why: {
				en: "same terminal, kind, trace number and amount on another business date; no reference on one side",
				"zh-CN": "终端、类型、凭证号和金额相同，营业日不同；一方没有参考号",
			},
		},
		{
			name: "kind",
			book: "acquirer",
			shape: "one-to-one",
			same: ["terminal", "date", "reference"],
			why: {
				en: "same terminal, business date and reference under another kind",
				"zh-CN": "终端、营业日和参考号相同，类型不同",
			},
		},
		{
			name: "terminal",
			book: "acquirer",
			shape: "one-to-one",
			same: ["date", "kind", "reference", "amount"],
			why: {
				en: "same business date, kind, reference and amount under another terminal",
				"zh-CN": "营业日、类型、参考号和金额相同，终端不同",
			},
		},
		{
			name: "near",
			book: "acquirer",
			shape: "one-to-one",
			same: ["terminal", "kind", "amount", "lastFour"],
			secondsMax: 300,
			scoreMin: 70,
			why: {
				en: "same terminal, kind, amount and last four digits within five minutes, and nothing else fits as well",
				"zh-CN": "终端、类型、金额和卡号末四位相同，相差不超过五分钟，且没有同样合适的其他记录",
			},
		},
		{
			name: "shop-order",
			book: "shop",
			shape: "one-to-one",
			same: ["kind", "order"],
			daysMax: DATE_SHIFT_DAYS_MAX,
			why: { en: "same kind and order number", "zh-CN": "类型和订单号相同" },
		},
		{
			name: "shop-reference",
			book: "shop",
			shape: "one-to-one",
			same: ["kind", "reference"],
			daysMax: DATE_SHIFT_DAYS_MAX,
			why: { en: "same kind and reference", "zh-CN": "类型和参考号相同" },
		},
	],
	accepts: [],
	bank: { payoutDaysMax: 10, payoutRunDays: 5, feePercentMax: 5 },
};
