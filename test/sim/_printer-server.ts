import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import type { Paper } from "../emulator/paper/model.ts";
import { SimulatedPrinter } from "../emulator/paper/printer.ts";

const DLE = 0x10;
const EOT = 0x04;
const GS = 0x1d;
const R = 0x72;

/** The emulator's printer behind a TCP port, which answers DLE EOT and GS r as a real one does. */
export class PrinterServer {
	readonly printer: SimulatedPrinter;
	readonly #server = createServer((socket) => this.#accept(socket));
	#sockets = new Set<Socket>();

	constructor(dotsAcross: number) {
		this.printer = new SimulatedPrinter({ dotsAcross, isChineseByDefault: true });
	}

	get paper(): Paper {
		return this.printer.paper;
	}

	/** Listens and returns the port. */
	async start(port = 0): Promise<number> {
		this.#server.listen(port, "127.0.0.1");
		await once(this.#server, "listening");
		const address = this.#server.address();
		return typeof address === "object" && address !== null ? address.port : 0;
	}

	close(): void {
		for (const socket of this.#sockets) socket.destroy();
		this.#server.close();
	}

	#accept(socket: Socket): void {
		this.#sockets.add(socket);
		socket.on("close", () => this.#sockets.delete(socket));
		socket.on("error", () => socket.destroy());
		let seen: readonly number[] = [0, 0];
		socket.on("data", (bytes) => {
			for (const byte of bytes) {
				this.printer.write(Uint8Array.of(byte));
				const [first, second] = seen;
				if (first === DLE && second === EOT) socket.write(this.#realTime(byte));
				if (first === GS && second === R) socket.write(Uint8Array.of(0));
				seen = [second ?? 0, byte];
			}
		});
	}

	#realTime(question: number): Uint8Array {
		const { online, paper } = this.printer.status();
		if (question !== 4) return Uint8Array.of(online ? 0x12 : 0x1a);
		return Uint8Array.of(0x12 | (paper === "out" ? 0x60 : 0) | (paper === "low" ? 0x0c : 0));
	}
}
