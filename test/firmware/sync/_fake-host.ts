import type { Link, LinkMessage, LinkOptions } from "../../../firmware/core/port.ts";
import { equalBytes } from "../../../protocol/bytes.ts";
import { genesisChain, nextChain } from "../../../protocol/chain.ts";
import { deriveEnrolmentKey, deriveTerminalKey } from "../../../protocol/key.ts";
import {
	type DownBody,
	type DownType,
	encodeDown,
	openEnvelope,
	readUp,
	type UpMessage,
	type WireRecord,
} from "../../../protocol/message.ts";
import { topicsOf } from "../../../protocol/topic.ts";
import { digest, sha256 } from "../../_helper/digest.ts";

export const tenant = "tenant-1";
export const terminal = "shop-0001";
const topics = topicsOf(tenant, terminal);

/**
 * A host and the broker before it, in one object: the terminal's `Link`. It keeps what it has verified, and can
 * be told to be deaf, to lose messages and to forget.
 */
export class FakeHost implements Link {
	key: Uint8Array = new Uint8Array(32).fill(7);
	epoch = 1;
	wallS = 1_790_000_000;
	records: (WireRecord | "lost")[] = [];
	chain: Uint8Array = genesisChain(terminal, 1, sha256);
	readonly chains: Uint8Array[] = [this.chain];
	readonly heard: UpMessage[] = [];
	readonly published: LinkMessage[] = [];
	code: string | undefined;
	isDeaf = false;
	isDown = false;
	/** Up messages that are lost from now on. */
	loseNext = 0;
	#status: "down" | "connecting" | "up" = "down";
	#toTerminal: LinkMessage[] = [];
	options: LinkOptions | undefined;

	open(options: LinkOptions): void {
		this.options = options;
		if (!this.isDown) this.#status = "up";
	}

	status(): "down" | "connecting" | "up" {
		return this.#status;
	}

	read(): LinkMessage | undefined {
		return this.#toTerminal.shift();
	}

	write(message: LinkMessage): boolean {
		if (this.#status !== "up") return false;
		this.published.push(message);
		if (message.topic !== topics.up || this.isDeaf) return true;
		if (this.loseNext > 0) {
			this.loseNext -= 1;
			return true;
		}
		this.#hear(message.payload);
		return true;
	}

	close(): void {
		this.cut();
	}

	/** The connection breaks; what was under way is lost. */
	cut(): void {
		this.#status = "down";
		this.#toTerminal = [];
	}

	get watermark(): number {
		return this.records.length;
	}

	/** Goes back to an older backup. */
	forget(from: number): void {
		this.records = this.records.slice(0, from - 1);
		this.chains.length = from;
		this.chain = this.chains[from - 1] ?? this.chain;
	}

	say<K extends DownType>(type: K, body: DownBody<K>, key = this.key): void {
		const payload = encodeDown({ terminal, epoch: this.epoch }, type, body, {
			key,
			hmac: digest.hmacSha256,
		});
		this.#toTerminal.push({ topic: topics.down, payload, retain: false });
	}

	#hear(payload: Uint8Array): void {
		const envelope = openEnvelope(payload);
		const hmac = digest.hmacSha256;
		const key =
			envelope.epoch === 0 && this.code !== undefined
				? deriveEnrolmentKey(this.code, terminal, hmac)
				: this.key;
		const message = readUp(envelope, { key, hmac });
		this.heard.push(message);
		if (message.type === "enrol") this.#enrol(message.body.nonce, key);
		if (message.type === "hello") this.#welcome(message.body.nonce);
		if (message.type === "batch") this.#batch(message.body);
		if (message.type === "loss") this.#loss(message.body);
	}

	#enrol(terminalNonce: Uint8Array, key: Uint8Array): void {
		const hostNonce = new Uint8Array(16).fill(3);
		const made = { terminalNonce, hostNonce, epoch: this.epoch };
		this.key = deriveTerminalKey(key, made, digest.hmacSha256);
		const payload = encodeDown(
			{ terminal, epoch: 0 },
			"enrolled",
			{ terminalNonce, hostNonce, newEpoch: this.epoch, hostSequence: 0 },
			{ key, hmac: digest.hmacSha256 },
		);
		this.#toTerminal.push({ topic: topics.down, payload, retain: false });
	}

	#welcome(nonce: Uint8Array): void {
		const { watermark, chain, wallS } = this;
		this.say("welcome", { nonce, watermark, chain, wallS, frozen: false });
	}

	#batch({
		from,
		previousChain,
		records,
		endChain,
	}: Extract<UpMessage, { type: "batch" }>["body"]): void {
		if (from > this.watermark + 1) {
			this.say("nak", { from: this.watermark + 1, to: from - 1 });
			return;
		}
		if (from <= this.watermark) {
			this.say("ack", { watermark: this.watermark, chain: this.chain });
			return;
		}
		if (!equalBytes(previousChain, this.chain)) throw new Error(`batch ${from} does not chain`);
		for (const record of records) this.#take(record, undefined);
		if (!equalBytes(endChain, this.chain)) throw new Error(`batch ${from} ends in another chain`);
		this.say("ack", { watermark: this.watermark, chain: this.chain });
	}

	#loss({ from, to, next, nextChain: told }: Extract<UpMessage, { type: "loss" }>["body"]): void {
		for (let sequence = from; sequence <= to; sequence++) this.#place("lost", told);
		if (next !== null) this.#take(next, told);
		this.say("ack", { watermark: this.watermark, chain: this.chain });
	}

	#take(record: WireRecord, told: Uint8Array | undefined): void {
		const sequence = this.watermark + 1;
		this.#place(record, told ?? nextChain(this.chain, { sequence, ...record }, sha256));
	}

	#place(record: WireRecord | "lost", chain: Uint8Array): void {
		this.records.push(record);
		this.chain = chain;
		this.chains.push(chain);
	}
}
