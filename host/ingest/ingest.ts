import { CloseoutError } from "../../protocol/error.ts";
import { COMMIT_MESSAGES_MAX, INBOUND_MESSAGES_MAX } from "../../protocol/limits.ts";
import type { Address } from "../../protocol/message.ts";
import { isHomieState, parseTopic, type TopicParts } from "../../protocol/topic.ts";
import { decodeUtf8 } from "../../protocol/utf8.ts";
import type { CommandBody } from "../store/command.ts";
import { type IngestContext, sendDown } from "./context.ts";
import { type Counters, newCounters } from "./counters.ts";
import { Deliverer, type KeyedDelivery } from "./deliver.ts";
import { answerEnrol, answerHello, takeCommandResult } from "./greet.ts";
import { keepHeads } from "./heads.ts";
import { PULL_VALID_S, type PullRange, Pulls } from "./pulls.ts";
import { type Received, Receiver } from "./receive.ts";

interface Inbound {
	readonly topic: TopicParts;
	readonly payload: Uint8Array;
}

/**
 * Takes the terminals' messages from the broker into the store. Messages are queued as they come and handled in
 * order; what is queued is committed together. `idle` resolves when everything that has come is handled.
 */
export class Ingest {
	readonly #context: IngestContext;
	readonly #receiver: Receiver;
	readonly #deliverer: Deliverer;
	readonly #pulls: Pulls;
	#queue: Inbound[] = [];
	#working: Promise<void> | undefined;
	#closed = false;

	constructor(context: Omit<IngestContext, "counters">) {
		this.#context = { ...context, counters: newCounters() };
		this.#receiver = new Receiver(this.#context);
		this.#deliverer = new Deliverer(this.#context);
		this.#pulls = new Pulls(this.#context);
	}

	start(): void {
		this.#context.link.listen((topic, payload) => this.#take(topic, payload));
	}

	counters(): Readonly<Counters> {
		return { ...this.#context.counters };
	}

	/** Judges the signed heads that have come with a stream, and answers the terminal for the last one. */
	async keepHeads(stream: Address): Promise<void> {
		await keepHeads(this.#context, stream);
	}

	async idle(): Promise<void> {
		while (this.#working !== undefined) await this.#working;
	}

	/**
	 * Keeps a command and sends it; it is sent again after each hello until it is answered or has expired.
	 * Throws `TERMINAL_UNKNOWN`.
	 */
	async sendCommand(
		terminal: string,
		command: Omit<CommandBody, "hostSequence">,
	): Promise<CommandBody> {
		const { store } = this.#context;
		const added = await store.addCommand({ ...command, terminal });
		const { epoch } = await store.getTerminal(terminal);
		const key = await store.findKey({ terminal, epoch });
		if (key !== undefined) sendDown(this.#context, key, "command", added);
		return added;
	}

	/**
	 * Copies records out of a terminal that is on line: pull messages as they came, `begin` first; no chain is checked. Throws
	 * `TERMINAL_UNKNOWN`, `REFUSED` and `CONNECTION`. The terminal stops soon after the reading stops.
	 */
	async *pull(terminal: string, { from, to }: PullRange): AsyncGenerator<Uint8Array, void> {
		const { store, nowS } = this.#context;
		const { epoch } = await store.getTerminal(terminal);
		const key = await store.findKey({ terminal, epoch });
		if (key === undefined) throw new CloseoutError("REFUSED", `${terminal} is not enrolled`);
		const given = Object.entries({ from, to }).flatMap(([name, value]) =>
			value === undefined ? [] : [{ name, value }],
		);
		const { hostSequence } = await this.sendCommand(terminal, {
			command: "pull",
			arguments: given,
			expiresS: nowS() + PULL_VALID_S,
		});
		yield* this.#pulls.messages(key, hostSequence);
	}

	/** Ends after the commit that is under way; what is still queued was never acknowledged. */
	async close(): Promise<void> {
		this.#closed = true;
		this.#pulls.close();
		await this.idle();
	}

	#take(topic: string, payload: Uint8Array): void {
		const parts = parseTopic(topic);
		if (parts === undefined || this.#closed) return;
		const { counters } = this.#context;
		counters.received++;
		if (this.#queue.length >= INBOUND_MESSAGES_MAX) {
			counters.overflow++;
			return;
		}
		this.#queue.push({ topic: parts, payload });
		this.#working ??= this.#work();
	}

	async #work(): Promise<void> {
		// Lets all messages that came in one packet queue up before the first commit.
		await new Promise<void>((resolve) => setImmediate(resolve));
		try {
			while (this.#queue.length > 0 && !this.#closed) {
				const taken = this.#queue.slice(0, COMMIT_MESSAGES_MAX);
				this.#queue = this.#queue.slice(COMMIT_MESSAGES_MAX);
				await this.#step(taken);
			}
		} finally {
			// In the same turn as the last look at the queue, so that no message falls between.
			this.#working = undefined;
		}
	}

	async #step(taken: readonly Inbound[]): Promise<void> {
		let deliveries: KeyedDelivery[] = [];
		for (const inbound of taken) {
			try {
				const received = await this.#open(inbound);
				if (received === undefined) continue;
				if (received.type === "delivery") {
					deliveries.push(received);
					continue;
				}
				await this.#deliverer.deliver(deliveries);
				deliveries = [];
				await this.#greet(received, inbound.topic);
			} catch (error) {
				this.#failed(inbound, error);
			}
		}
		await this.#deliverer.deliver(deliveries);
	}

	async #open({ topic, payload }: Inbound): Promise<Received | undefined> {
		if (topic.leaf === "up") return this.#receiver.open(topic, payload);
		if (topic.leaf === "$state") await this.#followState(topic, payload);
		return undefined;
	}

	async #greet(received: Exclude<Received, KeyedDelivery>, { tenant }: TopicParts): Promise<void> {
		if (received.type === "enrol")
			return answerEnrol(this.#context, received.message, received.key, tenant);
		const { message, key } = received;
		if (message.type === "hello") return answerHello(this.#context, message, key);
		if (message.type === "pulled") return this.#pulls.take(message);
		this.#pulls.takeResult(message);
		return takeCommandResult(this.#context, message);
	}

	async #followState({ tenant, terminal }: TopicParts, payload: Uint8Array): Promise<void> {
		const state = decodeUtf8(payload);
		if (!isHomieState(state)) {
			this.#context.counters.malformed++;
			return;
		}
		const isOurs = await this.#context.store.setState({ tenant, terminal, state });
		if (isOurs) this.#context.changes.tell({ type: "terminal", terminal });
		else this.#context.counters.unknownTerminal++;
	}

	#failed({ topic: { terminal, leaf } }: Inbound, error: unknown): void {
		const { counters, log } = this.#context;
		if (error instanceof CloseoutError && error.family === "outside") counters.commitFailures++;
		log.error({ error, terminal, leaf }, "message not handled; the terminal will send it again");
	}
}
