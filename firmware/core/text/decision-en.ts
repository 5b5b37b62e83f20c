import type { decisionZhCn } from "./decision-zh-cn.ts";
import type { Words } from "./words.ts";

export const decisionEn: Words<typeof decisionZhCn> = {
	hold: {
		title: "Pre-authorisation",
		what: "Trace {trace}  {amount}",
		expiry: "Holds until {time}",
		expired: "! Has lapsed since {time}",
		complete: "1 Complete in full",
		cancel: "2 Cancel",
		leave: "3 Leave open, as an exception",
		giveUp: "4 Ended elsewhere or lapsed",
		left: "left open",
		asked: "The payment application does it now",
		reason: {
			title: "Reason",
			prompt: "Choose a reason",
			choices: ["1 Lapsed", "2 Ended elsewhere", "3 Other"],
			texts: ["lapsed", "ended elsewhere", "other"],
		},
	},
	tips: {
		title: "Tips",
		count: "{count} not decided, this one:",
		what: "Trace {trace}  {amount}",
		none: "1 No tip",
		later: "2 Next one",
		leave: "3 Settle without deciding",
		hint: "Add a tip in the payment application",
	},
	writeOff: {
		title: "Reason",
		prompt: "Offline sale, refused. Choose",
		choices: ["1 Customer will pay", "2 Customer not found", "3 Other"],
		texts: ["customer will pay", "customer not found", "other"],
	},
	release: {
		title: "Release",
		ways: ["1 Update the firmware", "2 Wipe the data", "3 Sign the terminal out"],
		purpose: { update: "update", wipe: "wipe", signOut: "sign out" },
		accepted: "You may {what} now",
		refused: "! Do not {what} now:",
		pulled: "The records are out; it is your decision",
		next: "Deal with these, or pull all records first",
		reason: {
			unacknowledged: "Records that the host does not have",
			notClosed: "The day is not closed",
			unsettled: "Sales are not settled",
			open: "Transactions without an end",
			unprinted: "Prints are owed",
		},
	},
};
