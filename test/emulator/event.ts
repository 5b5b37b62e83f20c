import type { Screen } from "../../firmware/core/port.ts";
import type { SaleStatus } from "./payment/sale.ts";

/** What happens to a terminal, for whoever looks on. */
export type MachineEvent =
	| { readonly type: "screen"; readonly number: number; readonly screen: Screen }
	| { readonly type: "paper"; readonly entries: number; readonly bytes: number }
	| { readonly type: "power"; readonly on: boolean; readonly reason: string }
	| {
			readonly type: "link";
			readonly status: "down" | "connecting" | "up";
			readonly network: string;
	  }
	| { readonly type: "payment"; readonly payment: SaleStatus }
	| { readonly type: "record"; readonly head: number }
	| {
			readonly type: "log";
			readonly level: "info" | "warn" | "error";
			readonly code: string;
			readonly detail: string;
	  };

/** What happens in the world besides. */
export type WorldEvent =
	| (MachineEvent & { readonly terminal: string })
	| { readonly type: "terminals"; readonly terminals: readonly string[] }
	| {
			readonly type: "clock";
			readonly wallMs: number;
			readonly nowMs: number;
			readonly mode: "real" | "manual";
			readonly speed: number;
	  };

export type Listener<E> = (event: E) => void;

/** Tells listeners in the order in which they came. */
export class Events<E> {
	readonly #listeners = new Set<Listener<E>>();

	/** Returns the function that ends the listening. */
	listen(listener: Listener<E>): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	/** True when anybody listens. */
	get isHeard(): boolean {
		return this.#listeners.size > 0;
	}

	tell(event: E): void {
		for (const listener of [...this.#listeners]) listener(event);
	}
}
