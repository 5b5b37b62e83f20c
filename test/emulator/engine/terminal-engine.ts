import type { Ports } from "../../../firmware/core/port.ts";
import type { HeapSize } from "./heap.ts";
import { NodeEngine } from "./node-engine.ts";
import type { Meters, WorkerProgram } from "./worker.ts";
import { XsEngine } from "./xs-engine.ts";

/**
 * A terminal's core in an engine. Both kinds behave alike; steps must not overlap.
 *
 * After `kill`, or when a port threw `PowerLost`, the engine is dead: everything rejects with the reason and no
 * port is called any more. What a port throws beside `CloseoutError` and `PowerLost` kills it as well.
 */
export interface Engine {
	/** Boots the core and starts it. `options` is a JSON value for its `boot`. */
	start(options: unknown): Promise<void>;
	/** Milliseconds until the next step is wanted; `Infinity` when only an event can bring work. */
	step(): Promise<number>;
	/** Looks inside the core; JSON values both ways. */
	query(request: unknown): Promise<unknown>;
	/** Power off at once, in the middle of whatever it does. */
	kill(): void;
	/** Closes the core, then the engine. May be called again, and after `kill`. */
	close(): Promise<void>;
	/** What the last command cost, with the sum of computrons since the start; `undefined` on Node. */
	meters(): EngineMeters | undefined;
	/** What is alive in the engine now; `undefined` on Node. */
	measureHeap(): Promise<HeapSize | undefined>;
}

export interface EngineMeters extends Meters {
	readonly computronsTotal: number;
}

/** XS as `@agoric/xsnap` carries it, Node, or XS in another worker. */
export type EngineKind = "xs" | "node" | WorkerProgram;

export interface EngineOptions {
	readonly kind: EngineKind;
	/** The module that exports `boot`, a `Boot` of `core.ts`. */
	readonly core: URL;
	readonly ports: Ports;
	/** Computrons that one command may take in XS. */
	readonly computronsMax?: number;
}

export function createEngine(options: EngineOptions): Engine {
	return options.kind === "node" ? new NodeEngine(options) : new XsEngine(options);
}
