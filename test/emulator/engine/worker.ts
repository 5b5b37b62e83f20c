import { type ChildProcess, spawn } from "node:child_process";
import { Duplex } from "node:stream";
import { CloseoutError } from "../../../protocol/error.ts";
import { buildWorker } from "./build-worker.ts";
import { type HeapSize, readHeapCount, readHeapSize } from "./heap.ts";
import { frame, NetstringReader } from "./netstring.ts";

/** Computrons one command may take unless told otherwise; a few seconds of computing. */
export const COMPUTRONS_MAX = 2_000_000_000;
/** The engine compares meter and limit once in so many computrons. */
const METER_INTERVAL = 10_000;
const STDERR_TAIL_LENGTH = 2_000;

/** First byte of a message from the worker. */
const OK = 0x2e;
const FAILED = 0x21;
const CALL = 0x3f;
/** Ends the meters in a reply. */
const METERS_END = 0x01;

/** Exit statuses of the worker that say something. */
const exitTexts: Readonly<Record<number, string>> = {
	2: "a pipe broke",
	11: "out of memory",
	12: "stack overflow",
	15: "unhandled exception",
	16: "out of property names",
	17: "more computation than the limit allows",
};

/** A worker that is not the one of `@agoric/xsnap` and speaks as it does. */
export interface WorkerProgram {
	readonly path: string;
	readonly options: readonly string[];
	/** A script that makes a core ready which is built into it. */
	readonly load: (core: URL) => string;
}

export interface XsWorkerOptions {
	/** The worker to start; left out, the one of `@agoric/xsnap`. */
	readonly program?: WorkerProgram;
	/**
	 * Answers a call of the program in the engine, which waits for it. What it throws ends the engine at once,
	 * and the command in progress rejects with it.
	 */
	readonly onCall: (request: Uint8Array) => Uint8Array;
	/** Computrons one command may take, at most 2^31 - 1 or `Infinity`; beyond it the engine ends. */
	readonly computronsMax?: number;
}

/** What one command cost. */
export interface Meters {
	/** Computation in units of the engine; the same for the same program and input. */
	readonly computrons: number;
	/** Slots in use, garbage that is not collected yet included. */
	readonly heapSlots: number;
	/** Memory the process has reserved for the engine; grows in blocks of megabytes. */
	readonly reservedBytes: number;
}

export interface CommandResult {
	readonly reply: Uint8Array;
	readonly meters: Meters;
}

const nothing = new Uint8Array();

interface Pending {
	readonly frame: Buffer;
	readonly resolve: (result: CommandResult) => void;
	readonly reject: (reason: unknown) => void;
}

/**
 * One XS engine in a process of its own. Commands run one after another in the order they were given; while
 * one runs, the program in the engine may call back into `onCall` and waits for the answer.
 */
export class XsWorker {
	readonly #options: XsWorkerOptions;
	readonly #queue: Pending[] = [];
	#current: Pending | undefined;
	#process: ChildProcess | undefined;
	#pipe: Duplex | undefined;
	#ended: Promise<void> = Promise.resolve();
	/** Why no command can be given any more. */
	#over: { readonly reason: unknown } | undefined;
	#stderr = "";

	constructor(options: XsWorkerOptions) {
		this.#options = options;
	}

	/** Compiles the worker if needed, starts it and waits until it answers. @throws CloseoutError ENGINE */
	async start(): Promise<void> {
		if (this.#process !== undefined) {
			throw new CloseoutError("USAGE", "this XS worker has been started before; make another one");
		}
		const { program } = this.#options;
		const path = program?.path ?? (await buildWorker());
		if (this.#over !== undefined) throw this.#over.reason;
		const max = this.#options.computronsMax ?? COMPUTRONS_MAX;
		// The worker takes 0 for no limit.
		const limit = Number.isFinite(max) ? max : 0;
		const metering = ["closeout", "-i", `${METER_INTERVAL}`, "-l", `${limit}`];
		const child = spawn(path, program?.options ?? metering, {
			stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"],
			// A group of its own: Ctrl-C is for the parent, which ends the worker in order.
			detached: true,
		});
		this.#process = child;
		this.#connect(child);
		await this.#give("R", nothing);
	}

	/** True from `start` until the end of the worker or of its use. */
	get running(): boolean {
		return this.#process !== undefined && this.#over === undefined;
	}

	/** Evaluates a script in the global scope. The reply is empty unless its value is an ArrayBuffer. */
	evaluate(source: string): Promise<CommandResult> {
		return this.#give("e", Buffer.from(source));
	}

	/** Calls the global function `handleCommand` with the bytes as an ArrayBuffer; it returns an ArrayBuffer. */
	command(request: Uint8Array): Promise<CommandResult> {
		return this.#give("?", request);
	}

	/** Collects garbage, then measures what is alive. Costs some milliseconds. */
	async measureHeap(): Promise<HeapSize> {
		if (this.#options.program !== undefined)
			return readHeapCount((await this.#give("w", nothing)).reply);
		return readHeapSize((path) => this.#give("w", Buffer.from(path)));
	}

	/** Power off: the process is gone at once, whatever it was doing; commands in progress reject. */
	kill(reason: unknown = new CloseoutError("CLOSED", "the XS worker was killed")): void {
		this.#over ??= { reason };
		this.#process?.kill("SIGKILL");
		this.#pipe?.destroy();
		for (const pending of [this.#current, ...this.#queue.splice(0)]) pending?.reject(reason);
		this.#current = undefined;
	}

	/** Finishes the commands given so far, then ends the process. May be called again, and after `kill`. */
	async close(): Promise<void> {
		const over = { reason: new CloseoutError("CLOSED", "the XS worker was closed") };
		if (this.#process !== undefined && this.#over === undefined) {
			const idle = this.#give("R", nothing);
			this.#over = over;
			// A worker that dies meanwhile has told whoever waited for a command.
			await idle.catch(() => {});
			this.#pipe?.write(frame("q", nothing));
		}
		this.#over ??= over;
		await this.#ended;
	}

	#connect(child: ChildProcess): void {
		const [, , errors, toWorker, fromWorker] = child.stdio;
		if (!(toWorker instanceof Duplex) || !(fromWorker instanceof Duplex)) {
			throw new CloseoutError(
				"ENGINE",
				"the XS worker has no pipes; is this a Node of this project?",
			);
		}
		this.#pipe = toWorker;
		errors?.on("data", (text) => {
			this.#stderr = (this.#stderr + text).slice(-STDERR_TAIL_LENGTH);
		});
		// A broken pipe shows as the end of the process, which says more.
		toWorker.on("error", () => {});
		fromWorker.on("error", () => {});
		const reader = new NetstringReader((message) => this.#receive(message));
		fromWorker.on("data", (chunk: Uint8Array) => {
			if (this.#over !== undefined && this.#current === undefined) return;
			try {
				reader.push(chunk);
			} catch (error) {
				this.kill(error);
			}
		});
		this.#ended = new Promise((resolve) => {
			child.once("error", (error) => {
				this.kill(new CloseoutError("ENGINE", `the XS worker did not start: ${error.message}`));
				resolve();
			});
			child.once("close", (status, signal) => {
				this.kill(this.#death(status, signal));
				resolve();
			});
		});
	}

	#give(kind: string, payload: Uint8Array): Promise<CommandResult> {
		if (this.#over !== undefined) return Promise.reject(this.#over.reason);
		if (this.#process === undefined) {
			return Promise.reject(
				new CloseoutError("USAGE", "the XS worker is not started; await start()"),
			);
		}
		return new Promise((resolve, reject) => {
			this.#queue.push({ frame: frame(kind, payload), resolve, reject });
			if (this.#current === undefined) this.#next();
		});
	}

	#next(): void {
		this.#current = this.#queue.shift();
		if (this.#current !== undefined) this.#pipe?.write(this.#current.frame);
	}

	#receive(message: Uint8Array): void {
		const kind = message[0];
		if (kind === CALL) {
			const answer = this.#options.onCall(message.subarray(1));
			if (this.#over === undefined) this.#pipe?.write(frame("/", answer));
			return;
		}
		const pending = this.#current;
		if (pending === undefined || (kind !== OK && kind !== FAILED)) {
			throw new CloseoutError("ENGINE", "the XS worker sent something unasked; make another one");
		}
		if (kind === OK) pending.resolve(parseReply(message));
		else {
			const text = Buffer.from(message.subarray(1)).toString();
			pending.reject(new CloseoutError("ENGINE", `uncaught in the XS engine: ${text}`));
		}
		this.#next();
	}

	#death(status: number | null, signal: string | null): CloseoutError {
		const how =
			signal !== null
				? `signal ${signal}`
				: `status ${status}, ${exitTexts[status ?? 0] ?? "no reason given"}`;
		const said = this.#stderr === "" ? "" : `; it said: ${this.#stderr.trim()}`;
		return new CloseoutError("ENGINE", `the XS worker ended (${how})${said}; make another one`);
	}
}

/** A reply is `.` + meters as JSON + 0x01 + bytes; the reply to "ready" has no meters. */
function parseReply(message: Uint8Array): CommandResult {
	const end = message.indexOf(METERS_END);
	const text = Buffer.from(message.subarray(1, Math.max(1, end))).toString("latin1");
	const number = (name: string) => Number(new RegExp(`"${name}":(\\d+)`).exec(text)?.[1] ?? 0);
	return {
		reply: message.subarray(end + 1),
		meters: {
			computrons: number("compute"),
			heapSlots: number("currentHeapCount"),
			reservedBytes: number("allocate"),
		},
	};
}
