import type { Ports } from "../../../firmware/core/port.ts";

/**
 * What an engine runs. A core module exports `boot`, is bundled for XS and imported on Node, and must do
 * nothing when it is loaded.
 */
export interface Core {
	start(): void;
	/** Milliseconds until the next step is wanted; `Infinity` when only an event can bring work. */
	step(): number;
	/** Looks inside, for tests and tools; JSON values both ways. */
	query(request: unknown): unknown;
	close(): void;
}

/** Makes a core that has not started. `options` is a JSON value. */
export type Boot = (ports: Ports, options: unknown) => Core;
