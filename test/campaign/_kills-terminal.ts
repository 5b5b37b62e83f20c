import { randomBytes } from "node:crypto";
import { Socket } from "node:net";
import { connect, type MqttClient } from "mqtt";
import { hmacSha256 } from "../../host/digest.ts";
import { equalBytes } from "../../protocol/bytes.ts";
import { BATCH_RECORDS_MAX } from "../../protocol/limits.ts";
import {
	type DownMessage,
	openEnvelope,
	readDown,
	type UpBody,
	type UpType,
} from "../../protocol/message.ts";
import { topicsOf } from "../../protocol/topic.ts";
import { FakeJournal } from "../_helper/fake-terminal.ts";
import type { Random } from "../_helper/random.ts";

const RECONNECT_MS = 50;
/** Without an answer for so long it says hello again. */
const ANSWER_MS = 400;

export interface SellerOptions {
	readonly url: string;
	readonly tenant: string;
	readonly terminal: string;
	readonly epoch: number;
	readonly key: Uint8Array;
	readonly random: Random;
	/** Told of every acknowledgement that carried it on. */
	readonly acknowledged: () => void;
}

/**
 * A terminal that sells and delivers without a pause, one batch after another, through whatever is killed meanwhile,
 * and holds the host to every word it gave.
 */
export class Seller {
	readonly journal: FakeJournal;
	sales = 0;
	/** What the host did against its word; empty as long as it keeps it. */
	readonly problems: string[] = [];
	readonly #options: SellerOptions;
	readonly #client: MqttClient;
	readonly #timer: NodeJS.Timeout;
	/** The host said that it has everything up to here. */
	#acknowledged = 0;
	#hello: { readonly nonce: Uint8Array; readonly acknowledged: number } | undefined;
	#heardMs = 0;
	#isSelling = true;

	constructor(options: SellerOptions) {
		const { url, terminal, epoch } = options;
		this.#options = options;
		this.journal = new FakeJournal(terminal, epoch);
		const clientId = `${terminal}-${randomBytes(3).toString("hex")}`;
		this.#client = connect(url, { clientId, reconnectPeriod: RECONNECT_MS, queueQoSZero: false });
		this.#client.on("connect", () => this.#greet());
		this.#client.on("message", (_topic, payload) => this.#take(payload));
		// Broken connections are what this is about; the client connects again.
		this.#client.on("error", () => undefined);
		this.#timer = setInterval(() => {
			if (performance.now() - this.#heardMs > ANSWER_MS) this.#greet();
		}, ANSWER_MS);
	}

	/** Sells no more; what is there is still delivered. */
	stopSelling(): void {
		this.#isSelling = false;
	}

	get isDelivered(): boolean {
		return this.#acknowledged === this.journal.last;
	}

	get told(): string {
		return `${this.journal.terminal} has ${this.journal.last} records, ${this.#acknowledged} acknowledged`;
	}

	async close(): Promise<void> {
		clearInterval(this.#timer);
		await this.#client.endAsync(true);
	}

	#greet(): void {
		if (!this.#client.connected) return;
		const { stream } = this.#client;
		if (stream instanceof Socket) stream.setNoDelay(true);
		this.#client.subscribe(topicsOf(this.#options.tenant, this.#options.terminal).down, { qos: 1 });
		const hello = this.journal.hello(this.#acknowledged);
		this.#hello = { nonce: hello.nonce, acknowledged: this.#acknowledged };
		this.#send("hello", hello);
	}

	#take(payload: Uint8Array): void {
		const { key } = this.#options;
		const message = readDown(openEnvelope(payload), { key, hmac: hmacSha256 });
		this.#heardMs = performance.now();
		if (message.type === "ack") this.#confirm(message.body);
		else if (message.type === "welcome") this.#welcome(message);
		else if (message.type === "nak") this.#deliver(message.body.from);
	}

	#welcome({ body }: DownMessage & { readonly type: "welcome" }): void {
		if (this.#hello === undefined || !equalBytes(body.nonce, this.#hello.nonce)) return;
		const { acknowledged } = this.#hello;
		if (body.watermark < acknowledged)
			this.#blame(`acknowledged ${acknowledged} and has ${body.watermark} now`);
		if (body.frozen) this.#blame("froze an honest stream");
		this.#confirm(body);
		this.#deliver(this.#acknowledged + 1);
	}

	#confirm({ watermark, chain }: { readonly watermark: number; readonly chain: Uint8Array }): void {
		const isOurs =
			watermark <= this.journal.last && equalBytes(chain, this.journal.chainAt(watermark));
		if (!isOurs) this.#blame(`has a record ${watermark} that was never sold`);
		if (!isOurs || watermark <= this.#acknowledged) return;
		this.#acknowledged = watermark;
		this.#options.acknowledged();
		this.#deliver(watermark + 1);
	}

	#deliver(from: number): void {
		const { random } = this.#options;
		while (this.#isSelling && this.journal.last < from) this.#sell(1 + random.below(4));
		if (from > this.journal.last) return;
		const length = 1 + random.below(BATCH_RECORDS_MAX);
		this.#send("batch", this.journal.batch(from, Math.min(this.journal.last, from + length - 1)));
	}

	#sell(sales: number): void {
		for (let sale = 0; sale < sales; sale++) this.journal.sell();
		this.sales += sales;
	}

	#send<K extends UpType>(type: K, body: UpBody<K>): void {
		const { tenant, terminal, key } = this.#options;
		const sealed = Buffer.from(this.journal.seal(type, body, key));
		// At most once: what a broken connection loses is sent again after the next hello.
		if (this.#client.connected)
			this.#client.publish(topicsOf(tenant, terminal).up, sealed, { qos: 0 });
	}

	#blame(problem: string): void {
		this.problems.push(`${this.journal.terminal}: the host ${problem}`);
	}
}
