import { NAK_INTERVAL_MS } from "../../protocol/limits.ts";
import type { Address } from "../../protocol/message.ts";
import { forgetOldest } from "./bound.ts";
import { streamName } from "./early.ts";

const ENTRIES_MAX = 10_000;

/** Lets the same request for missing records through once in a while: many batches show the same hole. */
export class NakGate {
	readonly #monotonicMs: () => number;
	readonly #entriesMax: number;
	readonly #asked = new Map<string, { readonly from: number; readonly atMs: number }>();

	constructor(monotonicMs: () => number, { entriesMax = ENTRIES_MAX } = {}) {
		this.#monotonicMs = monotonicMs;
		this.#entriesMax = entriesMax;
	}

	mayAsk(stream: Address, from: number): boolean {
		const id = streamName(stream);
		const atMs = this.#monotonicMs();
		const last = this.#asked.get(id);
		if (last?.from === from && atMs - last.atMs < NAK_INTERVAL_MS) return false;
		this.#asked.delete(id);
		this.#asked.set(id, { from, atMs });
		forgetOldest(this.#asked, this.#entriesMax);
		return true;
	}
}
