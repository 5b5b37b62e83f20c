import type { SlipItem } from "../../../protocol/slip/slip.ts";
import {
	type DocumentContext,
	endItems,
	headItems,
	localTime,
	originItems,
	type PrintDocument,
	pair,
	rule,
} from "./document.ts";

/** Everything that papers are made of, with what a person has to see if the printer is set right. */
export function* testDocument(context: DocumentContext): PrintDocument {
	const { core, identity, text, columns } = context;
	const words = text.test;
	const ruler = "1234567890".repeat(Math.ceil(columns / 10)).slice(0, columns);
	const lines: readonly SlipItem[] = [
		{ kind: "text", text: words.width },
		{ kind: "text", text: ruler },
		rule,
		{ kind: "text", text: words.letters },
		{ kind: "text", text: words.bold, bold: true },
		{ kind: "text", text: words.large, size: "double" },
		pair(text.slip.amount, "CNY 1234567.89"),
		{ kind: "mark", text: words.mark },
		{ kind: "qr", data: `CLOSEOUT-TEST:${identity.terminal.toUpperCase()}` },
		{ kind: "text", text: words.scan, align: "center" },
		...endItems,
	];
	const head = [...headItems(context, words.title), ...originItems(context)];
	const time = pair(text.exceptions.time, localTime(core.stamp()));
	yield { block: [...head, time, rule, ...lines], row: 1 };
}
