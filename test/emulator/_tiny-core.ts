import type { LinkMessage, Ports } from "../../firmware/core/port.ts";
import { encodeUp, openEnvelope, readDown } from "../../protocol/message.ts";
import {
	type AppMessage,
	decodeAppMessage,
	encodeCoreMessage,
} from "../../protocol/payment-app.ts";
import { topicsOf } from "../../protocol/topic.ts";
import { encodeUtf8 } from "../../protocol/utf8.ts";
import type { Boot, Core } from "./engine/core.ts";

/** Every record takes one block: its first byte is 1, the last is 2 when the block was written whole. */
const BLOCK_BYTES = 32;
const REDRAW_MS = 60_000;
const RECONNECT_MS = 2_000;

/** The smallest terminal that uses every port: keys and payments become records, records go to the host. */
class TinyCore implements Core {
	readonly #ports: Ports;
	readonly #terminal: string;
	#records = 0;
	#torn = 0;
	#sent = 0;
	#acknowledged = 0;
	#drawnMs = 0;

	constructor(ports: Ports, terminal: string) {
		this.#ports = ports;
		this.#terminal = terminal;
	}

	start(): void {
		const { storage, log } = this.#ports;
		for (;;) {
			const block = storage.read(this.#records * BLOCK_BYTES, BLOCK_BYTES);
			if (block[0] === 0xff) break;
			if (block[BLOCK_BYTES - 1] !== 2) this.#torn += 1;
			this.#records += 1;
		}
		log.write("info", "STARTED", `${this.#records} records`);
		this.#draw();
	}

	step(): number {
		const { keypad, paymentApp, clock } = this.#ports;
		for (let key = keypad.read(); key !== undefined; key = keypad.read()) {
			if (key === "menu") throw new TypeError("the menu is broken");
			this.#append(`key ${key}`);
		}
		for (let bytes = paymentApp.read(); bytes !== undefined; bytes = paymentApp.read()) {
			this.#take(decodeAppMessage(bytes));
		}
		const linkWait = this.#sync();
		if (clock.monotonicMs() - this.#drawnMs >= REDRAW_MS) this.#draw();
		return Math.min(linkWait, this.#drawnMs + REDRAW_MS - clock.monotonicMs());
	}

	query(): unknown {
		return { records: this.#records, torn: this.#torn, acknowledged: this.#acknowledged };
	}

	close(): void {
		this.#ports.link.close();
	}

	#append(what: string): void {
		const { storage, clock, entropy } = this.#ports;
		const block = new Uint8Array(BLOCK_BYTES);
		block.set([1, ...encodeUtf8(what)].slice(0, 18));
		block.set(encodeUtf8(String(clock.now().wallMs % 1_000_000)), 18);
		block.set(entropy.read(4), 26);
		block[BLOCK_BYTES - 1] = 2;
		storage.write(this.#records * BLOCK_BYTES, block);
		storage.sync();
		this.#records += 1;
		this.#draw();
	}

	#take(message: AppMessage): void {
		const { paymentApp, printer } = this.#ports;
		if (message.type === "intent") {
			this.#append("intent");
			const transaction = this.#records;
			paymentApp.write(
				encodeCoreMessage("proceed", { request: message.body.request, transaction }),
			);
		} else if (message.type === "outcome") {
			const { transaction, outcome } = message.body;
			this.#append(outcome);
			printer.write(encodeUtf8(`${outcome} ${transaction}\n`));
			paymentApp.write(encodeCoreMessage("recorded", { transaction }));
		}
	}

	#sync(): number {
		const { link, digest } = this.#ports;
		const topics = topicsOf("demo", this.#terminal);
		if (link.status() === "down") {
			this.#sent = this.#acknowledged;
			const will: LinkMessage = {
				topic: topics.state,
				payload: encodeUtf8("lost"),
				retain: true,
			};
			link.open({ clientId: this.#terminal, subscribe: [topics.down], will });
			return RECONNECT_MS;
		}
		if (link.status() === "connecting") return RECONNECT_MS;
		const sealing = { key: new Uint8Array(32), hmac: digest.hmacSha256 };
		for (let message = link.read(); message !== undefined; message = link.read()) {
			const down = readDown(openEnvelope(message.payload), sealing);
			if (down.type === "ack") this.#acknowledged = down.body.watermark;
		}
		if (this.#sent < this.#records) {
			const records = Array.from({ length: this.#records - this.#sent }, () => ({
				kind: 1,
				flags: 0,
				payload: Uint8Array.of(1),
			}));
			const chain = new Uint8Array(32);
			const batch = { from: this.#sent + 1, previousChain: chain, records, endChain: chain };
			const address = { terminal: this.#terminal, epoch: 1 };
			const payload = encodeUp(address, "batch", batch, sealing);
			if (link.write({ topic: topics.up, payload, retain: false })) this.#sent = this.#records;
		}
		if (this.#acknowledged === this.#records) return Number.POSITIVE_INFINITY;
		this.#sent = this.#acknowledged;
		return RECONNECT_MS;
	}

	#draw(): void {
		const { display, clock } = this.#ports;
		this.#drawnMs = clock.monotonicMs();
		display.write({
			name: "home",
			title: this.#terminal,
			lines: [{ text: `${this.#records} records` }],
			softKeys: [{ key: "menu", label: "break" }],
			language: "zh-CN",
		});
	}
}

export const boot: Boot = (ports, options) => {
	const terminal =
		typeof options === "object" && options !== null && "terminal" in options
			? String(options.terminal)
			: "none";
	return new TinyCore(ports, terminal);
};
