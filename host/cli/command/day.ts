import { Command } from "commander";
import { CloseoutError } from "../../../protocol/error.ts";
import { formatDate } from "../../../protocol/time.ts";
import { missingOf } from "../../api/day-view.ts";
import { fill } from "../../report/text.ts";
import type { TerminalDay } from "../../store/day.ts";
import type { Store } from "../../store/store.ts";
import { missingText } from "../../text/day.ts";
import { type DataOptions, isDateText, overData, parseDate, withData } from "../data.ts";
import type { Shell } from "../shell.ts";

const EXIT_NOT_COMPLETE = 1;

export function dayCommand(shell: Shell): Command {
	const { text } = shell;
	const command = new Command("day")
		.description(text.commands.day)
		.argument("[terminal]", text.arguments.terminal)
		.argument("[date]", text.arguments.date)
		.addHelpText("after", `\n${text.example}\n  closeout day till-0001 2026-11-20`)
		.action(async (first: string | undefined, second: string | undefined, options: DataOptions) => {
			const isDateAlone = second === undefined && first !== undefined && isDateText(first);
			const terminal = isDateAlone ? undefined : first;
			const written = isDateAlone ? first : second;
			const date = written === undefined ? undefined : parseDate(written);
			await overData(options, (store) => showDays(shell, store, { terminal, date }, options));
		});
	return withData(command, shell);
}

interface Asked {
	readonly terminal: string | undefined;
	readonly date: number | undefined;
}

async function showDays(
	shell: Shell,
	store: Store,
	{ terminal, date }: Asked,
	{ json, tenant }: DataOptions,
): Promise<void> {
	const terminals =
		terminal === undefined
			? await store.listTerminals(tenant)
			: [await store.getTerminal(terminal)];
	if (terminals.length === 0) throw new CloseoutError("NOT_FOUND", shell.text.noTerminals);
	let shown = 0;
	for (const { terminal: one } of terminals) {
		const days = await daysOf(store, one, date);
		for (const day of days) show(shell, day, json === true);
		shown += days.length;
		if (days.length === 0 && terminals.length > 1) shell.note(`${one}: ${shell.text.noDay}`);
	}
	if (shown > 0) return;
	const when = date === undefined ? "" : ` on ${formatDate(date)}`;
	const who = terminal ?? "no terminal";
	throw new CloseoutError("NOT_FOUND", `${who} has no day${when}; check terminal and date`);
}

async function daysOf(
	store: Store,
	terminal: string,
	date: number | undefined,
): Promise<readonly TerminalDay[]> {
	if (date !== undefined) return store.judgeDays({ terminal, businessDate: date });
	const [newest] = await store.listDays({ terminal, limit: 1 });
	if (newest === undefined || newest.businessDate === null) return [];
	return store.judgeDays({ terminal, businessDate: newest.businessDate });
}

function show(shell: Shell, day: TerminalDay, json: boolean): void {
	const { text, language } = shell;
	const { terminal, epoch, period, complete, missing, lifted } = day;
	const date = formatDate(period.businessDate ?? 0);
	if (!complete) shell.endWith(EXIT_NOT_COMPLETE);
	if (json) {
		const { exceptions, totals, approvedCount, declinedCount, lateCount } = day;
		const counts = { approvedCount, declinedCount, lateCount };
		const found = { missing: missing.map(missingOf), lifted: lifted.map(missingOf), exceptions };
		shell.json({ terminal, epoch, businessDate: date, complete, ...found, totals, ...counts });
		return;
	}
	const verdict = complete ? shell.good(`✓ ${text.complete}`) : shell.bad(`✕ ${text.notComplete}`);
	shell.line(`${terminal}  ${date}  ${verdict}`);
	for (const item of missing) shell.line(`  - ${missingText(item, language)}`);
	for (const item of lifted) {
		shell.line(`  ~ ${fill(text.lifted, { text: missingText(item, language) })}`);
	}
}
