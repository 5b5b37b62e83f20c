import { CloseoutError } from "../../protocol/error.ts";
import type { Address } from "../../protocol/message.ts";
import type { Log } from "../log.ts";
import type { Store } from "../store/store.ts";
import type { Changes } from "./changes.ts";
import { streamName } from "./early.ts";

export interface ProjectorOptions {
	readonly store: Pick<Store, "addIncident" | "listUnprojected" | "listUntreed" | "projectStream">;
	readonly changes: Changes;
	readonly log: Log;
	/** Judges the signed heads among the records of a stream that are new. */
	readonly heads: (stream: Address) => Promise<void>;
}

/**
 * Keeps the derived tables up with the committed records. It runs after the acknowledgement, so that no record
 * ever waits for it or fails by it; after a crash it goes on where the derived tables stand.
 */
export class Projector {
	readonly #options: ProjectorOptions;
	readonly #waiting = new Map<string, Address>();
	#working: Promise<void> | undefined;
	#closed = false;

	constructor(options: ProjectorOptions) {
		this.#options = options;
	}

	/** Takes up what was left over and listens for new records. */
	async start(): Promise<void> {
		const { store, changes } = this.#options;
		changes.listen((change) => {
			if (change.type === "records") this.#wake(change);
		});
		for (const stream of await store.listUnprojected()) this.#wake(stream);
		for (const stream of await store.listUntreed()) this.#wake(stream);
	}

	async idle(): Promise<void> {
		while (this.#working !== undefined) await this.#working;
	}

	async close(): Promise<void> {
		this.#closed = true;
		await this.idle();
	}

	#wake(stream: Address): void {
		if (this.#closed) return;
		this.#waiting.set(streamName(stream), { terminal: stream.terminal, epoch: stream.epoch });
		this.#working ??= this.#work();
	}

	/** A step of one stream, then a step of the next: a long catch-up of one keeps none of the others waiting. */
	async #work(): Promise<void> {
		try {
			for (;;) {
				const [next] = this.#waiting;
				if (next === undefined || this.#closed) return;
				const [name, stream] = next;
				this.#waiting.delete(name);
				const isDone = await this.#step(stream);
				if (!isDone) this.#waiting.set(name, stream);
			}
		} finally {
			// In the same turn as the last look at who waits, so that no stream falls between.
			this.#working = undefined;
		}
	}

	async #step(stream: Address): Promise<boolean> {
		const { store, changes, log, heads } = this.#options;
		try {
			const { projected, isDone } = await store.projectStream(stream);
			if (isDone) await heads(stream);
			changes.tell({ type: "projected", ...stream, watermark: projected });
			return isDone;
		} catch (error) {
			log.error({ error, ...stream }, "records kept but not folded; rebuild when mended");
			await this.#note(stream, error);
			return true;
		}
	}

	async #note(stream: Address, error: unknown): Promise<void> {
		if (!(error instanceof CloseoutError) || error.code === "STORE") return;
		try {
			const detail = error.message;
			await this.#options.store.addIncident({ ...stream, type: "unreadable", detail });
		} catch (again) {
			this.#options.log.error({ error: again, ...stream }, "incident not noted");
		}
	}
}
