/** What a beginner reads: the first settings and what to press when; `help-en.ts` has the same keys. */
export const helpZhCn = {
	setup: {
		key: "首次设置",
		title: "首次设置",
		language: "语言 Language",
		languages: ["1 中文", "2 English"],
		paper: "打印纸宽度",
		papers: ["1 58 毫米", "2 80 毫米"],
		printing: "正在打印测试单",
		whole: "一行数字占满且清晰?",
		done: "设置完成",
		next: "菜单 1 开班后即可收款",
		help: "不会操作: 菜单, 再按 ▼",
	},
	help: {
		key: "帮助",
		title: "帮助",
		move: "▲ 上一页  ▼ 下一页",
		settle: [
			"结算:",
			"菜单 2, 或主屏按确认",
			"对账不平: 等批上送, 自动继续",
			"未收到应答: 不要重做, 自动查询",
		],
		close: [
			"交班 / 日结:",
			"菜单 3 交班, 菜单 4 日结",
			"被拒绝: 按确认处理第一项",
			"仍不行: 菜单键, 店长密码, 原因",
		],
		reprint: [
			"补打:",
			"菜单 5, 选择单据",
			"按凭证号: 5 4; 查找: 5 5",
			"须批准: 店长, 主机或一次性码",
		],
		prints: [
			"待打印:",
			"装纸后自动续打, 不要重做",
			"打印机无状态: 看纸后答有或没有",
			"菜单 6 查看待打印",
		],
		unknown: [
			"结果未知:",
			"不要再收一次, 终端自动查询",
			"日结时按确认查询, 按 2 冲正",
			"冲正后又扣款: 按提示退还",
		],
	},
};
