import { Command } from "commander";
import { formatDate } from "../../../protocol/time.ts";
import type { TerminalView } from "../../api/view.ts";
import { moneyText } from "../../report/slip.ts";
import { type DataOptions, overData, withData } from "../data.ts";
import type { Shell } from "../shell.ts";

export function terminalsCommand(shell: Shell): Command {
	const { text } = shell;
	const command = new Command("terminals")
		.description(text.commands.terminals)
		.addHelpText("after", `\n${text.example}\n  closeout terminals --json`)
		.action(async (options: DataOptions) => {
			const all = await overData(options, (_store, source) => source.terminals());
			const { tenant, json } = options;
			const terminals = all.filter((one) => tenant === undefined || one.tenant === tenant);
			if (json) {
				for (const terminal of terminals) shell.json(terminal);
			} else if (terminals.length === 0) shell.note(text.noTerminals);
			else {
				const rows = terminals.map((terminal) => cells(terminal, shell));
				shell.table(text.terminals, rows);
			}
		});
	return withData(command, shell);
}

function cells(view: TerminalView, { text }: Shell): readonly string[] {
	const { terminal, name, contact, businessDate, complete, unsettled, printsOwed } = view;
	const hasDay = businessDate !== null;
	return [
		terminal,
		name,
		text.contact[contact],
		hasDay ? formatDate(businessDate) : "-",
		hasDay ? (complete ? text.complete : text.notComplete) : "-",
		unsettled.map(moneyText).join(" ") || "-",
		String(printsOwed),
	];
}
