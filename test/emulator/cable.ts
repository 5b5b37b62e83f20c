import { createServer, type Server, type Socket } from "node:net";
import type { ServiceLink } from "../../firmware/core/port.ts";
import type { Timeline } from "./timeline.ts";

/** Bytes that lie between terminal and computer at most; beyond it the terminal waits. */
const BUFFER_BYTES = 16_384;
const LOOPBACK = "127.0.0.1";

/** What is wrong with the cable. */
export interface CableFault {
	/** In time of the world; null for as fast as it goes. */
	readonly bytesPerSecond: number | null;
	/** The cable comes loose when so many more bytes have reached the computer; null for never. */
	readonly cutAfterBytes: number | null;
}

/**
 * The cable of a terminal to a technician's computer: a TCP port on loopback. While the terminal has not opened
 * it, and while it is off, nobody is let in.
 */
export class TcpCable implements ServiceLink {
	readonly #server: Server;
	readonly #timeline: Timeline;
	readonly #onChange: () => void;
	readonly #listening: Promise<void>;
	#isOpen = false;
	#socket: Socket | undefined;
	#arrived: Uint8Array[] = [];
	#fault: CableFault = { bytesPerSecond: null, cutAfterBytes: null };
	/** Since when, and how many bytes, the speed is counted. */
	#countedMs = 0;
	#countedBytes = 0;

	/** `onChange`: bytes have come or gone, or somebody has plugged in or out. */
	constructor(timeline: Timeline, onChange: () => void) {
		this.#timeline = timeline;
		this.#onChange = onChange;
		this.#server = createServer((socket) => this.#connected(socket));
		this.#server.unref();
		this.#listening = new Promise((resolve) => {
			this.#server.listen(0, LOOPBACK, resolve);
		});
	}

	/** `127.0.0.1:40123`, or null before it listens and after its end. */
	get address(): string | null {
		const bound = this.#server.address();
		return typeof bound === "object" && bound !== null ? `${LOOPBACK}:${bound.port}` : null;
	}

	get fault(): CableFault {
		return this.#fault;
	}

	set fault(fault: CableFault) {
		this.#fault = fault;
		this.#countedMs = this.#timeline.nowMs;
		this.#countedBytes = 0;
		this.#onChange();
	}

	/** Resolves when there is an address. */
	async listening(): Promise<void> {
		await this.#listening;
	}

	open(): void {
		this.#isOpen = true;
	}

	close(): void {
		this.#isOpen = false;
		this.#pullOut();
	}

	status(): "closed" | "waiting" | "connected" {
		if (!this.#isOpen) return "closed";
		return this.#socket === undefined ? "waiting" : "connected";
	}

	read(): Uint8Array | undefined {
		const bytes = this.#arrived.shift();
		if (this.#arrived.length === 0) this.#socket?.resume();
		return bytes;
	}

	write(bytes: Uint8Array): number {
		const socket = this.#socket;
		if (socket === undefined) return 0;
		const { cutAfterBytes } = this.#fault;
		const room = Math.min(BUFFER_BYTES - socket.writableLength, this.#roomBySpeed());
		const length = Math.max(0, Math.min(bytes.length, room, cutAfterBytes ?? bytes.length));
		if (length > 0) socket.write(Uint8Array.from(bytes.subarray(0, length)));
		this.#countedBytes += length;
		if (cutAfterBytes === null) return length;
		this.#fault = { ...this.#fault, cutAfterBytes: cutAfterBytes - length };
		if (length === cutAfterBytes) {
			this.#fault = { ...this.#fault, cutAfterBytes: null };
			this.#pullOut();
		}
		return length;
	}

	/** The other end is gone, and the port with it. */
	async end(): Promise<void> {
		this.close();
		await this.#listening;
		await new Promise<void>((resolve) => {
			this.#server.close(() => resolve());
		});
	}

	#roomBySpeed(): number {
		const { bytesPerSecond } = this.#fault;
		if (bytesPerSecond === null) return Number.POSITIVE_INFINITY;
		const passedMs = this.#timeline.nowMs - this.#countedMs;
		return Math.floor((passedMs * bytesPerSecond) / 1_000) - this.#countedBytes;
	}

	#connected(socket: Socket): void {
		if (!this.#isOpen) {
			socket.destroy();
			return;
		}
		this.#pullOut();
		this.#socket = socket;
		socket.setNoDelay(true);
		socket.on("data", (bytes) => {
			this.#arrived.push(Uint8Array.from(bytes));
			socket.pause();
			this.#onChange();
		});
		socket.on("drain", this.#onChange);
		socket.on("error", () => socket.destroy());
		socket.on("close", () => {
			if (this.#socket !== socket) return;
			this.#socket = undefined;
			this.#arrived = [];
			this.#onChange();
		});
		this.#onChange();
	}

	/** What was written still arrives, nothing after it. */
	#pullOut(): void {
		this.#socket?.destroySoon();
		this.#socket = undefined;
		this.#arrived = [];
	}
}
