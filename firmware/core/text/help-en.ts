import type { helpZhCn } from "./help-zh-cn.ts";
import type { Words } from "./words.ts";

export const helpEn: Words<typeof helpZhCn> = {
	setup: {
		key: "Set up",
		title: "First use",
		language: "Language 语言",
		languages: ["1 中文", "2 English"],
		paper: "Width of the paper",
		papers: ["1 58 mm", "2 80 mm"],
		printing: "The test slip prints",
		whole: "Do the digits fill one line, and can all be read?",
		done: "Ready",
		next: "Menu 1 opens a shift; then sell",
		help: "How to: menu, then down",
	},
	help: {
		key: "Help",
		title: "Help",
		move: "Up, down: other pages",
		settle: [
			"Settle:",
			"Menu 2, or OK on the first screen",
			"Totals differ: wait, it uploads",
			"No answer: wait, it asks by itself",
		],
		close: [
			"Close shift or day:",
			"Menu 3 the shift, menu 4 the day",
			"Refused: OK works off the first",
			"Still refused: menu key, PIN, reason",
		],
		reprint: [
			"Reprint:",
			"Menu 5, choose the paper",
			"By trace: 5 4; search: 5 5",
			"Approval: manager, host or code",
		],
		prints: [
			"Prints owed:",
			"Load paper; it goes on by itself",
			"Asked if it printed: look, answer",
			"Menu 6 shows what is owed",
		],
		unknown: [
			"Outcome unknown:",
			"Do not charge again; it asks",
			"At the close OK asks, 2 reverses",
			"Charged after all: give it back",
		],
	},
};
