import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { encodePaymentFrame, PaymentFrameReader } from "../../protocol/payment-frame.ts";
import { Acquirer } from "../emulator/payment/acquirer.ts";
import { SimulatedPaymentApp } from "../emulator/payment/payment-app.ts";
import type { SaleRequest, SaleStatus } from "../emulator/payment/sale.ts";
import { Timeline } from "../emulator/timeline.ts";

/** How often the world of the payment application is moved along with the real clock. */
const TICK_MS = 50;

/** The emulator's payment application and acquirer behind a TCP port, in real time. */
export class PaymentServer {
	readonly acquirer = new Acquirer();
	readonly #timeline = new Timeline(Date.now());
	readonly #app: SimulatedPaymentApp;
	readonly #server = createServer((socket) => this.#accept(socket));
	#socket: Socket | undefined;
	#timer: NodeJS.Timeout | undefined;

	constructor(terminal: string, zoneMinutes: number) {
		this.#app = new SimulatedPaymentApp({
			timeline: this.#timeline,
			acquirer: this.acquirer,
			terminal,
			zoneMinutes,
			trace: 0,
			onReadable: () => this.#send(),
		});
	}

	/** Listens and returns the port. */
	async start(): Promise<number> {
		const startMs = performance.now();
		this.#timer = setInterval(() => this.#timeline.moveTo(performance.now() - startMs), TICK_MS);
		this.#server.listen(0, "127.0.0.1");
		await once(this.#server, "listening");
		const address = this.#server.address();
		return typeof address === "object" && address !== null ? address.port : 0;
	}

	sell(amountMinor: number, sale: Partial<SaleRequest> = {}): SaleStatus {
		const instrument = { group: "domestic", scheme: "unionpay", lastFour: "1234" } as const;
		const usual = { type: "sale", method: "card", currency: "CNY", instrument } as const;
		return this.#app.begin(
			{ ...usual, originalTrace: null, order: null, ...sale, amountMinor },
			"01",
		);
	}

	close(): void {
		clearInterval(this.#timer);
		this.#socket?.destroy();
		this.#server.close();
	}

	#accept(socket: Socket): void {
		const reader = new PaymentFrameReader();
		this.#socket = socket;
		socket.setNoDelay(true);
		socket.on("data", (bytes) => {
			for (const message of reader.push(new Uint8Array(bytes))) this.#app.write(message);
		});
		socket.on("error", () => socket.destroy());
		this.#send();
	}

	#send(): void {
		if (this.#socket === undefined || this.#socket.destroyed) return;
		for (let message = this.#app.read(); message !== undefined; message = this.#app.read()) {
			this.#socket.write(encodePaymentFrame(message));
		}
	}
}
