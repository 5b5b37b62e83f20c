import { encodePaymentFrame, PaymentFrameReader } from "../../protocol/payment-frame.ts";
import type { PaymentApp } from "../core/port.ts";

/** The part of a byte stream that the payment application's line uses. */
export interface PaymentStream {
	readonly connections: number;
	write(bytes: Uint8Array): number;
	read(): Uint8Array | undefined;
}

/** Frames that wait for a line that is down or full; the oldest give way, for both sides repeat. */
const OUTGOING_MAX = 64;

/** A payment application at the end of a serial line or TCP connection. */
export class StreamPaymentApp implements PaymentApp {
	readonly #stream: PaymentStream;
	#reader = new PaymentFrameReader();
	#inbox: Uint8Array[] = [];
	#outgoing: Uint8Array[] = [];
	#connections = 0;

	constructor(stream: PaymentStream) {
		this.#stream = stream;
	}

	read(): Uint8Array | undefined {
		this.#follow();
		const bytes = this.#stream.read();
		if (bytes !== undefined) this.#inbox.push(...this.#reader.push(bytes));
		this.#flush();
		return this.#inbox.shift();
	}

	write(message: Uint8Array): void {
		this.#follow();
		this.#outgoing.push(encodePaymentFrame(message));
		if (this.#outgoing.length > OUTGOING_MAX) this.#outgoing.shift();
		this.#flush();
	}

	/** What was half sent or half read over a broken connection is begun anew. */
	#follow(): void {
		if (this.#connections === this.#stream.connections) return;
		this.#connections = this.#stream.connections;
		this.#reader = new PaymentFrameReader();
		this.#outgoing = [];
	}

	#flush(): void {
		for (let frame = this.#outgoing[0]; frame !== undefined; frame = this.#outgoing[0]) {
			const taken = this.#stream.write(frame);
			if (taken < frame.length) {
				this.#outgoing[0] = frame.subarray(taken);
				return;
			}
			this.#outgoing.shift();
		}
	}
}
