import type { Language } from "../report/text.ts";
import { type CaseWords, caseWordsEn, caseWordsZhCn } from "../text/case.ts";

/** Words of the claim form. */
const en = {
	title: "Claim {id}",
	about: "What is claimed",
	reason: "Reason",
	terminal: "Terminal",
	date: "Business date",
	reference: "Reference",
	amount: "Amount at stake",
	state: "State of the case",
	deadline: "To be answered by",
	why: "How it was found",
	rows: "What the books say",
	rowColumns: ["Book", "File", "Line", "Reference", "Amount", "Outcome"],
	records: "Records of the terminal's journal",
	recordColumns: ["Journal", "Record", "Kind", "Proof"],
	proven: "in the signed head over records {first} to {last}",
	unproven: "held by the host, behind the last signed head",
	slip: "The slip",
	history: "What was done",
	historyColumns: ["Time (UTC)", "By", "What"],
	steps: { assign: "given to {about}", comment: "comment", attach: "file {about}" },
	system: "the comparison",
	nobody: "nobody",
	verify:
		"This form comes with the file it was printed from. Anybody can check that file off line: closeout evidence verify FILE. The host's key: {key}",
	masked:
		"Of cards the last four digits only are in this file, as they are in the journal. Files that people put to the case are named in case.json and not in here.",
	answer: "Answer",
	answerLines: [
		"We have the transaction and pay it on",
		"We refuse, because",
		"Name, date, signature",
	],
};

type Widened<T> = T extends string
	? string
	: T extends readonly string[]
		? readonly string[]
		: { readonly [K in keyof T]: Widened<T[K]> };
export type ClaimText = Widened<typeof en> & { readonly words: CaseWords };

const zhCn: Widened<typeof en> = {
	title: "差错申请 {id}",
	about: "申请事项",
	reason: "原因",
	terminal: "终端",
	date: "营业日",
	reference: "参考号",
	amount: "涉及金额",
	state: "差错单状态",
	deadline: "请于此日前答复",
	why: "如何发现",
	rows: "各方账面",
	rowColumns: ["账", "文件", "行", "参考号", "金额", "结果"],
	records: "终端交易日志记录",
	recordColumns: ["日志", "记录", "种类", "证明"],
	proven: "在记录 {first} 至 {last} 的签名树头之内",
	unproven: "主机持有，尚在最后一个签名树头之后",
	slip: "签购单",
	history: "处理经过",
	historyColumns: ["时间（UTC）", "操作人", "内容"],
	steps: { assign: "指派给 {about}", comment: "备注", attach: "附件 {about}" },
	system: "比对",
	nobody: "无人",
	verify:
		"本表随证据文件一并提供，任何人均可离线校验该文件：closeout evidence verify 文件。主机公钥：{key}",
	masked: "文件中只有卡号后四位，与日志一致。人工添加的附件只在 case.json 中列名，不在文件内。",
	answer: "答复",
	answerLines: ["我方有此交易，付款日期", "我方拒绝，理由", "姓名、日期、签章"],
};

export function claimText(language: Language): ClaimText {
	return language === "en" ? { ...en, words: caseWordsEn } : { ...zhCn, words: caseWordsZhCn };
}
