import { CloseoutError } from "../../../protocol/error.ts";
import { servePorts } from "./bridge.ts";
import type { Boot, Core } from "./core.ts";
import { connectPorts } from "./stubs.ts";
import type { Engine, EngineOptions } from "./terminal-engine.ts";

/**
 * The core in this process, behind the same stubs and bridge as in XS. A core cannot be taken out of the
 * middle of a call here, so from the cut on each port call throws, whatever the core catches.
 */
export class NodeEngine implements Engine {
	readonly #options: EngineOptions;
	#core: Core | undefined;
	#over: { readonly reason: unknown } | undefined;

	constructor(options: EngineOptions) {
		this.#options = options;
	}

	async start(options: unknown): Promise<void> {
		const boot = await importBoot(this.#options.core);
		const serve = servePorts(this.#options.ports);
		const ports = connectPorts((frame) => {
			this.#throwIfOver();
			try {
				return serve(new Uint8Array(frame)).buffer;
			} catch (reason) {
				this.#over ??= { reason };
				throw reason;
			}
		});
		const copied: unknown = JSON.parse(JSON.stringify(options ?? null));
		this.#run(() => {
			this.#core = boot(ports, copied);
			this.#core.start();
		});
	}

	async step(): Promise<number> {
		return this.#run(() => this.#running().step());
	}

	async query(request: unknown): Promise<unknown> {
		return this.#run(() => {
			const asked: unknown = JSON.parse(JSON.stringify(request ?? null));
			const found: unknown = JSON.parse(JSON.stringify(this.#running().query(asked) ?? null));
			return found;
		});
	}

	kill(): void {
		this.#over ??= { reason: new CloseoutError("CLOSED", "the engine was killed") };
		this.#core = undefined;
	}

	async close(): Promise<void> {
		try {
			if (this.#over === undefined) this.#run(() => this.#core?.close());
		} finally {
			this.#over ??= { reason: new CloseoutError("CLOSED", "the engine was closed") };
			this.#core = undefined;
		}
	}

	meters(): undefined {
		return undefined;
	}

	async measureHeap(): Promise<undefined> {
		return undefined;
	}

	#running(): Core {
		if (this.#core === undefined) throw new CloseoutError("USAGE", "the core is not started");
		return this.#core;
	}

	/** A cut of power wins over whatever the core made of it. */
	#run<T>(action: () => T): T {
		this.#throwIfOver();
		try {
			const result = action();
			this.#throwIfOver();
			return result;
		} catch (error) {
			this.#throwIfOver();
			if (error instanceof CloseoutError) throw error;
			throw new CloseoutError("ASSERTION", `uncaught in the firmware: ${error}`, { cause: error });
		}
	}

	#throwIfOver(): void {
		if (this.#over === undefined) return;
		this.#core = undefined;
		throw this.#over.reason;
	}
}

async function importBoot(core: URL): Promise<Boot> {
	const loaded: unknown = await import(core.href);
	if (exportsBoot(loaded)) return loaded.boot;
	throw new CloseoutError("USAGE", `${core.pathname} exports no function boot; see core.ts`);
}

function exportsBoot(loaded: unknown): loaded is { boot: Boot } {
	return (
		typeof loaded === "object" &&
		loaded !== null &&
		"boot" in loaded &&
		typeof loaded.boot === "function"
	);
}
