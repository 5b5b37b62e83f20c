import { Socket } from "node:net";
import { connect, type MqttClient } from "mqtt";
import type { Link, LinkMessage, LinkOptions } from "../../../firmware/core/port.ts";
import { SeededEntropy } from "../random.ts";
import { Conversation, supersedes } from "./conversation.ts";

/** How the network treats a terminal. A lossy one drops about every n-th message, in both directions. */
export type Network =
	| { readonly state: "up" }
	| { readonly state: "down" }
	| { readonly state: "lossy"; readonly every: number; readonly seed: string };

export interface MqttLinkOptions {
	/** `mqtt://127.0.0.1:1883`; without it the terminal stands where there is no network. */
	readonly url?: string;
	readonly username: string;
	readonly password?: string;
	/** Something has arrived or the connection has changed; `deliver` shows it to the core. */
	readonly onArrival: () => void;
	readonly warn: (text: string) => void;
}

type Status = ReturnType<Link["status"]>;

const CONNECT_TIMEOUT_MS = 5_000;
/** An answer that has not come in this time, in the real world, is not waited for any longer. */
const QUIET_LIMIT_MS = 5_000;

/**
 * A connection to a real broker as the core's port. What happens on the network becomes visible to the core only
 * through `deliver`, so that the moment is the emulator's choice and a step sees one state from start to end.
 */
export class MqttLink implements Link {
	readonly #options: MqttLinkOptions;
	readonly #conversation = new Conversation();
	#network: Network = { state: "up" };
	#dice = new SeededEntropy("");
	#client: MqttClient | undefined;
	#topics: readonly string[] = [];
	/** The truth, and what the core has been shown. */
	#status: Status = "down";
	#shown: Status = "down";
	#arrived: LinkMessage[] = [];
	#inbox: LinkMessage[] = [];
	/** Written in the present instant and not on its way yet. */
	#outgoing: LinkMessage[] = [];
	#changed: () => void = () => {};
	#ended: Promise<void> | undefined;

	constructor(options: MqttLinkOptions) {
		this.#options = options;
	}

	get network(): Network {
		return this.#network;
	}

	open({ clientId, subscribe, will }: LinkOptions): void {
		const { url, username, password } = this.#options;
		if (url === undefined || this.#network.state === "down") return;
		this.drop();
		const client = connect(url, {
			clientId,
			username,
			...(password === undefined ? {} : { password }),
			clean: true,
			reconnectPeriod: 0,
			connectTimeout: CONNECT_TIMEOUT_MS,
			will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: will.retain },
		});
		this.#client = client;
		this.#topics = subscribe;
		this.#status = "connecting";
		this.#shown = "connecting";
		const ifCurrent = (act: () => void) => () => {
			if (this.#client === client) act();
		};
		client.on(
			"connect",
			ifCurrent(() => {
				if (client.stream instanceof Socket) client.stream.setNoDelay(true);
				client.subscribe([...subscribe], { qos: 1 }, (error) =>
					ifCurrent(() => this.#become(error ? "down" : "up"))(),
				);
			}),
		);
		client.on("message", (topic, payload, { retain }) =>
			ifCurrent(() => this.#arrive({ topic, payload: new Uint8Array(payload), retain }))(),
		);
		client.on("error", (error) => this.#options.warn(`broker: ${error.message}`));
		client.on(
			"close",
			ifCurrent(() => this.drop()),
		);
	}

	/** What is written leaves with `flush`; a cut of power before that takes it along. */
	write(message: LinkMessage): boolean {
		if (this.#shown !== "up" || this.#status !== "up") return false;
		if (!this.#isLost()) this.#outgoing.push(message);
		return true;
	}

	/** Sends what was written: the core has come to rest at this instant. */
	flush(): void {
		for (const { topic, payload, retain } of this.#outgoing) {
			this.#conversation.sent(payload);
			this.#client?.publish(topic, Buffer.from(payload), { qos: 1, retain });
		}
		this.#outgoing = [];
	}

	read(): LinkMessage | undefined {
		return this.#inbox.shift();
	}

	status(): Status {
		return this.#shown;
	}

	/** The core hangs up: what was sent before still goes out. */
	close(): void {
		this.flush();
		const client = this.#client;
		this.#client = undefined;
		this.#become("down");
		this.#shown = "down";
		if (client !== undefined) this.#ended = client.endAsync();
	}

	/** Resolves when what was sent before the core hung up is with the broker. */
	async ended(): Promise<void> {
		await this.#ended;
	}

	/** The connection breaks without a word; the broker sends the will. */
	drop(): void {
		const client = this.#client;
		this.#client = undefined;
		client?.end(true);
		this.#conversation.forget();
		this.#arrived = [];
		this.#outgoing = [];
		this.#become("down");
	}

	/** The terminal's power goes. */
	powerOff(): void {
		this.drop();
		this.#inbox = [];
		this.#shown = "down";
	}

	setNetwork(network: Network): void {
		this.#network = network;
		if (network.state === "lossy") this.#dice = new SeededEntropy(network.seed);
		if (network.state === "down") this.drop();
	}

	/**
	 * Lets the core see what has arrived. Of acknowledgements that came together it sees the last one, so that
	 * what it does next does not hang on how the host grouped them. True when there is anything new.
	 */
	deliver(): boolean {
		const isNew = this.#arrived.length > 0 || this.#shown !== this.#status;
		this.#shown = this.#status;
		for (const [index, message] of this.#arrived.entries()) {
			const next = this.#arrived[index + 1];
			if (next === undefined || !supersedes(next.payload, message.payload)) {
				this.#inbox.push(message);
			}
		}
		this.#arrived = [];
		return isNew;
	}

	/** Nothing is under way: no connection being made, no message that the host still has to answer. */
	get isQuiet(): boolean {
		return this.#status !== "connecting" && this.#conversation.isQuiet;
	}

	/** Resolves when nothing is under way any more; gives up on answers that do not come. */
	async quiet(): Promise<void> {
		const stop = AbortSignal.timeout(QUIET_LIMIT_MS);
		while (!this.isQuiet && !stop.aborted) {
			await new Promise<void>((resolve) => {
				this.#changed = resolve;
				stop.addEventListener("abort", () => resolve(), { once: true });
			});
		}
		if (this.isQuiet) return;
		this.#conversation.forget();
		this.#options.warn("the host did not answer; its answer is not waited for");
	}

	/**
	 * Resolves when everything that the broker had for this terminal by now has arrived: subscribing once more is
	 * answered behind it.
	 */
	async caughtUp(): Promise<void> {
		const client = this.#client;
		if (client === undefined || this.#status !== "up") return;
		try {
			await client.subscribeAsync([...this.#topics], { qos: 1 });
		} catch {
			// The connection broke meanwhile; then nothing arrives any more.
		}
	}

	#arrive(message: LinkMessage): void {
		this.#conversation.received(message.payload);
		if (!this.#isLost()) this.#arrived.push(message);
		this.#tell();
	}

	#become(status: Status): void {
		if (this.#status === status) return;
		this.#status = status;
		this.#tell();
	}

	#tell(): void {
		this.#changed();
		this.#options.onArrival();
	}

	#isLost(): boolean {
		return this.#network.state === "lossy" && this.#dice.below(this.#network.every) === 0;
	}
}
