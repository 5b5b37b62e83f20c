import { once } from "node:events";
import { Command } from "commander";
import { CloseoutError } from "../../../protocol/error.ts";
import { formatDateTime } from "../../../protocol/time.ts";
import { createLog } from "../../log.ts";
import { fill } from "../../report/text.ts";
import type { Alert } from "../../store/alert.ts";
import { WatchLoop } from "../../watch/loop.ts";
import { makeChannels } from "../../watch/settings.ts";
import { findingText, watchText } from "../../watch/text.ts";
import { type Looked, lookOnce, testChannel } from "../../watch/watch.ts";
import { type DataOptions, nowS, overData, parseWhole, withData, zoneMinutes } from "../data.ts";
import type { Shell } from "../shell.ts";
import { mustHaveSettings, watchOptionsOf } from "../watch-settings.ts";

interface RunOptions extends DataOptions {
	readonly interval: string;
}

interface AckOptions extends DataOptions {
	readonly by: string;
	readonly why: string;
}

const EXIT_NOT_SENT = 1;
const INTERVAL_DEFAULT = "60";
const INTERVAL_MAX_S = 86_400;

/** `closeout watch`: what is silent, unsettled, unprinted or near its deadline, and who is told. */
export function watchCommand(shell: Shell): Command {
	const { text } = shell;
	const words = text.watch;
	const run = new Command("run")
		.description(words.run)
		.option("--interval <seconds>", words.interval, INTERVAL_DEFAULT)
		.action((options: RunOptions) => runLoop(shell, options));
	const look = new Command("once")
		.description(words.once)
		.action((options: DataOptions) => runOnce(shell, options));
	const list = new Command("list")
		.description(words.list)
		.option("--all", words.all)
		.action((options: DataOptions & { readonly all?: true }) => runList(shell, options));
	const ack = new Command("ack")
		.description(words.ack)
		.argument("<alert>", words.id)
		.requiredOption("--by <name>", words.by)
		.requiredOption("--why <text>", words.why)
		.addHelpText(
			"after",
			`\n${text.example}\n  closeout watch ack unsettled~till-0001~CNY --by "Li Wei" --why "settles tonight"`,
		)
		.action((id: string, options: AckOptions) => runAck(shell, id, options));
	const trial = new Command("test")
		.description(words.test)
		.argument("[channel]", words.channel)
		.action((name: string | undefined, options: DataOptions) => runTest(shell, name, options));
	const command = new Command("watch").description(words.watch);
	for (const one of [run, look, list, ack, trial]) command.addCommand(withData(one, shell));
	return command;
}

async function runOnce(shell: Shell, options: DataOptions): Promise<void> {
	const settings = await mustHaveSettings(shell, options);
	const log = createLog("silent");
	const looked = await overData(options, async (store, source) =>
		lookOnce(await watchOptionsOf(shell, options, { settings, store, source, log })),
	);
	if (looked.failures.length > 0) shell.endWith(EXIT_NOT_SENT);
	if (options.json) return shell.json(looked);
	tellAlerts(shell, looked.open);
	tellLooked(shell, looked);
}

function tellLooked(shell: Shell, { open, sent, failures }: Looked): void {
	for (const failure of failures) shell.note(failure);
	const counts = { open: open.length, sent, failed: failures.length };
	shell.note(fill(shell.text.watch.looked, counts));
}

async function runLoop(shell: Shell, options: RunOptions): Promise<void> {
	const seconds = parseWhole("interval", options.interval, 1, INTERVAL_MAX_S);
	const settings = await mustHaveSettings(shell, options);
	const log = createLog("warn");
	await overData(options, async (store, source) => {
		const made = await watchOptionsOf(shell, options, { settings, store, source, log });
		const look = async () => {
			const looked = await lookOnce(made);
			if (options.json) shell.json(looked);
			else if (looked.sent + looked.failures.length > 0) tellLooked(shell, looked);
		};
		const loop = new WatchLoop({ look, intervalMs: seconds * 1_000, log });
		loop.start();
		await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
		await loop.close();
	});
}

async function runList(
	shell: Shell,
	{ all = false, ...options }: DataOptions & { readonly all?: boolean },
): Promise<void> {
	const alerts = await overData(options, async (store, source) =>
		store.listAlerts({ tenant: await source.tenant(), all }),
	);
	if (options.json) {
		for (const alert of alerts) shell.json(alert);
		return;
	}
	tellAlerts(shell, alerts);
}

function tellAlerts(shell: Shell, alerts: readonly Alert[]): void {
	const words = shell.text.watch;
	if (alerts.length === 0) {
		shell.note(words.none);
		return;
	}
	const zone = zoneMinutes();
	const { severities } = watchText(shell.language);
	const rows = alerts.map(({ id, severity, firstS, acknowledgedBy, finding }) => [
		id,
		severities[severity],
		formatDateTime(firstS, zone),
		acknowledgedBy || "-",
		findingText(finding, shell.language, zone),
	]);
	shell.table(words.columns, rows);
}

async function runAck(shell: Shell, id: string, options: AckOptions): Promise<void> {
	const { by, why } = options;
	if (by.trim() === "" || why.trim() === "")
		throw new CloseoutError(
			"USAGE",
			"who takes note and what is done is missing; give --by and --why",
		);
	await overData(options, async (store, source) =>
		store.acknowledgeAlert({ tenant: await source.tenant(), id, by, why }),
	);
	if (options.json) return shell.json({ id, by, why });
	shell.line(shell.good(fill(shell.text.watch.taken, { id, by })));
}

async function runTest(
	shell: Shell,
	name: string | undefined,
	options: DataOptions,
): Promise<void> {
	const words = shell.text.watch;
	const settings = await mustHaveSettings(shell, options);
	const channels = makeChannels(settings, shell.environment, Date.now);
	const chosen = [...channels].filter(([one]) => name === undefined || one === name);
	if (name !== undefined && chosen.length === 0) {
		const names = [...channels.keys()].join(", ");
		throw new CloseoutError("NOT_FOUND", fill(words.noChannel, { name, names }));
	}
	for (const [one, channel] of chosen) {
		const why = await testChannel(channel, { name: one, language: settings.language, nowS: nowS() })
			.then(() => "")
			.catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
		if (why !== "") shell.endWith(EXIT_NOT_SENT);
		if (options.json) shell.json({ channel: one, taken: why === "", why });
		else if (why === "") shell.line(shell.good(fill(words.works, { name: one })));
		else shell.line(shell.bad(fill(words.fails, { name: one, why })));
	}
}
