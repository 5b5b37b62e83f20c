import { Command } from "commander";
import { formatAmount } from "../../../protocol/money.ts";
import { businessDateAt, formatDate } from "../../../protocol/time.ts";
import { deadlinesOf } from "../../case/deadlines.ts";
import type { Difference } from "../../core/difference.ts";
import { reconcile } from "../../import/reconcile.ts";
import { fill } from "../../report/text.ts";
import { type DataOptions, nowS, overData, parseDate, withData, zoneMinutes } from "../data.ts";
import { rulesFor } from "../match-rules.ts";
import type { Shell } from "../shell.ts";

interface ReconcileOptions extends DataOptions {
	readonly date?: string;
	readonly terminal?: string;
	readonly asOf?: string;
	readonly rules?: string;
}

const EXIT_DIFFERENT = 1;

export function reconcileCommand(shell: Shell): Command {
	const { text } = shell;
	const command = new Command("reconcile")
		.description(text.commands.reconcile)
		.option("--date <date>", text.flags.date)
		.option("--terminal <terminal>", text.flags.onlyTerminal)
		.option("--as-of <date>", text.flags.asOf)
		.option("--rules <file>", text.match.rulesFile)
		.addHelpText("after", `\n${text.example}\n  closeout reconcile --date 2026-11-20`)
		.action((options: ReconcileOptions) => run(shell, options));
	return withData(command, shell);
}

async function run(shell: Shell, options: ReconcileOptions): Promise<void> {
	const { text } = shell;
	const { date, terminal, asOf } = options;
	const businessDate = date === undefined ? undefined : parseDate(date);
	const today = businessDateAt(nowS(), zoneMinutes(), 0);
	const rules = await rulesFor(options);
	const deadlines = await deadlinesOf(options.data);
	const result = await overData(options, async (store, source) => {
		if (terminal !== undefined) await store.getTerminal(terminal);
		return reconcile(store, {
			tenant: await source.tenant(),
			rules,
			deadlines,
			asOf: asOf === undefined ? today : parseDate(asOf),
			...(businessDate === undefined ? {} : { businessDate }),
			...(terminal === undefined ? {} : { terminal }),
		});
	});
	const { differences, matched, waiting, legs } = result;
	if (differences.length > 0) shell.endWith(EXIT_DIFFERENT);
	if (options.json) return shell.json(result);
	const counts = { count: differences.length, matched, waiting, legs: legs.join(", ") };
	if (differences.length === 0) return shell.line(shell.good(fill(text.noDifferences, counts)));
	shell.table(text.differenceColumns, differences.map(cells));
	shell.line(shell.bad(fill(text.differences, counts)));
}

function cells(difference: Difference): readonly string[] {
	const { reason, leg, terminalId, businessDate, reference, batch, currency, why } = difference;
	return [
		reason,
		leg,
		terminalId ?? "-",
		businessDate === undefined ? "-" : formatDate(businessDate),
		reference || (batch === undefined ? "-" : `#${batch}`),
		`${formatAmount(difference.atStakeMinor, currency)} ${currency}`,
		why,
	];
}
