import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../log.ts";

/** Looks again and again, never twice at once. A look that fails is logged, and the next one is made all the same. */
export class WatchLoop {
	readonly #look: () => Promise<unknown>;
	readonly #intervalMs: number;
	readonly #log: Log;
	readonly #stop = new AbortController();
	#running: Promise<void> | undefined;

	constructor({
		look,
		intervalMs,
		log,
	}: {
		readonly look: () => Promise<unknown>;
		readonly intervalMs: number;
		readonly log: Log;
	}) {
		this.#look = look;
		this.#intervalMs = intervalMs;
		this.#log = log;
	}

	start(): void {
		this.#running ??= this.#run();
	}

	async #run(): Promise<void> {
		const { signal } = this.#stop;
		while (!signal.aborted) {
			try {
				await this.#look();
			} catch (error) {
				this.#log.error({ error }, "the watch could not look; it looks again");
			}
			await sleep(this.#intervalMs, undefined, { signal }).catch((error: unknown) => {
				if (!signal.aborted) throw error;
			});
		}
	}

	/** Resolves when a look that is under way has ended. May be called again. */
	async close(): Promise<void> {
		this.#stop.abort();
		await this.#running;
	}
}
