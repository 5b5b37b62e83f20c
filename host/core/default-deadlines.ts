import type { DeadlineTable } from "./deadline.ts";

/**
 * Deadlines as they are shipped. The rules of a scheme are known to its members only and a contract may be stricter:
 * what the merchant's own acquirer says belongs into `deadlines.json` of the data folder.
 */
export const defaultDeadlines: DeadlineTable = {
	version: 1,
	country: "CN",
	deadlines: [
		{
			name: "girocard-guarantee",
			countries: ["DE"],
			schemes: ["GIROCARD", "EC"],
			reasons: ["unsettled", "missing-at-acquirer"],
			days: 7,
			why: {
				en: "the payment guarantee of girocard lapses seven days after the sale",
				"zh-CN": "girocard 付款保证在交易七天后失效",
			},
			source: "pos-cash.de/faq and firstcashsolution.de/service/faq: guarantee of 7 days",
		},
		{
			name: "mastercard-presentment",
			schemes: ["MASTERCARD", "MC", "MAESTRO"],
			reasons: ["unsettled", "missing-at-acquirer"],
			days: 7,
			why: {
				en: "a card-read sale must be presented within seven calendar days",
				"zh-CN": "读卡交易须在七个自然日内提交清算",
			},
			source: "Maestro Global Rules, 9.15.1; Mastercard Chargeback Guide, late presentment",
		},
		{
			name: "visa-presentment",
			schemes: ["VISA", "ELECTRON"],
			reasons: ["unsettled", "missing-at-acquirer"],
			days: 8,
			why: {
				en: "a sale is settled within two to eight days, or the issuer may dispute it as late (12.1)",
				"zh-CN": "交易须在二至八天内结算，否则发卡行可按逾期提交（12.1）拒付",
			},
			source: "support.forte.net, issuer rights for late presentment, of the Visa Rules",
		},
		{
			name: "discover-presentment",
			schemes: ["DISCOVER", "DINERS"],
			reasons: ["unsettled", "missing-at-acquirer"],
			days: 10,
			why: {
				en: "clearing data is due within ten calendar days",
				"zh-CN": "清算数据须在十个自然日内提交",
			},
			source: "quavo-inc.atlassian.net, Discover, late presentation",
		},
		{
			name: "unsettled",
			reasons: ["unsettled"],
			days: 7,
			why: {
				en: "no rule of this scheme is known; the shortest of the known ones is taken",
				"zh-CN": "该卡组织无已知规则，取已知规则中最短的期限",
			},
			source: "the shortest line of this table",
		},
		{
			name: "authorisation",
			reasons: ["missing-at-acquirer"],
			days: 21,
			why: {
				en: "an authorisation lapses after three to 21 days: after that the sale cannot be presented again",
				"zh-CN": "授权在三至二十一天后失效，此后无法补提交",
			},
			source: "paymentspedia.com, authorization time limits",
		},
		{
			name: "claim",
			days: 30,
			why: {
				en: "no rule is known for such a claim; 30 days, in which every scheme above still answers",
				"zh-CN": "此类差错无已知规则；取 30 天，上述各卡组织均仍受理",
			},
			source: "conservative; the merchant's contract with the acquirer goes first",
		},
	],
};
