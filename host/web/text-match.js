/** Words of the dialog that says why rows are matched. */
export const matchEn = {
	title: "Why? {id}",
	ask: "Ask about a row",
	hint: "reference, order number or row",
	why: "Why?",
	undecided: "In the books, and nothing was decided about it.",
	matched: "Matched by rule {name}",
	different: "Different: {name}",
	waiting: "Waits for {name} until {date}",
	unrelated: "Not card money",
	candidate: "Not matched by rule {name}",
	leftOut: {
		"too-weak": "The score is too weak.",
		"not-the-only-one": "Another row fits as well, so a person has to decide.",
	},
	score: "Score {score} of 100:",
	decision: {
		match: "Decided to be one transaction:",
		unmatch: "Decided not to be one transaction:",
	},
};

export const matchZhCn = {
	title: "为什么？{id}",
	ask: "查一行",
	hint: "参考号、订单号或行名",
	why: "为什么？",
	undecided: "账上有此行，但没有关于它的决定。",
	matched: "按规则 {name} 配上",
	different: "有差异：{name}",
	waiting: "等待{name}，至 {date}",
	unrelated: "与刷卡资金无关",
	candidate: "规则 {name} 未配上",
	leftOut: {
		"too-weak": "得分不足。",
		"not-the-only-one": "另有同样合适的行，需人工决定。",
	},
	score: "得分 {score}（满分 100）：",
	decision: { match: "人工认定为同一笔交易：", unmatch: "人工认定不是同一笔交易：" },
};
