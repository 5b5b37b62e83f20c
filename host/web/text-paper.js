/** Words about paper of the terminals, in both languages. */
export const paperEn = {
	document: {
		slip: "slip",
		settlementSlip: "settlement slip",
		dailyList: "daily list",
		statusSlip: "status slip",
		exceptionList: "exceptions",
		interimReport: "X report",
		selectedList: "selected list",
		testSlip: "test slip",
	},
	printState: {
		due: "due",
		sent: "sent",
		confirmed: "printed",
		unknown: "not certain",
		waived: "waived",
	},
};

export const paperZhCn = {
	document: {
		slip: "小票",
		settlementSlip: "结算单",
		dailyList: "日结清单",
		statusSlip: "状态单",
		exceptionList: "例外单",
		interimReport: "X 报表",
		selectedList: "交易明细",
		testSlip: "测试单",
	},
	printState: {
		due: "待打印",
		sent: "已送打印",
		confirmed: "已打印",
		unknown: "不确定",
		waived: "已免打",
	},
};
