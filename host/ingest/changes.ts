import type { Address } from "../../protocol/message.ts";
import type { Log } from "../log.ts";

/** What pages that are open may want to show anew. */
export type Change =
	/** Records of a stream are committed up to `watermark`. */
	| (Address & { readonly type: "records"; readonly watermark: number })
	/** The derived tables of a stream are up to `watermark`. */
	| (Address & { readonly type: "projected"; readonly watermark: number })
	/** A signed head was judged. */
	| (Address & { readonly type: "head"; readonly sequence: number })
	| { readonly type: "terminal"; readonly terminal: string }
	| { readonly type: "command"; readonly terminal: string; readonly hostSequence: number }
	| (Address & { readonly type: "incident"; readonly incident: string });

export type ChangeListener = (change: Change) => void;

/** Tells listeners; one that throws is logged and hurts nobody else. */
export class Changes {
	readonly #log: Log;
	readonly #listeners = new Set<ChangeListener>();

	constructor(log: Log) {
		this.#log = log;
	}

	/** Returns the function that ends the listening. */
	listen(listener: ChangeListener): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	tell(change: Change): void {
		for (const listener of [...this.#listeners]) {
			try {
				listener(change);
			} catch (error) {
				this.#log.error({ error, change: change.type }, "a listener to changes failed");
			}
		}
	}
}
