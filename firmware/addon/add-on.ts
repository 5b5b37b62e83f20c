import { assert, CloseoutError } from "../../protocol/error.ts";
import {
	type AppBody,
	type CoreMessage,
	decodeCoreMessage,
	encodeAppMessage,
} from "../../protocol/payment-app.ts";
import type { Log, PaymentApp } from "../core/port.ts";
import type { Summary } from "../core/summary.ts";
import {
	type Acquirer,
	answerOf,
	type Charge,
	type Fulfilment,
	type Permission,
	type Refused,
	type Result,
} from "./acquirer.ts";

export interface AddOnOptions {
	readonly acquirer: Acquirer;
	/** The terminal should look: there is something to read. */
	readonly wake: () => void;
	readonly monotonicMs: () => number;
	/** Number before the first request of this start; never the same for two starts, at most eleven digits. */
	readonly requestBase: number;
	readonly log: Log;
}

/** What waits for an answer of the terminal, and is told again until it has it. */
interface Waiting {
	readonly message: Uint8Array;
	toldMs: number;
}

interface Asking extends Waiting {
	readonly answer: (answer: CoreMessage) => void;
}

interface Telling extends Waiting {
	readonly recorded: () => void;
}

const REPEAT_MS = 1_000;
/** Requests and outcomes that wait for the terminal at the same time. */
const WAITING_MAX = 64;

/**
 * Closeout as an application of the same program sees it. It is the application's end of the payment application's
 * link: what is asked and told here is repeated until the terminal has answered, and the terminal's own questions go
 * to the acquirer. No promise is ever settled inside a call of the application's.
 */
export class AddOn implements PaymentApp {
	readonly #options: AddOnOptions;
	readonly #asking = new Map<number, Asking>();
	readonly #telling = new Map<number, Telling>();
	readonly #listeners = new Set<(summary: Summary) => void>();
	#outbox: Uint8Array[] = [];
	#request: number;
	#summary: Summary = { phase: "off" };
	#shown = "";

	constructor(options: AddOnOptions) {
		this.#options = options;
		this.#request = options.requestBase;
	}

	/**
	 * Asks before a charge is made. When it is granted the intent is in the journal: charge, and `conclude` it
	 * whatever comes of it. Rejects with `SCHEMA` for a field that does not fit.
	 */
	async intend({ lastFour, ...charge }: Charge): Promise<Permission> {
		this.#checkRoom();
		const request = this.#nextRequest();
		const nothing = { original: null, originalTrace: null, order: null };
		if (lastFour !== undefined)
			this.#outbox.push(encodeAppMessage("cardPresented", { request, lastFour }));
		const answer = await this.#ask("intent", { request, ...nothing, ...charge });
		if (answer.type === "proceed") return { granted: true, transaction: answer.body.transaction };
		return { granted: false, ...refusalOf(answer) };
	}

	/**
	 * Tells what became of a charge; fulfilled when that is durable, on which a screen may say "approved". A charge
	 * without an answer is `unknown`: the terminal asks the acquirer until it knows.
	 */
	conclude(transaction: number, result: Result): Promise<void> {
		return new Promise((resolve) => {
			const source = "app" as const;
			const message = encodeAppMessage("outcome", { transaction, source, ...result });
			const before = this.#telling.get(transaction);
			if (before === undefined) this.#checkRoom();
			const recorded = () => {
				before?.recorded();
				resolve();
			};
			this.#telling.set(transaction, { message, toldMs: Number.NEGATIVE_INFINITY, recorded });
			this.#options.wake();
		});
	}

	/** Opens a shift, and a day before it when none is open. */
	openShift(operator: string): Promise<Fulfilment> {
		return this.#wish("openShift", operator);
	}

	/** Begins to settle; it is over when the summary has no `settling` and nothing `unsettled`. */
	settle(operator: string): Promise<Fulfilment> {
		return this.#wish("settle", operator);
	}

	/** Asks to close the shift, or the day with its shift. What stands in the way is named and not lifted. */
	close(scope: "shift" | "day", operator: string): Promise<Fulfilment> {
		return this.#wish(scope === "day" ? "closeDay" : "closeShift", operator);
	}

	/** Calls with where the terminal stands, now and at each change, until the function returned is called. */
	subscribe(listener: (summary: Summary) => void): () => void {
		this.#listeners.add(listener);
		listener(this.#summary);
		return () => {
			this.#listeners.delete(listener);
		};
	}

	/** For the platform, after each step of the terminal. */
	show(summary: Summary): void {
		const text = JSON.stringify(summary);
		if (text === this.#shown) return;
		this.#shown = text;
		this.#summary = summary;
		for (const listener of this.#listeners) listener(summary);
	}

	/** For the terminal: what there is to be said, the oldest first, and then again what has no answer for a second. */
	read(): Uint8Array | undefined {
		const first = this.#outbox.shift();
		if (first !== undefined) return first;
		const now = this.#options.monotonicMs();
		for (const waiting of [...this.#asking.values(), ...this.#telling.values()]) {
			if (now - waiting.toldMs < REPEAT_MS) continue;
			waiting.toldMs = now;
			return waiting.message;
		}
		return undefined;
	}

	/** For the terminal: its answers, and its questions to the acquirer. */
	write(bytes: Uint8Array): void {
		const message = decodeCoreMessage(bytes);
		const { type, body } = message;
		if (type === "proceed" || type === "refuse" || type === "answer") {
			this.#asking.get(body.request)?.answer(message);
			this.#asking.delete(body.request);
		} else if (type === "recorded") {
			this.#telling.get(body.transaction)?.recorded();
			this.#telling.delete(body.transaction);
		} else if (type === "finishHold") {
			this.#options.acquirer.finishHold?.(body);
		} else if (type !== "noted") {
			this.#carry(message);
		}
	}

	/** Takes a question to the acquirer. The terminal asks again by itself what has no answer. */
	#carry(question: CoreMessage): void {
		const { acquirer, log, wake } = this.#options;
		answerOf(acquirer, question).then(
			(answer) => {
				this.#outbox.push(answer);
				wake();
			},
			(error: unknown) => log.write("warn", "ACQUIRER", `${question.type}: ${String(error)}`),
		);
	}

	async #wish(wish: AppBody<"ask">["wish"], operator: string): Promise<Fulfilment> {
		this.#checkRoom();
		const answer = await this.#ask("ask", { request: this.#nextRequest(), wish, operator });
		if (answer.type !== "answer") return { done: false, blockers: [], ...refusalOf(answer) };
		const { done, blockers } = answer.body;
		return done ? { done } : { done, blockers };
	}

	#ask<K extends "intent" | "ask">(type: K, body: AppBody<K>): Promise<CoreMessage> {
		return new Promise((answer) => {
			const message = encodeAppMessage(type, body);
			this.#asking.set(body.request, { message, toldMs: Number.NEGATIVE_INFINITY, answer });
			this.#options.wake();
		});
	}

	#nextRequest(): number {
		this.#request += 1;
		return this.#request;
	}

	#checkRoom(): void {
		if (this.#asking.size + this.#telling.size < WAITING_MAX) return;
		const message = `${WAITING_MAX} requests wait for the terminal; wait for their answers`;
		throw new CloseoutError("LIMIT", message);
	}
}

function refusalOf({ type, body }: CoreMessage): Refused {
	assert(type === "refuse", `${type} is a refusal`);
	return { code: body.code, reason: body.reason };
}
