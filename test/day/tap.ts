import { connectAsync, type MqttClient } from "mqtt";
import { refuseCardNumbers } from "../../protocol/card-guard.ts";
import { CloseoutError } from "../../protocol/error.ts";
import { openEnvelope, upMessages } from "../../protocol/message.ts";
import { topicsOf } from "../../protocol/topic.ts";

const WAIT_MS = 10_000;

/** Listens at the broker to what one terminal sends, and counts it. */
export class Tap {
	readonly #client: MqttClient;
	batchBytes = 0;
	batches = 0;
	/** The last record that was seen on its way. */
	last = 0;
	/** What a card number was found in; undefined while there is none. */
	cardNumber: string | undefined;
	#seen: () => void = () => {};

	static async open(url: string, tenant: string, terminal: string): Promise<Tap> {
		const client = await connectAsync(url, { clean: true, reconnectPeriod: 0 });
		const { up, down } = topicsOf(tenant, terminal);
		const tap = new Tap(client);
		client.on("message", (topic, payload) => tap.#take(topic === up, new Uint8Array(payload)));
		await client.subscribeAsync([up, down], { qos: 1 });
		return tap;
	}

	constructor(client: MqttClient) {
		this.#client = client;
	}

	/** Resolves when a record was seen. Throws `BROKER` when it does not come. */
	async sees(record: number): Promise<void> {
		const stop = AbortSignal.timeout(WAIT_MS);
		while (this.last < record && !stop.aborted) {
			await new Promise<void>((resolve) => {
				this.#seen = resolve;
				stop.addEventListener("abort", () => resolve(), { once: true });
			});
		}
		if (this.last >= record) return;
		const message = `the broker has shown records up to ${this.last} and not ${record}; is it overloaded?`;
		throw new CloseoutError("BROKER", message);
	}

	async close(): Promise<void> {
		await this.#client.endAsync(true);
	}

	#take(isUp: boolean, payload: Uint8Array): void {
		try {
			refuseCardNumbers(payload, "a message");
		} catch (error) {
			this.cardNumber ??= String(error);
		}
		if (!isUp) return;
		const { number, fields } = openEnvelope(payload);
		if (number !== upMessages.batch.number) return;
		const { from, records } = upMessages.batch.body.decode([...fields], "batch");
		this.batches += 1;
		this.batchBytes += payload.length;
		this.last = Math.max(this.last, from + records.length - 1);
		this.#seen();
	}
}
