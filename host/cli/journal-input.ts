import { basename } from "node:path";
import { CloseoutError } from "../../protocol/error.ts";
import {
	isPieceFile,
	type JournalCopy,
	pieceCopy,
	salvagedCopy,
	storedCopy,
} from "../import/copy.ts";
import { DumpFile } from "../import/salvage/dump.ts";
import type { Life } from "../import/salvage/life.ts";
import { type Salvaged, salvage } from "../import/salvage/salvage.ts";
import { fill } from "../report/text.ts";
import type { Store } from "../store/store.ts";
import { mustBeFile, parseWhole } from "./data.ts";
import type { Shell } from "./shell.ts";

/** Which journal is meant where several are found. */
export interface LifeOptions {
	readonly terminal?: string;
	readonly epoch?: string;
}

export const EPOCH_MAX = 0xffff_ffff;
const MEBIBYTE = 1_048_576;

/** Searches dumps and shows how far it is; what was found is read from the files as long as `run` lasts. */
export async function overDumps<T>(
	shell: Shell,
	paths: readonly string[],
	run: (found: Salvaged) => Promise<T>,
): Promise<T> {
	for (const path of paths) await mustBeFile(path);
	const dumps = paths.map((path) => new DumpFile(path));
	try {
		const total = dumps.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) * 2;
		const progress = shell.progress(total);
		const search = salvage(dumps);
		let step = search.next();
		while (!step.done) {
			const done = Math.round(step.value / MEBIBYTE);
			const all = Math.round(total / MEBIBYTE);
			progress.tell(step.value, fill(shell.text.journal.searching, { done, total: all }));
			await new Promise<void>((resolve) => setImmediate(resolve));
			step = search.next();
		}
		progress.end("");
		return await run(step.value);
	} finally {
		for (const dump of dumps) dump.close();
	}
}

/** The journals that the options name, best first. Throws `NOT_FOUND` when none of them is there. */
export function chosenLives(found: Salvaged, options: LifeOptions): readonly Life[] {
	const { terminal } = options;
	const epoch =
		options.epoch === undefined ? undefined : parseWhole("epoch", options.epoch, 0, EPOCH_MAX);
	const what = found.dumps.map(({ name }) => name).join(", ");
	if (found.lives.length === 0) {
		const bytes = found.dumps.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
		throw new CloseoutError(
			"MEDIA_FORMAT",
			`${what}: no segment and no root of a journal in ${bytes} bytes; is it the storage of a terminal?`,
		);
	}
	const lives = found.lives.filter(
		(life) =>
			(terminal === undefined || life.terminal === terminal) &&
			(epoch === undefined || life.epoch === epoch),
	);
	if (lives.length > 0) return lives;
	const there = found.lives.map((life) => `${life.terminal}.${life.epoch}`).join(", ");
	throw new CloseoutError("NOT_FOUND", `${what}: holds ${there}; choose one of these`);
}

/** Runs over one copy, whatever kind of file it is. */
export async function overCopy<T>(
	shell: Shell,
	path: string,
	options: LifeOptions,
	run: (copy: JournalCopy) => Promise<T>,
): Promise<T> {
	await mustBeFile(path);
	if (await isPieceFile(path)) return run(await pieceCopy(path));
	return overDumps(shell, [path], async (found) => {
		const [life] = chosenLives(found, options);
		if (life === undefined) throw new CloseoutError("ASSERTION", "no journal was chosen");
		return run(salvagedCopy(basename(path), found, life));
	});
}

/** The host's stream that the options name; the newest epoch when none is said. */
export async function hostCopy(store: Store, options: LifeOptions): Promise<JournalCopy> {
	return storedCopy(store, await streamOf(store, options));
}

/** Whose stream of the host the options name. Throws `USAGE` when no terminal is named. */
export async function streamOf(
	store: Store,
	{ terminal, epoch }: LifeOptions,
): Promise<{ readonly terminal: string; readonly epoch: number }> {
	if (terminal === undefined) {
		throw new CloseoutError("USAGE", "name a storage image, or a terminal with --terminal");
	}
	const status = await store.getTerminal(terminal);
	if (epoch !== undefined) return { terminal, epoch: parseWhole("epoch", epoch, 1, EPOCH_MAX) };
	return { terminal, epoch: status.epoch };
}
