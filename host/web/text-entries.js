/** Words about what people enter, answer and allow, in both languages. */
export const entriesEn = {
	supplements: {
		title: "Entered by hand",
		lead: "in no total of cards",
		withdrawn: "withdrawn",
		origin: { backupTerminal: "Backup terminal", byHand: "By hand" },
		columns: {
			time: "Entered",
			origin: "Made on",
			method: "Method",
			number: "Trace",
			soldDate: "Sold",
			by: "Entered / approved",
			reason: "Reason",
			amount: "Amount",
		},
	},
	reprints: {
		title: "Copies to allow",
		by: "Your name",
		allow: "Allow",
		refuse: "Refuse",
	},
	approval: { true: "allowed", false: "refused" },
	duplicateChoice: { charge: "yes", refuse: "no", none: "nobody answered, not charged" },
};

export const entriesZhCn = {
	supplements: {
		title: "补录",
		lead: "不计入卡合计",
		withdrawn: "已作废",
		origin: { backupTerminal: "备用终端", byHand: "手工" },
		columns: {
			time: "补录时间",
			origin: "来源",
			method: "方式",
			number: "凭证号",
			soldDate: "交易日期",
			by: "补录 / 批准",
			reason: "原因",
			amount: "金额",
		},
	},
	reprints: { title: "待批准的补打", by: "批准人", allow: "批准", refuse: "不批准" },
	approval: { true: "批准", false: "拒绝" },
	duplicateChoice: { charge: "收", refuse: "不收", none: "无人回答，未收" },
};
