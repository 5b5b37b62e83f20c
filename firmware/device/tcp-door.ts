import Listener from "embedded:io/socket/listener";
import { ByteStream } from "./byte-stream.ts";
import type { ServiceLine } from "./line-service-link.ts";
import { acceptTcp } from "./tcp-wire.ts";

/** A TCP port of the terminal: whoever connects last is let in, and the one before is let go. */
export class TcpDoor implements ServiceLine {
	readonly #listener: Listener;
	readonly #wake: () => void;
	#peer: ByteStream | undefined;

	/** Throws when the port is not free. */
	constructor(port: number, wake: () => void) {
		this.#wake = wake;
		this.#listener = new Listener({ port, onReadable: () => this.#admit() });
	}

	get isUp(): boolean {
		return this.#peer?.isUp ?? false;
	}

	read(): Uint8Array | undefined {
		return this.#peer?.read();
	}

	write(bytes: Uint8Array): number {
		return this.#peer?.write(bytes) ?? 0;
	}

	close(): void {
		this.#peer?.close();
		this.#peer = undefined;
		this.#listener.close();
	}

	#admit(): void {
		for (let from = this.#listener.read(); from !== undefined; from = this.#listener.read()) {
			const accepted = from;
			this.#peer?.close();
			this.#peer = new ByteStream({
				open: (callbacks) => acceptTcp(accepted, callbacks),
				wake: this.#wake,
				isOnce: true,
			});
		}
	}
}
