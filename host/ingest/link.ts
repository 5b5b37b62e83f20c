import { Socket } from "node:net";
import { connectAsync, type MqttClient } from "mqtt";
import { CloseoutError } from "../../protocol/error.ts";
import { hostSubscriptions } from "../../protocol/topic.ts";
import type { Log } from "../log.ts";

/** The host's connection to the broker, as ingest sees it. */
export interface HostLink {
	/** Calls `listener` for every message of every terminal. */
	listen(listener: (topic: string, payload: Uint8Array) => void): void;
	/** Sends to one terminal. Not promised: a terminal asks again for what did not come. */
	publish(topic: string, payload: Uint8Array): void;
	close(): Promise<void>;
}

export interface LinkOptions {
	/** `mqtt://127.0.0.1:1883` */
	readonly url: string;
	readonly clientId: string;
	readonly username?: string;
	readonly password?: string;
	/** Name of a group of hosts that share the terminals, for brokers with shared subscriptions. */
	readonly shareGroup?: string;
	readonly log: Log;
}

const RECONNECT_MS = 1_000;
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Connects and subscribes to all terminals of all tenants. Later breaks are healed by itself. Throws `BROKER`
 * when the broker does not answer now or refuses a subscription.
 */
export async function connectLink(
	options: LinkOptions,
	{ reconnectMs = RECONNECT_MS } = {},
): Promise<HostLink> {
	const { url, clientId, username, password, log } = options;
	let client: MqttClient;
	try {
		client = await connectAsync(
			url,
			{
				clientId,
				clean: true,
				reconnectPeriod: reconnectMs,
				connectTimeout: CONNECT_TIMEOUT_MS,
				...(username === undefined ? {} : { username }),
				...(password === undefined ? {} : { password }),
			},
			false,
		);
	} catch (cause) {
		throw new CloseoutError(
			"BROKER",
			`the broker at ${url} cannot be reached or refuses this host; check address and password`,
			{ cause },
		);
	}
	sendAtOnce(client);
	client.on("connect", () => sendAtOnce(client));
	client.on("error", (error) => log.warn({ error: error.message }, "broker connection failed"));
	client.on("close", () => log.debug({}, "broker connection closed"));
	try {
		await subscribe(client, options);
	} catch (cause) {
		await client.endAsync(true);
		throw cause;
	}
	return {
		listen: (listener) => {
			client.on("message", (topic, payload) => listener(topic, payload));
		},
		publish: (topic, payload) => {
			client.publish(topic, Buffer.from(payload), { qos: 1 }, (error) => {
				if (error) log.debug({ topic, error: error.message }, "message to a terminal not sent");
			});
		},
		close: async () => {
			await client.endAsync(true);
		},
	};
}

/** An acknowledgement is small and waited for: it must not be held back to fill a packet. */
export function sendAtOnce({ stream }: Pick<MqttClient, "stream">): void {
	if (stream instanceof Socket) stream.setNoDelay(true);
}

async function subscribe(client: MqttClient, { url, shareGroup }: LinkOptions): Promise<void> {
	const topics = hostSubscriptions("+").map((topic) =>
		shareGroup === undefined ? topic : `$share/${shareGroup}/${topic}`,
	);
	try {
		await client.subscribeAsync([...topics], { qos: 1 });
	} catch (cause) {
		throw new CloseoutError(
			"BROKER",
			`the broker at ${url} refuses the subscription to ${topics.join(", ")}; let this user read it`,
			{ cause },
		);
	}
}
