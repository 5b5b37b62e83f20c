import { NAK_INTERVAL_MS } from "../../protocol/limits.ts";
import type { Address } from "../../protocol/message.ts";
import { streamName } from "./early.ts";

const ENTRIES_MAX = 10_000;

/** Lets the same request for missing records through once in a while: many batches show the same hole. */
export class NakGate {
	readonly #monotonicMs: () => number;
	readonly #asked = new Map<string, { readonly from: number; readonly atMs: number }>();

	constructor(monotonicMs: () => number) {
		this.#monotonicMs = monotonicMs;
	}

	mayAsk(stream: Address, from: number): boolean {
		const id = streamName(stream);
		const atMs = this.#monotonicMs();
		const last = this.#asked.get(id);
		if (last?.from === from && atMs - last.atMs < NAK_INTERVAL_MS) return false;
		this.#asked.delete(id);
		this.#asked.set(id, { from, atMs });
		const oldest = this.#asked.size > ENTRIES_MAX ? this.#asked.keys().next().value : undefined;
		if (oldest !== undefined) this.#asked.delete(oldest);
		return true;
	}
}
