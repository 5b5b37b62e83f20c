/** Words of `closeout match`. */
export const matchEn = {
	match: "why rows are matched, and what people decide about them",
	explain:
		"why is this matched, different or still open? Compares once more and tells every decision",
	join: "say that rows are one transaction; kept with who and why, and followed from then on",
	part: "say that rows are not one transaction; kept with who and why, and followed from then on",
	decisions: "what people decided, oldest first",
	pool: "rows that wait for their counterpart, and until when",
	noWaiting: "nothing waits",
	waitingColumns: ["row", "date", "reference", "amount", "missing at", "waits until"],
	waitingOthers: "{name} and {count} more of its batch",
	rules: "the rules of matching",
	check: "check a rules file; names the place that is wrong",
	show: "print the rules in force as JSON, to copy and change",
	id: "a reference, an order number, a row such as acquirer:clearing.csv:17:sale, or the id of a difference",
	row: "name of a row, as explain shows it",
	by: "who decides",
	why: "why",
	rulesFile:
		"rules file; otherwise match-rules.json in the data folder, otherwise the shipped rules",
	rulesGood:
		"{file}: good; {passes} passes, {accepts} accepted differences, {days} bank days of waiting",
	matched: "matched by rule {rule}: {why}",
	score: "score {score} of 100: {points}",
	different: "different, {reason} at the {leg}: {why}",
	waiting: "waits for the {leg} until {date}",
	unrelated: "not card money: no terminal, batch or reference of ours is in it",
	candidate: {
		"too-weak": "not matched by rule {rule}, score {score} is too weak: {points}",
		"not-the-only-one":
			"not matched by rule {rule}, score {score}, because another row fits as well: {points}",
	},
	undecided: "in the books, and nothing was decided about it",
	decided: {
		match: "{by} on {at}: one transaction, {why}",
		unmatch: "{by} on {at}: not one transaction, {why}",
	},
	kept: "kept as decision {number}",
	noDecisions: "nobody decided anything yet",
	decisionColumns: ["no.", "decision", "by", "at", "why", "rows"],
	decisionTypes: { match: "one transaction", unmatch: "not one" },
};

type Widened<T> = T extends string
	? string
	: T extends readonly string[]
		? readonly string[]
		: { readonly [K in keyof T]: Widened<T[K]> };

export const matchZhCn: Widened<typeof matchEn> = {
	match: "对账配对的依据，以及人工决定",
	explain: "为什么配上、有差异或仍未配上？重新比对一次并说明每个决定",
	join: "认定若干行为同一笔交易；记录何人何故，此后均遵照执行",
	part: "认定若干行不是同一笔交易；记录何人何故，此后均遵照执行",
	decisions: "人工决定，由早到晚",
	pool: "等待对方入账的行，以及等到何时",
	noWaiting: "没有等待中的行",
	waitingColumns: ["行", "日期", "参考号", "金额", "缺于", "等至"],
	waitingOthers: "{name} 及同批次另 {count} 行",
	rules: "配对规则",
	check: "检查规则文件，指出错误位置",
	show: "以 JSON 打印现行规则，供复制修改",
	id: "参考号、订单号、行名（如 acquirer:clearing.csv:17:sale）或差异编号",
	row: "行名，见 explain 的输出",
	by: "决定人",
	why: "原因",
	rulesFile: "规则文件；否则用数据目录中的 match-rules.json，再否则用自带规则",
	rulesGood: "{file}：正确；{passes} 条配对规则，{accepts} 条容差规则，等待 {days} 个银行日",
	matched: "按规则 {rule} 配上：{why}",
	score: "得分 {score}（满分 100）：{points}",
	different: "有差异，{reason}（{leg}）：{why}",
	waiting: "等待 {leg}，至 {date}",
	unrelated: "与刷卡资金无关：其中没有本方终端、批次或参考号",
	candidate: {
		"too-weak": "规则 {rule} 未配上，得分 {score} 不足：{points}",
		"not-the-only-one": "规则 {rule} 未配上，得分 {score}，另有同样合适的行：{points}",
	},
	undecided: "账上有此行，但没有关于它的决定",
	decided: { match: "{by}，{at}：同一笔交易，{why}", unmatch: "{by}，{at}：不是同一笔交易，{why}" },
	kept: "已记为决定 {number}",
	noDecisions: "尚无人工决定",
	decisionColumns: ["编号", "决定", "决定人", "时间", "原因", "行"],
	decisionTypes: { match: "同一笔", unmatch: "不是同一笔" },
};
