import type { reportZhCn } from "./report-zh-cn.ts";
import type { Words } from "./words.ts";

export const reportEn: Words<typeof reportZhCn> = {
	reports: {
		title: "Reports",
		interim: "1 X report, closes nothing",
		day: "2 List of a day",
		shift: "3 List of a shift",
		batch: "4 List of a batch",
		operator: "5 List of an operator",
		group: "6 List of a scheme",
		test: "7 Test slip",
		which: "Choose",
		dayLine: "Business date {date}",
		shiftLine: "Shift {shift}, operator {operator}",
		batchLine: "Batch {batch} {time}",
		nothing: "! Nothing to list",
		move: "Up newer, down older",
		operatorPrompt: "Operator",
		groupPrompt: "Choose a scheme",
		groups: ["1 Domestic cards", "2 Foreign cards", "3 Wallets", "4 Cash"],
		form: "How",
		full: "1 Every row",
		short: "2 Short: totals, exceptions, gaps",
		printing: "It prints by itself; go on selling",
	},
	training: {
		mark: "TRAINING",
		banner: "! TRAINING, nothing here is real",
		title: "Training",
		lead: "Practise selling and closing; nothing counts",
		enter: "OK, then the manager PIN",
		sell: "1 Practice sale",
		leave: "2 Leave training",
		amount: "Amount",
		hint: "Amounts ending in 05 are declined",
	},
};
