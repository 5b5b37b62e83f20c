import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { performance } from "node:perf_hooks";
import type { Paper } from "../emulator/paper/model.ts";
import { SimulatedPrinter } from "../emulator/paper/printer.ts";

const DLE = 0x10;
const EOT = 0x04;
const GS = 0x1d;
const R = 0x72;
/** A slow printer, so that a power cut finds it at work. */
const MM_PER_SECOND = 60;
const BUFFER_BYTES = 65_536;
const LOOK_MS = 20;

/** The emulator's printer behind a TCP port, which answers DLE EOT and GS r as a real one does. */
export class PrinterServer {
	readonly printer: SimulatedPrinter;
	readonly #server = createServer((socket) => this.#accept(socket));
	readonly #sockets = new Set<Socket>();
	/** Questions in turn that are not answered yet. */
	#turns = 0;

	constructor(dotsAcross: number) {
		this.printer = new SimulatedPrinter({
			dotsAcross,
			isChineseByDefault: true,
			clock: { monotonicMs: () => performance.now() },
			mmPerSecond: MM_PER_SECOND,
			bufferBytes: BUFFER_BYTES,
		});
	}

	get paper(): Paper {
		return this.printer.paper;
	}

	/** How many lines and cuts are on paper. */
	get length(): number {
		return this.printer.length;
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
		const timer = setInterval(() => this.#answerInTurn(socket), LOOK_MS);
		socket.on("close", () => {
			clearInterval(timer);
			this.#sockets.delete(socket);
			this.#turns = 0;
		});
		socket.on("error", () => socket.destroy());
		let seen: readonly number[] = [0, 0];
		socket.on("data", (bytes) => {
			for (const byte of bytes) {
				this.printer.write(Uint8Array.of(byte));
				const [first, second] = seen;
				if (first === DLE && second === EOT) socket.write(this.#realTime(byte));
				if (first === GS && second === R) this.#turns += 1;
				seen = [second ?? 0, byte];
			}
		});
	}

	/** GS r stands behind what was sent before it. */
	#answerInTurn(socket: Socket): void {
		if (this.#turns === 0 || this.printer.status().drained !== true) return;
		socket.write(new Uint8Array(this.#turns));
		this.#turns = 0;
	}

	#realTime(question: number): Uint8Array {
		const { online, paper } = this.printer.status();
		if (question !== 4) return Uint8Array.of(online ? 0x12 : 0x1a);
		return Uint8Array.of(0x12 | (paper === "out" ? 0x60 : 0) | (paper === "low" ? 0x0c : 0));
	}
}
