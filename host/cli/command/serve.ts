import { once } from "node:events";
import { Command, Option } from "commander";
import { CloseoutError } from "../../../protocol/error.ts";
import { startApi } from "../../api/server.ts";
import { StoreSource } from "../../api/store-source.ts";
import { deadlinesOf } from "../../case/deadlines.ts";
import { openHostKey } from "../../host-key.ts";
import { createLog, type LogLevel } from "../../log.ts";
import { fill } from "../../report/text.ts";
import { type BrokerChoice, type Host, startHost } from "../../start.ts";
import { WatchLoop } from "../../watch/loop.ts";
import { watchSettingsOf } from "../../watch/settings.ts";
import { lookOnce } from "../../watch/watch.ts";
import { type DataOptions, locationOf, nowS, parseWhole, withData, zoneMinutes } from "../data.ts";
import { rulesFor } from "../match-rules.ts";
import type { Shell } from "../shell.ts";
import { watchOptionsOf } from "../watch-settings.ts";

interface ServeOptions extends DataOptions {
	readonly port: string;
	readonly address: string;
	readonly token?: string;
	readonly brokerPort: string;
	readonly broker?: string;
	readonly brokerGroup?: string;
	readonly logLevel: LogLevel;
}

const PORT_MAX = 65_535;
const PORT_DEFAULT = "8080";
const WATCH_INTERVAL_MS = 60_000;
const BROKER_PORT_DEFAULT = "1884";

export function serveCommand(shell: Shell): Command {
	const { text, environment } = shell;
	const level = new Option("--log-level <level>", text.flags.logLevel);
	const command = new Command("serve")
		.description(text.commands.serve)
		.option("--port <port>", text.flags.port, PORT_DEFAULT)
		.option("--address <address>", text.flags.address, "127.0.0.1")
		.option("--token <token>", text.flags.token)
		.option("--broker-port <port>", text.flags.brokerPort, BROKER_PORT_DEFAULT)
		.option("--broker <url>", text.flags.broker)
		.option("--broker-group <name>", text.flags.brokerGroup)
		.addOption(level.choices(["silent", "error", "warn", "info", "debug"]).default("warn"))
		.addHelpText("after", `\n${text.example}\n  closeout serve --data /var/lib/closeout`)
		.action((options: ServeOptions) => {
			const token = options.token ?? (environment.CLOSEOUT_TOKEN || undefined);
			return run(shell, { ...options, ...(token === undefined ? {} : { token }) });
		});
	return withData(command, shell);
}

async function run(shell: Shell, options: ServeOptions): Promise<void> {
	const port = parseWhole("port", options.port, 0, PORT_MAX);
	const broker = brokerOf(options);
	const log = createLog(options.logLevel);
	const settings = await watchSettingsOf(options.data);
	const host = await startHost({
		dataDir: options.data,
		broker,
		log,
		...(options.database === undefined ? {} : { database: locationOf(options) }),
	});
	try {
		const { token, address } = options;
		const source = sourceOf(host, options);
		const api = await startApi({
			source,
			desk: host,
			nowS,
			port,
			address,
			language: shell.language,
			...(token === undefined ? {} : { token }),
		});
		const told = options.broker ?? `mqtt://127.0.0.1:${host.brokerPort}`;
		if (options.json) shell.json({ url: api.url, broker: told });
		else shell.note(fill(shell.text.listens, { url: api.url, broker: told }));
		const given = { settings, store: host.store, source, log };
		const watch = settings && startWatch(shell, options, { ...given, settings });
		await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
		await watch?.close();
		await api.close();
	} finally {
		await host.close();
	}
	if (!options.json) shell.note(shell.text.ended);
}

/** Whose terminals are watched is asked at each look: the first terminal may come later than the host. */
function startWatch(
	shell: Shell,
	options: ServeOptions,
	given: Parameters<typeof watchOptionsOf>[2],
): WatchLoop {
	const look = async () => lookOnce(await watchOptionsOf(shell, options, given));
	const loop = new WatchLoop({ look, intervalMs: WATCH_INTERVAL_MS, log: given.log });
	loop.start();
	return loop;
}

function sourceOf({ store, onChange }: Host, options: ServeOptions): StoreSource {
	const named = options.tenant === undefined ? {} : { tenant: options.tenant };
	const rules = () => rulesFor(options);
	const deadlines = () => deadlinesOf(options.data);
	const hostKey = () => openHostKey(options.data);
	const files = { rules, deadlines, hostKey };
	return new StoreSource({ store, nowS, zoneMinutes, onChange, ...files, ...named });
}

function brokerOf({ broker, brokerPort, brokerGroup }: ServeOptions): BrokerChoice {
	if (brokerGroup !== undefined && (broker === undefined || !/^[\w.-]{1,64}$/.test(brokerGroup))) {
		const message = `--broker-group "${brokerGroup}" goes with --broker, and is up to 64 letters, digits, ".", "-" and "_"`;
		throw new CloseoutError("USAGE", message);
	}
	if (broker === undefined) return { embedded: parseWhole("broker port", brokerPort, 0, PORT_MAX) };
	if (!URL.canParse(broker) || !/^mqtts?:$/.test(new URL(broker).protocol)) {
		const message = `"${broker}" is not an address such as mqtt://127.0.0.1:1883`;
		throw new CloseoutError("USAGE", message);
	}
	const url = new URL(broker);
	const { username, password } = url;
	// A password in an address would stand in every message about it.
	url.username = "";
	url.password = "";
	return {
		url: url.href,
		...(username === "" ? {} : { username: decodeURIComponent(username) }),
		...(password === "" ? {} : { password: decodeURIComponent(password) }),
		...(brokerGroup === undefined ? {} : { shareGroup: brokerGroup }),
	};
}
