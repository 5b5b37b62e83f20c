import { Command } from "commander";
import { formatAmount } from "../../../protocol/money.ts";
import { type CheckedList, checkList } from "../../import/paper-check.ts";
import { fill } from "../../report/text.ts";
import { type DataOptions, overData, withData } from "../data.ts";
import type { Shell } from "../shell.ts";

const EXIT_NOT_SAME = 1;

export function listCommand(shell: Shell): Command {
	const words = shell.text.head;
	const list = new Command("list").description(words.list);
	const check = new Command("check")
		.description(words.check)
		.argument("<text>", words.listText)
		.addHelpText("after", `\n${shell.text.example}\n  closeout list check "CLOSEOUT-LIST:2:…"`)
		.action(async (text: string, options: DataOptions) => {
			const checked = await overData(options, (store) => checkList(store, text));
			show(shell, checked, options.json === true);
			if (!isGood(checked)) shell.endWith(EXIT_NOT_SAME);
		});
	list.addCommand(withData(check, shell));
	return list;
}

function isGood({ verdict, signature, head }: CheckedList): boolean {
	return verdict === "same" && signature !== "wrong" && head !== "differs";
}

function show(shell: Shell, checked: CheckedList, json: boolean): void {
	const { seal, verdict, signature, head, paper, host, missing, notOnPaper } = checked;
	const { terminal, epoch, first, last, currency } = seal;
	if (json) {
		const place = { terminal, epoch, first, last, currency };
		shell.json({ ...place, verdict, signature, head, paper, host, missing, notOnPaper });
		return;
	}
	const words = shell.text.head;
	const money = (minor: number) => `${currency} ${formatAmount(minor, currency)}`;
	const tell = isGood(checked) ? shell.good.bind(shell) : shell.bad.bind(shell);
	shell.line(fill(words.covers, { name: `${terminal}.${epoch}`, from: first, to: last }));
	const figures = {
		count: paper.rowCount,
		net: money(paper.netMinor),
		hostCount: host.rowCount,
		hostNet: money(host.netMinor),
	};
	shell.line(tell(fill(words.verdict[verdict], figures)));
	for (const { from, to } of missing) shell.line(fill(words.missing, { from, to }));
	if (notOnPaper !== null) shell.line(fill(words.notOnPaper, { sequence: notOnPaper }));
	shell.line(words.signature[signature]);
	shell.line(words.shortHead[head]);
}
