import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { Command, Option } from "commander";
import { CloseoutError } from "../../../protocol/error.ts";
import { formatDate, formatDateTime } from "../../../protocol/time.ts";
import { type CaseView, caseOf, type WholeCaseView, wholeCaseOf } from "../../api/case-view.ts";
import { ATTACHMENT_BYTES_MAX, type CaseDesk, type Deed, type ShownCase } from "../../case/desk.ts";
import { type CaseState, caseStates, type MovedState, SYSTEM } from "../../core/case.ts";
import { differenceReasons } from "../../core/difference.ts";
import { moneyText } from "../../report/slip.ts";
import { fill, word } from "../../report/text.ts";
import {
	type DataOptions,
	mustBeFile,
	overData,
	parseDate,
	withData,
	zoneMinutes,
} from "../data.ts";
import type { Shell } from "../shell.ts";

interface ListOptions extends DataOptions {
	readonly state?: CaseState | "open";
	readonly date?: string;
	readonly terminal?: string;
	readonly reason?: string;
	readonly assignee?: string;
	readonly dueBy?: string;
}

interface DeedOptions extends DataOptions {
	readonly by: string;
	readonly why?: string;
}

type Did = (desk: CaseDesk, deed: Deed) => Promise<ShownCase>;

/** `closeout case`: differences under work. */
export function caseCommand(shell: Shell): Command {
	const words = shell.text.case;
	const command = new Command("case")
		.description(words.case)
		.addCommand(listCommand(shell))
		.addCommand(showCommand(shell));
	const moves: readonly (readonly [name: string, words: string, state: MovedState])[] = [
		["claim", words.claim, "claimed"],
		["answer", words.answer, "answered"],
		["resolve", words.resolve, "resolved"],
		["write-off", words.writeOff, "written-off"],
	];
	for (const [name, description, state] of moves)
		command.addCommand(moveCommand(shell, name, description, state));
	return command
		.addCommand(assignCommand(shell))
		.addCommand(commentCommand(shell))
		.addCommand(attachCommand(shell));
}

function listCommand(shell: Shell): Command {
	const { text } = shell;
	const words = text.case;
	const command = new Command("list")
		.description(words.list)
		.addOption(new Option("--state <state>", words.state).choices(["open", ...caseStates]))
		.option("--date <date>", words.date)
		.option("--terminal <terminal>", words.terminal)
		.addOption(new Option("--reason <reason>", words.reason).choices([...differenceReasons]))
		.option("--assignee <name>", words.assignee)
		.option("--due-by <date>", words.dueBy)
		.addHelpText(
			"after",
			`\n${text.example}\n  closeout case list --state open --due-by 2026-12-01`,
		)
		.action((options: ListOptions) => runList(shell, options));
	return withData(command, shell);
}

function showCommand(shell: Shell): Command {
	const command = new Command("show")
		.description(shell.text.case.show)
		.argument("<id>", shell.text.case.id)
		.action(async (id: string, options: DataOptions) => {
			const one = await overData(options, (_store, { cases }) => cases.get(id));
			const view = wholeCaseOf(one);
			if (options.json) return shell.json(view);
			for (const line of caseLines(shell, view)) shell.line(line);
		});
	return withData(command, shell);
}

function moveCommand(shell: Shell, name: string, description: string, state: MovedState): Command {
	const { text } = shell;
	const command = new Command(name)
		.description(description)
		.argument("<id>", text.case.id)
		.requiredOption("--why <text>", text.case.why)
		.addHelpText(
			"after",
			`\n${text.example}\n  closeout case ${name} till-0001~20261120~326010000005~amount~acquirer --by "Li Wei" --why "..."`,
		)
		.action((id: string, options: DeedOptions) =>
			runDeed(shell, options, id, options.why, (desk, deed) => desk.move({ ...deed, state })),
		);
	return withDeed(command, shell);
}

function assignCommand(shell: Shell): Command {
	const words = shell.text.case;
	const command = new Command("assign")
		.description(words.assign)
		.argument("<id>", words.id)
		.option("--to <name>", words.to)
		.option("--why <text>", words.why)
		.action((id: string, options: DeedOptions & { readonly to?: string }) =>
			runDeed(shell, options, id, options.why, (desk, deed) =>
				desk.assign({ ...deed, assignee: options.to ?? "" }),
			),
		);
	return withDeed(command, shell);
}

function commentCommand(shell: Shell): Command {
	const words = shell.text.case;
	const command = new Command("comment")
		.description(words.comment)
		.argument("<id>", words.id)
		.argument("<text>", words.text)
		.action((id: string, text: string, options: DeedOptions) =>
			runDeed(shell, options, id, text, (desk, deed) => desk.comment(deed)),
		);
	return withDeed(command, shell);
}

function attachCommand(shell: Shell): Command {
	const words = shell.text.case;
	const command = new Command("attach")
		.description(words.attach)
		.argument("<id>", words.id)
		.argument("<file>", words.file)
		.option("--why <text>", words.why)
		.action(async (id: string, path: string, options: DeedOptions) => {
			await mustBeFile(path);
			const { size } = await stat(path);
			if (size > ATTACHMENT_BYTES_MAX) {
				const message = `${path}: ${size} bytes; a file of a case has at most ${ATTACHMENT_BYTES_MAX}`;
				throw new CloseoutError("LIMIT", message);
			}
			const bytes = new Uint8Array(await readFile(path));
			await runDeed(shell, options, id, options.why, (desk, deed) =>
				desk.attach({ ...deed, name: basename(path), bytes }),
			);
		});
	return withDeed(command, shell);
}

function withDeed(command: Command, shell: Shell): Command {
	return withData(command.requiredOption("--by <name>", shell.text.case.by), shell);
}

async function runList(shell: Shell, options: ListOptions): Promise<void> {
	const { state, terminal, reason, assignee, date, dueBy } = options;
	const cases = await overData(options, async (_store, source) =>
		source.cases.list({
			...(state === undefined ? {} : { state }),
			...(terminal === undefined ? {} : { terminal }),
			...(reason === undefined ? {} : { reason }),
			...(assignee === undefined ? {} : { assignee }),
			...(date === undefined ? {} : { businessDate: parseDate(date) }),
			...(dueBy === undefined ? {} : { dueBy: parseDate(dueBy) }),
		}),
	);
	const views = cases.map(caseOf);
	if (options.json) {
		for (const view of views) shell.json(view);
		return;
	}
	const words = shell.text.case;
	if (views.length === 0) return shell.note(words.none);
	shell.table(
		words.columns,
		views.map((view) => cellsOf(shell, view)),
	);
}

function cellsOf(shell: Shell, view: CaseView): readonly string[] {
	const { id, reason, state, atStake, deadline, assignee } = view;
	const words = shell.text.case;
	return [
		id,
		word(words.reasons, reason),
		words.states[state],
		moneyText(atStake),
		deadline === null ? "-" : formatDate(deadline.date),
		assignee || "-",
	];
}

async function runDeed(
	shell: Shell,
	options: DeedOptions,
	id: string,
	text: string | undefined,
	run: Did,
): Promise<void> {
	const deed = { id, by: options.by, text: text ?? "" };
	const one = await overData(options, (_store, { cases }) => run(cases, deed));
	if (options.json) return shell.json(wholeCaseOf(one));
	const words = shell.text.case;
	shell.line(shell.good(fill(words.done, { id, state: words.states[one.state] })));
}

function* caseLines(shell: Shell, view: WholeCaseView): Generator<string> {
	const words = shell.text.case;
	const { id, reason, state, atStake, deadline, deadlineRule, assignee, evidence, steps } = view;
	const amount = moneyText(atStake);
	yield id;
	yield fill(words.stake, {
		reason: word(words.reasons, reason),
		amount,
		state: words.states[state],
	});
	if (!view.present) yield words.gone;
	const { en = "", zhCn = "", source = "" } = deadlineRule ?? {};
	const why = shell.language === "en" ? en : zhCn;
	yield deadline === null
		? words.noDeadline
		: fill(words.deadline, { date: formatDate(deadline.date), why, source });
	yield assignee === "" ? words.unassigned : fill(words.assigned, { name: assignee });
	yield "";
	for (const row of evidence)
		yield `${word(words.leg, row.leg)}  ${row.file}:${row.line}  ${row.reference || "-"}  ${moneyText(row.amount)}  ${row.status}`;
	yield "";
	for (const step of steps) {
		const by = step.by === SYSTEM ? words.system : step.by;
		const at = formatDateTime(step.atS, zoneMinutes());
		const about = step.about || words.nobody;
		yield fill(words.steps[step.type], { at, by, state: words.states[step.state], about });
		if (step.text !== "") yield `    ${step.text}`;
	}
}
