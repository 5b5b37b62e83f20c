import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Command, Option } from "commander";
import { CloseoutError } from "../../protocol/error.ts";
import { isDate } from "../../protocol/time.ts";
import { StoreSource } from "../api/store-source.ts";
import { deadlinesOf } from "../case/deadlines.ts";
import { openStore, type Store, type StoreLocation } from "../store/store.ts";
import type { Shell } from "./shell.ts";

/** Options that say where the host's data is. */
export interface DataOptions {
	readonly data: string;
	readonly database?: string;
	readonly tenant?: string;
	readonly json?: true;
}

/** Where `npm start` keeps the host's data. */
const DATA_DEFAULT = "data";

/** Adds the options that commands over the host's data have in common. */
export function withData(command: Command, { text, environment }: Shell): Command {
	const data = new Option("--data <folder>", text.options.data);
	return command
		.addOption(data.default(environment.CLOSEOUT_DATA || DATA_DEFAULT))
		.option("--database <where>", text.options.database)
		.option("--tenant <tenant>", text.options.tenant);
}

/** Where the database is by the options. */
export function locationOf({ data, database }: DataOptions): StoreLocation {
	if (database === undefined) return { sqlite: join(data, "host.db") };
	return /^postgres(ql)?:\/\//.test(database) ? { postgres: database } : { sqlite: database };
}

export function nowS(): number {
	return Math.floor(Date.now() / 1000);
}

/** Minutes east of UTC where this runs. */
export function zoneMinutes(): number {
	return -new Date().getTimezoneOffset();
}

/**
 * Runs over the host's data and closes it in any case. Throws `NOT_FOUND` for a database file that is not there,
 * instead of making an empty one.
 */
export async function overData<T>(
	options: DataOptions,
	run: (store: Store, source: StoreSource) => Promise<T>,
): Promise<T> {
	await mustHaveData(options);
	const store = await openStore({ location: locationOf(options), nowS });
	try {
		return await run(store, sourceOf(store, options));
	} finally {
		await store.close();
	}
}

/** True when there is a database; a server is taken to have one. */
export async function hasData(options: DataOptions): Promise<boolean> {
	const location = locationOf(options);
	return (
		"postgres" in location || (await stat(location.sqlite).catch(() => undefined)) !== undefined
	);
}

/** Makes the database where there is none yet, empty. */
export async function makeData(options: DataOptions): Promise<void> {
	const location = locationOf(options);
	if ("sqlite" in location) await mkdir(dirname(location.sqlite), { recursive: true });
	await (await openStore({ location, nowS })).close();
}

/** Runs over an empty database that is gone afterwards: to look at something before anything is kept. */
export async function overScratch<T>(
	run: (store: Store, source: StoreSource) => Promise<T>,
): Promise<T> {
	const data = await mkdtemp(join(tmpdir(), "closeout-"));
	try {
		await makeData({ data });
		return await overData({ data }, run);
	} finally {
		await rm(data, { recursive: true, force: true });
	}
}

/** Throws `NOT_FOUND` for a database file that is not there. */
export async function mustHaveData(options: DataOptions): Promise<void> {
	const location = locationOf(options);
	if ("postgres" in location) return;
	await mustBeFile(location.sqlite, 'run "closeout serve" first, or name it with --data');
}

function sourceOf(store: Store, { tenant, data }: DataOptions): StoreSource {
	const named = tenant === undefined ? {} : { tenant };
	const deadlines = () => deadlinesOf(data);
	return new StoreSource({ store, nowS, zoneMinutes, deadlines, ...named });
}

/** Throws `NOT_FOUND` when there is no file at the path; `advice` says what to do then. */
export async function mustBeFile(path: string, advice = "check the path"): Promise<void> {
	const found = await stat(path).catch(() => undefined);
	if (found?.isFile()) return;
	const what = found === undefined ? "no such file" : "this is not a file";
	throw new CloseoutError("NOT_FOUND", `${path}: ${what}; ${advice}`);
}

/** `yyyymmdd` of `2026-11-20` or `20261120`. Throws `USAGE`. */
export function parseDate(text: string): number {
	const date = isDateText(text) ? Number(text.replaceAll("-", "")) : 0;
	if (isDate(date)) return date;
	throw new CloseoutError("USAGE", `"${text}" is not a date such as 2026-11-20`);
}

/** True for what is written like a date, whether the calendar has it or not. */
export function isDateText(text: string): boolean {
	return /^\d{4}-\d{2}-\d{2}$|^\d{8}$/.test(text);
}

/** A whole number within bounds. Throws `USAGE` naming what it is of. */
export function parseWhole(what: string, text: string, min: number, max: number): number {
	const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
	if (value >= min && value <= max) return value;
	throw new CloseoutError("USAGE", `${what} "${text}" is not a whole number from ${min} to ${max}`);
}
