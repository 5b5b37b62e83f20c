/** Languages of everything that people read. */
export const languages = ["zh-CN", "en"] as const;
export type Language = (typeof languages)[number];

/** Words on paper, the same as the terminal's. */
const zhCn = {
	slip: {
		title: "签购单",
		merchant: "商户",
		terminal: "终端号",
		operator: "操作员",
		type: "交易类型",
		method: "支付方式",
		trace: "凭证号",
		original: "原交易记录",
		order: "订单号",
		card: "卡号",
		scheme: "卡组织",
		reference: "参考号",
		authorisation: "授权码",
		response: "应答码",
		time: "日期时间",
		amount: "金额",
		outcome: "交易结果",
		signature: "持卡人签名",
		host: "主机存档, 非打印原件",
		record: "日志记录",
	},
	list: {
		title: "日结清单",
		businessDate: "营业日",
		open: "营业日未结束",
		empty: "本日无成功交易",
		totals: "按卡组织合计",
		debit: "借记",
		credit: "贷记",
		void: "撤销",
		net: "净额",
		others: "失败与未知交易",
		supplements: "补录 (不计入合计)",
		supplementTotal: "补录合计 {count} 笔",
		withdrawn: "已作废",
		origin: { backupTerminal: "备用终端", byHand: "手工" },
		gaps: "日志缺口",
		gap: "记录 {from}-{to}: {reason}",
		noGaps: "日志完整, 无缺口",
		settlements: "结算",
		batch: "批次 {batch}",
		total: "合计 {count} 笔",
	},
	type: {
		sale: "消费",
		refund: "退货",
		void: "撤销",
		preAuthorisation: "预授权",
		completion: "预授权完成",
		tip: "小费",
		cancellation: "预授权撤销",
	},
	shortType: {
		sale: "消费",
		refund: "退货",
		void: "撤销",
		preAuthorisation: "预授",
		completion: "完成",
		tip: "小费",
		cancellation: "授撤",
	},
	method: { card: "银行卡", qr: "扫码", cash: "现金" },
	group: { domestic: "境内卡", foreign: "境外卡", wallet: "钱包", cash: "现金" },
	standing: {
		approved: "成功",
		declined: "失败",
		unknown: "未知",
		reversed: "已冲正",
		open: "处理中",
	},
	verdict: { agreed: "对账平", notAgreed: "对账不平", cannotConfirm: "无法确认" },
	gapReason: { lost: "终端存储损坏", missing: "主机尚未收到", unreadable: "无法读取" },
};

type Words<T> = T extends string ? string : { readonly [K in keyof T]: Words<T[K]> };
export type PaperText = Words<typeof zhCn>;

const en: PaperText = {
	slip: {
		title: "SALES SLIP",
		merchant: "Merchant",
		terminal: "Terminal",
		operator: "Operator",
		type: "Type",
		method: "Paid by",
		trace: "Trace",
		original: "Original record",
		order: "Order",
		card: "Card",
		scheme: "Scheme",
		reference: "Reference",
		authorisation: "Auth. code",
		response: "Response",
		time: "Time",
		amount: "Amount",
		outcome: "Outcome",
		signature: "Signature",
		host: "Kept by the host, not the print",
		record: "Journal record",
	},
	list: {
		title: "DAILY LIST",
		businessDate: "Business date",
		open: "Business date not closed",
		empty: "No approved transactions",
		totals: "Totals by scheme group",
		debit: "Debit",
		credit: "Credit",
		void: "Void",
		net: "Net",
		others: "Declined and unknown",
		supplements: "Entered by hand, not in totals",
		supplementTotal: "Entries: {count}",
		withdrawn: "WITHDRAWN",
		origin: { backupTerminal: "Backup terminal", byHand: "By hand" },
		gaps: "Gaps in the journal",
		gap: "Records {from}-{to}: {reason}",
		noGaps: "Journal complete, no gaps",
		settlements: "Settlements",
		batch: "Batch {batch}",
		total: "{count} transactions",
	},
	type: {
		sale: "Sale",
		refund: "Refund",
		void: "Void",
		preAuthorisation: "Pre-authorisation",
		completion: "Completion",
		tip: "Tip",
		cancellation: "Pre-authorisation cancelled",
	},
	shortType: {
		sale: "SALE",
		refund: "RFND",
		void: "VOID",
		preAuthorisation: "PRE",
		completion: "COMP",
		tip: "TIP",
		cancellation: "AVOD",
	},
	method: { card: "Card", qr: "QR", cash: "Cash" },
	group: { domestic: "Domestic", foreign: "Foreign", wallet: "Wallet", cash: "Cash" },
	standing: {
		approved: "Approved",
		declined: "Declined",
		unknown: "Unknown",
		reversed: "Reversed",
		open: "In progress",
	},
	verdict: { agreed: "Agreed", notAgreed: "Not agreed", cannotConfirm: "Cannot confirm" },
	gapReason: {
		lost: "storage of the terminal damaged",
		missing: "not received yet",
		unreadable: "cannot be read",
	},
};

export function paperText(language: Language): PaperText {
	return language === "en" ? en : zhCn;
}

/** The word of a key, or the key itself where a newer terminal says what this host does not know. */
export function word(words: Readonly<Record<string, string>>, key: string): string {
	return words[key] ?? key;
}

/** Puts values in the places `{name}` of a text. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
	return text.replaceAll(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}
