import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { access } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { CloseoutError } from "../../protocol/error.ts";

/** The control interface of the virtual terminal, as far as a replay needs it. */

const START_MS_MAX = 300_000;
const STOP_MS_MAX = 20_000;
const program = fileURLToPath(new URL("../../test/emulator/start.ts", import.meta.url));

const started = Type.Object({ terminal: Type.String(), dashboard: Type.String() });
const about = Type.Object({ terminals: Type.Array(Type.String()), engine: Type.String() });
const payment = Type.Object({
	trace: Type.Integer(),
	state: Type.String(),
	reason: Type.Union([Type.String(), Type.Null()]),
});
export type PaymentStanding = Type.Static<typeof payment>;
const booking = Type.Object({
	terminal: Type.String(),
	type: Type.String(),
	trace: Type.Union([Type.Integer(), Type.Null()]),
	reference: Type.String(),
	authorisation: Type.String(),
	wallMs: Type.Integer(),
	businessDate: Type.Integer(),
});
export type Booking = Type.Static<typeof booking>;
const state = Type.Object({
	day: Type.Union([Type.Object({ businessDate: Type.Integer() }), Type.Null()]),
	shift: Type.Union([Type.Object({ operator: Type.String() }), Type.Null()]),
	batch: Type.Object({ number: Type.Integer() }),
});
export type TillState = Type.Static<typeof state>;
const status = Type.Object({
	enrolled: Type.Boolean(),
	pending: Type.Integer(),
	head: Type.Integer(),
	watermark: Type.Integer(),
});
const blockers = Type.Array(Type.Object({ type: Type.String(), count: Type.Integer() }));
const configuration = Type.Object({ currency: Type.String() });

export interface PaymentOrder {
	readonly type: "sale" | "refund" | "void";
	readonly method?: "card" | "qr";
	readonly amountMinor?: number;
	readonly currency?: string;
	readonly lastFour?: string;
	readonly order?: string;
	readonly originalTrace?: number;
}

/** A running emulator. Every method throws `ENGINE` when it does not answer or does not understand. */
export class Emulator {
	readonly #base: string;

	constructor(url: string) {
		this.#base = `${url.replace(/\/+$/, "")}/v1`;
	}

	about(): Promise<Type.Static<typeof about>> {
		return this.#ask(about, "GET", "");
	}

	state(terminal: string): Promise<TillState> {
		return this.#ask(state, "GET", `/terminals/${terminal}/state`);
	}

	status(terminal: string): Promise<Type.Static<typeof status>> {
		return this.#ask(status, "GET", `/terminals/${terminal}/status`);
	}

	blockers(terminal: string): Promise<Type.Static<typeof blockers>> {
		return this.#ask(blockers, "GET", `/terminals/${terminal}/blockers`);
	}

	async currency(terminal: string): Promise<string> {
		const path = `/terminals/${terminal}/configuration`;
		return (await this.#ask(configuration, "GET", path)).currency;
	}

	/** Presses keys of the terminal, one after the other. */
	async press(terminal: string, keys: readonly string[]): Promise<void> {
		await this.#ask(Type.Unknown(), "POST", `/terminals/${terminal}/keys`, { keys });
	}

	/** A customer pays; gives how it ended. */
	pay(terminal: string, order: PaymentOrder): Promise<PaymentStanding> {
		const path = `/terminals/${terminal}/payments`;
		return this.#ask(payment, "POST", path, { ...order, wait: true });
	}

	bookings(): Promise<readonly Booking[]> {
		return this.#ask(Type.Array(booking), "GET", "/acquirer/bookings");
	}

	/** Time stands still between calls from now on, and passes only by `advance`. */
	async holdTime(): Promise<void> {
		await this.#ask(Type.Unknown(), "PUT", "/clock", { mode: "manual" });
	}

	async advance(by: { readonly ms: number } | { readonly to: string }): Promise<void> {
		await this.#ask(Type.Unknown(), "POST", "/clock/advance", by);
	}

	async #ask<S extends Type.TSchema>(
		schema: S,
		method: string,
		path: string,
		body?: object,
	): Promise<Type.Static<S>> {
		const url = `${this.#base}${path}`;
		const sent = body === undefined ? {} : { body: JSON.stringify(body) };
		const headers = body === undefined ? {} : { "content-type": "application/json" };
		let answer: unknown;
		try {
			const response = await fetch(url, { method, headers, ...sent });
			const text = await response.text();
			if (!response.ok) throw new CloseoutError("ENGINE", `${method} ${url}: ${text}`);
			answer = text === "" ? null : JSON.parse(text);
		} catch (cause) {
			if (cause instanceof CloseoutError) throw cause;
			const message = `no emulator answers at ${url}; start one with "npm start"`;
			throw new CloseoutError("ENGINE", message, { cause });
		}
		if (Value.Check(schema, answer)) return answer;
		throw new CloseoutError("ENGINE", `${method} ${url} answers in another form than expected`);
	}
}

export interface StartedEmulator {
	readonly url: string;
	/** Ends the process and waits for its end. */
	stop(): Promise<void>;
}

/** Starts emulator, broker and host in a process of their own, with their data in a folder. Throws `ENGINE`. */
export async function startEmulator(options: {
	readonly folder: string;
	readonly engine: "xs" | "node";
}): Promise<StartedEmulator> {
	try {
		await access(program);
	} catch (cause) {
		const message = "the emulator is not part of this installation; name a running one";
		throw new CloseoutError("ENGINE", message, { cause });
	}
	const child = spawn(process.execPath, [program, "--json"], {
		stdio: ["ignore", "pipe", "pipe"],
		env: {
			...process.env,
			CLOSEOUT_DATA: options.folder,
			CLOSEOUT_PORT: "0",
			CLOSEOUT_EMULATOR_PORT: "0",
			CLOSEOUT_BROKER_PORT: "0",
			CLOSEOUT_ENGINE: options.engine,
		},
	});
	const stop = () => stopProcess(child);
	try {
		return { url: await waitForUrl(child), stop };
	} catch (cause) {
		await stop();
		throw cause;
	}
}

/** The address in the line that the emulator prints once it is ready. */
async function waitForUrl(child: ChildProcess): Promise<string> {
	let said = "";
	child.stderr?.setEncoding("utf8").on("data", (text: string) => {
		said = (said + text).slice(-2_000);
	});
	const timer = setTimeout(() => child.kill(), START_MS_MAX);
	try {
		if (child.stdout === null) throw new CloseoutError("ASSERTION", "the child has no output");
		for await (const line of createInterface({ input: child.stdout })) {
			const { terminal } = Value.Parse(started, JSON.parse(line));
			// Its further output is read and dropped, so that it never waits for a reader.
			child.stdout.resume();
			return terminal;
		}
	} finally {
		clearTimeout(timer);
	}
	throw new CloseoutError(
		"ENGINE",
		`the emulator did not start: ${said.trim() || "no reason given"}`,
	);
}

async function stopProcess(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const ended = once(child, "exit");
	child.kill("SIGTERM");
	const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS_MAX);
	await ended;
	clearTimeout(timer);
}
