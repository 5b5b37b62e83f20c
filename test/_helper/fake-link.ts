import { randomBytes } from "node:crypto";
import { Socket } from "node:net";
import { connectAsync, type MqttClient } from "mqtt";
import { hmacSha256 } from "../../host/digest.ts";
import { equalBytes } from "../../protocol/bytes.ts";
import { deriveEnrolmentKey, deriveTerminalKey } from "../../protocol/key.ts";
import {
	type DownMessage,
	type DownType,
	openEnvelope,
	readDown,
	type UpBody,
	type UpType,
} from "../../protocol/message.ts";
import { topicsOf } from "../../protocol/topic.ts";
import { FakeJournal } from "./fake-terminal.ts";

const WAIT_MS = 10_000;

export interface FakeLinkOptions {
	readonly url: string;
	readonly tenant: string;
	readonly terminal: string;
	readonly password?: string;
}

/** A terminal's side of the wire: a fake journal that speaks over a real broker. */
export class FakeTerminal {
	readonly tenant: string;
	readonly terminal: string;
	readonly client: MqttClient;
	/** Every message of the host since the connection, in order. */
	readonly received: DownMessage[] = [];
	journal: FakeJournal;
	key: Uint8Array = new Uint8Array(0);
	#enrolmentKey: Uint8Array = new Uint8Array(0);
	#waiting: (() => void)[] = [];

	constructor({ tenant, terminal }: FakeLinkOptions, client: MqttClient) {
		this.tenant = tenant;
		this.terminal = terminal;
		this.client = client;
		this.journal = new FakeJournal(terminal, 0);
		client.on("message", (_topic, payload) => this.#take(payload));
	}

	static async connect(options: FakeLinkOptions): Promise<FakeTerminal> {
		const { url, terminal, password } = options;
		const { state, down } = topicsOf(options.tenant, terminal);
		const client = await connectAsync(
			url,
			{
				clientId: `${terminal}-${randomBytes(3).toString("hex")}`,
				username: terminal,
				reconnectPeriod: 0,
				will: { topic: state, payload: Buffer.from("lost"), qos: 1, retain: true },
				...(password === undefined ? {} : { password }),
			},
			false,
		);
		if (client.stream instanceof Socket) client.stream.setNoDelay(true);
		const fake = new FakeTerminal(options, client);
		await client.subscribeAsync(down, { qos: 1 });
		return fake;
	}

	/** Asks to be enrolled and waits for nothing. */
	async askToEnrol(code: string, nonce: Uint8Array = randomBytes(16)): Promise<void> {
		this.#enrolmentKey = deriveEnrolmentKey(code, this.terminal, hmacSha256);
		const body = { nonce, firmware: "test 1" };
		await this.sendRaw(this.journal.seal("enrol", body, this.#enrolmentKey));
	}

	/** Enrols with a one-time code and begins an empty journal of the new epoch. */
	async enrol(code: string, nonce: Uint8Array = randomBytes(16)): Promise<number> {
		const before = this.received.length;
		await this.askToEnrol(code, nonce);
		const { body } = await this.waitFor("enrolled", before);
		const { hostNonce, newEpoch: epoch } = body;
		const nonces = { terminalNonce: nonce, hostNonce, epoch };
		this.key = deriveTerminalKey(this.#enrolmentKey, nonces, hmacSha256);
		this.journal = new FakeJournal(this.terminal, epoch);
		return epoch;
	}

	async send<K extends UpType>(type: K, body: UpBody<K>): Promise<void> {
		await this.sendRaw(this.journal.seal(type, body, this.key));
	}

	async sendRaw(message: Uint8Array): Promise<void> {
		const { up } = topicsOf(this.tenant, this.terminal);
		await this.client.publishAsync(up, Buffer.from(message), { qos: 1 });
	}

	async sendState(state: string): Promise<void> {
		const topic = topicsOf(this.tenant, this.terminal).state;
		await this.client.publishAsync(topic, state, { qos: 1, retain: true });
	}

	/** The first message of this type from `start` in `received`, now or when it comes. */
	async waitFor<K extends DownType>(
		type: K,
		start = 0,
		fits: (message: DownMessage & { readonly type: K }) => boolean = () => true,
	): Promise<DownMessage & { readonly type: K }> {
		const isWanted = (message: DownMessage): message is DownMessage & { readonly type: K } =>
			message.type === type && fits(message as DownMessage & { readonly type: K });
		const deadline = AbortSignal.timeout(WAIT_MS);
		for (;;) {
			const found = this.received.slice(start).find(isWanted);
			if (found !== undefined) return found;
			await this.#nextMessage(deadline, type);
		}
	}

	/** Waits until the host has acknowledged up to this sequence. */
	async acknowledged(sequence: number): Promise<void> {
		await this.waitFor("ack", 0, ({ body }) => body.watermark >= sequence);
	}

	/** Says hello and waits for the answer to this hello. */
	async greet(watermark: number, first = 1): Promise<DownMessage & { readonly type: "welcome" }> {
		const hello = this.journal.hello(watermark, first);
		const before = this.received.length;
		await this.send("hello", hello);
		return this.waitFor("welcome", before, ({ body }) => equalBytes(body.nonce, hello.nonce));
	}

	/** Ends without a word, as when the power goes: the broker tells the last will. */
	vanish(): void {
		this.client.stream.destroy();
	}

	/** Leaves nothing on the broker. */
	async close(): Promise<void> {
		if (this.client.connected)
			await this.client.publishAsync(topicsOf(this.tenant, this.terminal).state, "", {
				qos: 1,
				retain: true,
			});
		await this.client.endAsync(false);
	}

	#nextMessage(deadline: AbortSignal, wanted: string): Promise<void> {
		return new Promise((resolve, reject) => {
			const expired = () => reject(new TypeError(`no ${wanted} came within ${WAIT_MS} ms`));
			deadline.addEventListener("abort", expired, { once: true });
			this.#waiting.push(() => {
				deadline.removeEventListener("abort", expired);
				resolve();
			});
		});
	}

	#take(payload: Uint8Array): void {
		const envelope = openEnvelope(payload);
		const key = envelope.epoch === 0 ? this.#enrolmentKey : this.key;
		this.received.push(readDown(envelope, { key, hmac: hmacSha256 }));
		for (const wake of this.#waiting.splice(0)) wake();
	}
}
