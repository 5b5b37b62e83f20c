import { Command } from "commander";
import { businessDateAt, formatDate, formatDateTime } from "../../../protocol/time.ts";
import { type ManualDecision, rowName } from "../../core/manual.ts";
import { compareRows, moneyText } from "../../core/row.ts";
import { compareBooks } from "../../match/compare-books.ts";
import { decide } from "../../match/decide.ts";
import { type Decided, type ExplainedRow, type Explanation, explain } from "../../match/explain.ts";
import { readRules } from "../../match/rules.ts";
import { fill } from "../../report/text.ts";
import { type DataOptions, nowS, overData, parseDate, withData, zoneMinutes } from "../data.ts";
import { rulesFor } from "../match-rules.ts";
import type { Shell } from "../shell.ts";

interface CompareOptions extends DataOptions {
	readonly date?: string;
	readonly asOf?: string;
	readonly rules?: string;
}

interface DecideOptions extends CompareOptions {
	readonly by: string;
	readonly why: string;
}

/** `closeout match`: rules, explanations and manual decisions. */
export function matchCommand(shell: Shell): Command {
	const words = shell.text.match;
	const rules = new Command("rules")
		.description(words.rules)
		.addCommand(checkCommand(shell))
		.addCommand(showCommand(shell));
	const decisions = new Command("decisions")
		.description(words.decisions)
		.action((options: DataOptions) => runDecisions(shell, options));
	const waiting = new Command("waiting")
		.description(words.pool)
		.action((options: CompareOptions) => runWaiting(shell, options));
	return new Command("match")
		.description(words.match)
		.addCommand(explainCommand(shell))
		.addCommand(decideCommand(shell, "match"))
		.addCommand(decideCommand(shell, "unmatch"))
		.addCommand(withData(decisions, shell))
		.addCommand(withCompare(waiting, shell))
		.addCommand(rules);
}

function explainCommand(shell: Shell): Command {
	const { text } = shell;
	const command = new Command("explain")
		.description(text.match.explain)
		.argument("<id>", text.match.id)
		.addHelpText("after", `\n${text.example}\n  closeout match explain 632500000017`)
		.action((id: string, options: CompareOptions) => runExplain(shell, id, options));
	return withCompare(command, shell);
}

function decideCommand(shell: Shell, type: ManualDecision["type"]): Command {
	const { text } = shell;
	const name = type === "match" ? "join" : "part";
	const command = new Command(name)
		.description(text.match[name])
		.argument("<rows...>", text.match.row)
		.requiredOption("--by <name>", text.match.by)
		.requiredOption("--why <text>", text.match.why)
		.addHelpText(
			"after",
			`\n${text.example}\n  closeout match ${name} terminal:till-0001.1:53:sale acquirer:clearing.csv:17:sale --by "Li Wei" --why "slip seen"`,
		)
		.action((rows: readonly string[], options: DecideOptions) =>
			runDecide(shell, type, rows, options),
		);
	return withCompare(command, shell);
}

function withCompare(command: Command, shell: Shell): Command {
	const { flags, match } = shell.text;
	return withData(command, shell)
		.option("--date <date>", flags.date)
		.option("--as-of <date>", flags.asOf)
		.option("--rules <file>", match.rulesFile);
}

function checkCommand(shell: Shell): Command {
	const { text } = shell;
	return new Command("check")
		.description(text.match.check)
		.argument("<file>", text.match.rulesFile)
		.addHelpText("after", `\n${text.example}\n  closeout match rules check match-rules.json`)
		.action(async (file: string, options: { readonly json?: true }) => {
			const { passes, accepts, waitBankDays } = await readRules(file);
			const counts = { passes: passes.length, accepts: accepts.length, days: waitBankDays };
			if (options.json) return shell.json({ file, ...counts });
			shell.line(shell.good(fill(text.match.rulesGood, { file, ...counts })));
		});
}

function showCommand(shell: Shell): Command {
	const command = new Command("show")
		.description(shell.text.match.show)
		.action(async (options: DataOptions) => {
			const rules = await rulesFor(options);
			if (options.json) return shell.json(rules);
			shell.line(JSON.stringify(rules, undefined, "\t"));
		});
	return withData(command, shell);
}

/** What a comparison is made with, as the options say. */
async function comparison({ date, asOf, ...options }: CompareOptions) {
	const today = businessDateAt(nowS(), zoneMinutes(), 0);
	return {
		asOf: asOf === undefined ? today : parseDate(asOf),
		rules: await rulesFor(options),
		...(date === undefined ? {} : { businessDate: parseDate(date) }),
	};
}

async function runDecide(
	shell: Shell,
	type: ManualDecision["type"],
	rows: readonly string[],
	options: DecideOptions,
): Promise<void> {
	const compared = await comparison(options);
	const { by, why } = options;
	const kept = await overData(options, async (store, source) =>
		decide(store, { type, rows, by, why }, { tenant: await source.tenant(), ...compared }),
	);
	if (options.json) return shell.json(kept);
	shell.line(shell.good(fill(shell.text.match.kept, { number: kept.number })));
}

async function runWaiting(shell: Shell, options: CompareOptions): Promise<void> {
	const words = shell.text.match;
	const compared = await comparison(options);
	const { result } = await overData(options, async (store, source) =>
		compareBooks(store, { tenant: await source.tenant(), ...compared }),
	);
	const waiting = result.waiting.toSorted((a, b) => a.until - b.until || compareRows(a.row, b.row));
	if (options.json) {
		for (const { row, ...one } of waiting) shell.json({ ...one, name: rowName(row), row });
		return;
	}
	if (waiting.length === 0) return shell.note(words.noWaiting);
	const cells = waiting.map(({ row, missingAt, until, others }) => {
		const name = rowName(row);
		return [
			others === 0 ? name : fill(words.waitingOthers, { name, count: others }),
			row.businessDate === undefined ? "-" : formatDate(row.businessDate),
			row.reference || "-",
			moneyText(row.amountMinor, row.currency),
			missingAt,
			formatDate(until),
		];
	});
	shell.table(words.waitingColumns, cells);
}

async function runDecisions(shell: Shell, options: DataOptions): Promise<void> {
	const words = shell.text.match;
	const decisions = await overData(options, async (store, source) =>
		store.listManualDecisions(await source.tenant()),
	);
	if (options.json) {
		for (const decision of decisions) shell.json(decision);
		return;
	}
	if (decisions.length === 0) return shell.note(words.noDecisions);
	const cells = decisions.map(({ number, type, by, atS, why, rows }) => [
		String(number),
		words.decisionTypes[type],
		by,
		formatDateTime(atS, zoneMinutes()),
		why,
		rows.join(" "),
	]);
	shell.table(words.decisionColumns, cells);
}

async function runExplain(shell: Shell, id: string, options: CompareOptions): Promise<void> {
	const compared = await comparison(options);
	const told = await overData(options, async (store, source) =>
		explain(store, id, { tenant: await source.tenant(), ...compared }),
	);
	if (options.json) return shell.json(told);
	tell(shell, told);
}

function tell(shell: Shell, { rows, decided, manual }: Explanation): void {
	const words = shell.text.match;
	for (const row of rows) shell.line(rowText(row));
	for (const { type, by, why, atS } of manual) {
		const at = formatDateTime(atS, zoneMinutes());
		shell.line(fill(words.decided[type], { by, at, why }));
	}
	if (decided.length === 0) shell.line(words.undecided);
	for (const one of decided) {
		shell.line("");
		for (const line of decidedLines(shell, one)) shell.line(line);
	}
}

function decidedLines(shell: Shell, decided: Decided): readonly string[] {
	const words = shell.text.match;
	if (decided.type === "different") {
		const { reason, leg, why } = decided.difference;
		return [shell.bad(fill(words.different, { reason, leg, why }))];
	}
	const rows = decided.rows.map((row) => `  ${rowText(row)}`);
	switch (decided.type) {
		case "matched": {
			const { rule, why, score } = decided;
			const told = decided.words?.[shell.language];
			const line = shell.good(fill(words.matched, { rule, why }));
			const own = shell.language === "en" || told === undefined ? [] : [`  ${told}`];
			const points = decided.points.join(", ");
			const scored = score === undefined ? [] : [`  ${fill(words.score, { score, points })}`];
			return [line, ...own, ...scored, ...rows];
		}
		case "waiting": {
			const { missingAt, until } = decided;
			return [fill(words.waiting, { leg: missingAt, date: formatDate(until) }), ...rows];
		}
		case "unrelated":
			return [words.unrelated, ...rows];
		case "candidate": {
			const { rule, score, leftOut } = decided;
			const points = decided.points.join(", ");
			return [fill(words.candidate[leftOut], { rule, score, points }), ...rows];
		}
	}
}

function rowText({
	name,
	businessDate,
	reference,
	amountMinor,
	currency,
	status,
}: ExplainedRow): string {
	const date = businessDate === undefined ? "-" : formatDate(businessDate);
	const amount = moneyText(amountMinor, currency);
	return [name, date, reference || "-", amount, status].join("  ");
}
