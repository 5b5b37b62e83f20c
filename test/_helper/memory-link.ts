import { hmacSha256 } from "../../host/digest.ts";
import type { HostLink } from "../../host/ingest/link.ts";
import { type DownMessage, openEnvelope, readDown } from "../../protocol/message.ts";
import { topicsOf } from "../../protocol/topic.ts";

/** A pipe to the host without a broker. What the host sends is read here, or lost when `isDeaf`. */
export class MemoryLink implements HostLink {
	readonly received: DownMessage[] = [];
	readonly #key: Uint8Array;
	isDeaf = false;
	#listener: ((topic: string, payload: Uint8Array) => void) | undefined;

	constructor(key: Uint8Array) {
		this.#key = key;
	}

	listen(listener: (topic: string, payload: Uint8Array) => void): void {
		this.#listener = listener;
	}

	publish(_topic: string, payload: Uint8Array): void {
		if (this.isDeaf) return;
		this.received.push(readDown(openEnvelope(payload), { key: this.#key, hmac: hmacSha256 }));
	}

	async close(): Promise<void> {
		this.#listener = undefined;
	}

	/** A message of the terminal arrives. */
	arrive(tenant: string, terminal: string, payload: Uint8Array): void {
		this.arriveOn(topicsOf(tenant, terminal).up, payload);
	}

	arriveOn(topic: string, payload: Uint8Array): void {
		this.#listener?.(topic, payload);
	}
}
