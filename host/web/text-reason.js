/** Why two books do not agree, in a word and in a sentence. */
export const reasonEn = {
	"missing-at-bank": "Missing at the bank",
	"missing-at-acquirer": "Missing at the acquirer",
	"missing-on-terminal": "Missing on the terminal",
	"missing-in-shop": "Missing in the shop's orders",
	currency: "Other currency",
	status: "Other status",
	amount: "Other amount",
	fee: "Other fee",
	duplicate: "Duplicate",
	kind: "Other type",
	reference: "Other reference",
	terminal: "Other terminal",
	late: "Late",
};

export const reasonHelpEn = {
	"missing-at-bank":
		"Approved in the books, never credited. Claim it with the journal record as evidence.",
	"missing-at-acquirer":
		"Approved on the terminal, absent from the acquirer's file. Ask the acquirer with slip and record.",
	"missing-on-terminal":
		"The other side has it, the journal does not. Check terminal and date: a sale may be missing.",
	"missing-in-shop":
		"Paid on the terminal, absent from the shop's orders. Check the order in the shop system.",
	currency: "The two sides are in different currencies.",
	status: "Money moved on one side only.",
	amount: "The same transaction with two amounts.",
	fee: "The fee held back is not the one stated.",
	duplicate: "The same transaction more than once.",
	kind: "The two sides call it different things.",
	reference: "The reference changed, everything else agrees.",
	terminal: "Another terminal's number, everything else agrees.",
	late: "Credited later than agreed.",
};

export const reasonZhCn = {
	"missing-at-bank": "银行缺款",
	"missing-at-acquirer": "收单机构缺这笔",
	"missing-on-terminal": "终端缺这笔",
	"missing-in-shop": "店铺订单缺这笔",
	currency: "币种不同",
	status: "状态不同",
	amount: "金额不同",
	fee: "手续费不同",
	duplicate: "重复",
	kind: "类型不同",
	reference: "参考号不同",
	terminal: "终端号不同",
	late: "迟到",
};

export const reasonHelpZhCn = {
	"missing-at-bank": "账上成功的款项，银行没有入账。凭日志记录向收单机构追款。",
	"missing-at-acquirer": "终端记为成功，收单文件里没有。凭小票和日志记录向收单机构查询。",
	"missing-on-terminal": "对方有这笔，终端日志里没有。核对终端号与日期，确认是否漏单。",
	"missing-in-shop": "终端已收款，店铺订单里没有。请在店铺系统中核对订单。",
	currency: "两边币种不同，不能相抵。",
	status: "一边动了钱，另一边没有。",
	amount: "两边是同一笔，金额不同。",
	fee: "扣的手续费与说明不符。",
	duplicate: "同一笔出现了不止一次。",
	kind: "两边记的交易类型不同。",
	reference: "参考号变了，其余相符。",
	terminal: "终端号不同，其余相符。",
	late: "入账比约定的晚。",
};
