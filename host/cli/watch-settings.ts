import { join } from "node:path";
import { CloseoutError } from "../../protocol/error.ts";
import type { StoreSource } from "../api/store-source.ts";
import { deadlinesOf } from "../case/deadlines.ts";
import type { Log } from "../log.ts";
import { fill } from "../report/text.ts";
import type { Store } from "../store/store.ts";
import {
	makeChannels,
	WATCH_FILE,
	type WatchSettings,
	watchSettingsOf,
} from "../watch/settings.ts";
import type { WatchOptions } from "../watch/watch.ts";
import { type DataOptions, nowS } from "./data.ts";
import type { Shell } from "./shell.ts";

/** The settings of the data folder. Throws `NOT_FOUND` where there are none. */
export async function mustHaveSettings(
	shell: Shell,
	{ data }: DataOptions,
): Promise<WatchSettings> {
	const settings = await watchSettingsOf(data);
	if (settings !== undefined) return settings;
	const path = join(data, WATCH_FILE);
	throw new CloseoutError("NOT_FOUND", fill(shell.text.watch.noSettings, { path }));
}

/** What a look of the watch is made with. */
export async function watchOptionsOf(
	shell: Shell,
	options: DataOptions,
	{
		settings,
		store,
		source,
		log,
	}: {
		readonly settings: WatchSettings;
		readonly store: Store;
		readonly source: StoreSource;
		readonly log: Log;
	},
): Promise<WatchOptions> {
	const channels = makeChannels(settings, shell.environment, Date.now);
	const deadlines = await deadlinesOf(options.data);
	const tenant = await source.tenant();
	return { store, tenant, settings, channels, deadlines, nowS, log };
}
