import { servePorts } from "./bridge.ts";
import { bundleFirmware } from "./bundle.ts";
import type { HeapSize } from "./heap.ts";
import type { Engine, EngineMeters, EngineOptions } from "./terminal-engine.ts";
import {
	command,
	decodeText,
	encodeText,
	FrameReader,
	FrameWriter,
	status,
	throwFailure,
} from "./wire.ts";
import { type WorkerProgram, XsWorker } from "./worker.ts";

/** The core inside the XS worker. */
export class XsEngine implements Engine {
	readonly #worker: XsWorker;
	readonly #core: URL;
	readonly #program: WorkerProgram | undefined;
	#meters: EngineMeters | undefined;
	#loaded = false;

	constructor({ kind, ports, core, computronsMax }: EngineOptions) {
		this.#core = core;
		this.#program = typeof kind === "object" ? kind : undefined;
		this.#worker = new XsWorker({
			onCall: servePorts(ports),
			...(computronsMax === undefined ? {} : { computronsMax }),
			...(this.#program === undefined ? {} : { program: this.#program }),
		});
	}

	async start(options: unknown): Promise<void> {
		const script = this.#program?.load(this.#core) ?? bundleFirmware(this.#core);
		const [source] = await Promise.all([script, this.#worker.start()]);
		await this.#worker.evaluate(source);
		this.#loaded = true;
		await this.#command(command.start, options);
	}

	async step(): Promise<number> {
		return (await this.#command(command.step)).f64();
	}

	async query(request: unknown): Promise<unknown> {
		const answer = await this.#command(command.query, request);
		const found: unknown = JSON.parse(decodeText(answer.rest()));
		return found;
	}

	kill(): void {
		this.#worker.kill();
	}

	async close(): Promise<void> {
		try {
			if (this.#loaded && this.#worker.running) await this.#command(command.close);
		} finally {
			await this.#worker.close();
		}
	}

	meters(): EngineMeters | undefined {
		return this.#meters;
	}

	measureHeap(): Promise<HeapSize> {
		return this.#worker.measureHeap();
	}

	async #command(first: number, argument?: unknown): Promise<FrameReader> {
		const json = encodeText(argument === undefined ? "null" : JSON.stringify(argument));
		const frame = new FrameWriter(first, json.length).bytes(json);
		const { reply, meters } = await this.#worker.command(new Uint8Array(frame.buffer));
		const before = this.#meters?.computronsTotal ?? 0;
		this.#meters = { ...meters, computronsTotal: before + meters.computrons };
		if (reply[0] !== status.ok) throwFailure(reply);
		return new FrameReader(reply);
	}
}
