import type { Printer, PrinterStatus } from "../core/port.ts";

/** The part of a byte stream that the printer uses. */
export interface PrinterStream {
	readonly isUp: boolean;
	/** How often the connection came up so far. */
	readonly connections: number;
	write(bytes: Uint8Array): number;
	read(): Uint8Array | undefined;
}

export interface EscPosPrinterOptions {
	readonly stream: PrinterStream;
	readonly monotonicMs: () => number;
}

/** DLE EOT 1 (printer) and DLE EOT 4 (paper roll): answered at once, whatever stands in the buffer. */
const askPrinter = Uint8Array.of(0x10, 0x04, 0x01);
const askPaper = Uint8Array.of(0x10, 0x04, 0x04);
/** GS r 1: answered in its turn, so that the answer says that everything before it was printed. */
const askInTurn = Uint8Array.of(0x1d, 0x72, 0x01);
/** DLE DC4 8: drops the buffer; then ESC @: forgets a line or command that is half there. */
const dropAll = Uint8Array.of(
	0x10,
	0x14,
	0x08,
	0x01,
	0x03,
	0x14,
	0x01,
	0x06,
	0x02,
	0x08,
	0x1b,
	0x40,
);

const ASK_MS = 1_000;
/** A printer that has answered before and is silent for so long is not there. */
const SILENT_MS = 5_000;
/** One that has never answered in this time cannot say anything. */
const MUTE_MS = 3_000;

/**
 * An ESC/POS printer at the end of a byte stream. Status by DLE EOT, certainty that a block is on paper by GS r
 * behind it. A printer that never answers, on a line of one direction, prints all the same: then a person is asked.
 */
export class EscPosPrinter implements Printer {
	readonly #options: EscPosPrinterOptions;
	#connection = 0;
	#connectedMs = 0;
	#askedMs = Number.NEGATIVE_INFINITY;
	#answeredMs: number | undefined;
	/** Which of the two real-time questions the next answers are to. */
	#asked: ("printer" | "paper")[] = [];
	/** Since when a question has no answer. */
	#waitingMs: number | undefined;
	#isOffline = false;
	#paper: "ok" | "low" | "out" = "ok";
	/** Bytes were written that no answer in turn has confirmed. */
	#isInDoubt = false;
	#turnsAsked = 0;
	/** The connection broke over bytes in doubt; the job that sent them has to begin its block again. */
	#isLost = false;
	/** What did not fit any more: a question must not be cut in two. */
	#owed: readonly number[] = [];

	constructor(options: EscPosPrinterOptions) {
		this.#options = options;
	}

	write(bytes: Uint8Array): number {
		this.#listen();
		if (!this.#isOnline() || !this.#sendOwed()) return 0;
		const taken = this.#options.stream.write(bytes);
		if (taken > 0) {
			this.#isInDoubt = true;
			this.#turnsAsked = 0;
		}
		return taken;
	}

	status(): PrinterStatus {
		this.#listen();
		this.#ask();
		const online = this.#isOnline();
		if (this.#isMute()) return { online, paper: "unknown", drained: "unknown" };
		if (this.#isInDoubt && this.#turnsAsked === 0 && online && this.#send(askInTurn))
			this.#turnsAsked = 1;
		return { online, paper: this.#paper, drained: !this.#isInDoubt };
	}

	reset(): void {
		this.#isLost = false;
		this.#isInDoubt = false;
		this.#turnsAsked = 0;
		this.#owed = [];
		if (this.#options.stream.isUp) this.#send(dropAll);
	}

	#isOnline(): boolean {
		if (!this.#options.stream.isUp || this.#isLost) return false;
		if (this.#isMute()) return true;
		if (this.#answeredMs === undefined) return false;
		const isSilent = this.#waitingMs !== undefined && this.#nowMs() - this.#waitingMs > SILENT_MS;
		// A printer without paper calls itself off line; what has to be done about it is the paper.
		return !isSilent && !(this.#isOffline && this.#paper !== "out");
	}

	#isMute(): boolean {
		return this.#answeredMs === undefined && this.#nowMs() - this.#connectedMs > MUTE_MS;
	}

	#ask(): void {
		const now = this.#nowMs();
		const pauseMs = this.#asked.length === 0 ? ASK_MS : SILENT_MS;
		if (!this.#options.stream.isUp || now - this.#askedMs < pauseMs) return;
		this.#askedMs = now;
		this.#asked = [];
		if (this.#send(askPrinter)) this.#asked.push("printer");
		if (this.#send(askPaper)) this.#asked.push("paper");
		this.#waitingMs ??= now;
	}

	/** Sends all of a command, or as much as fits and owes the rest. False when nothing could be begun. */
	#send(command: Uint8Array): boolean {
		if (!this.#sendOwed()) return false;
		const taken = this.#options.stream.write(command);
		if (taken === 0) return false;
		this.#owed = [...command.subarray(taken)];
		return true;
	}

	#sendOwed(): boolean {
		if (this.#owed.length === 0) return true;
		const taken = this.#options.stream.write(Uint8Array.from(this.#owed));
		this.#owed = this.#owed.slice(taken);
		return this.#owed.length === 0;
	}

	#listen(): void {
		const { stream } = this.#options;
		if (stream.isUp && stream.connections !== this.#connection) this.#begin(stream.connections);
		for (const byte of stream.read() ?? []) this.#hear(byte);
	}

	#begin(connection: number): void {
		this.#connection = connection;
		this.#connectedMs = this.#nowMs();
		this.#isLost = this.#isInDoubt && this.#answeredMs !== undefined;
		this.#answeredMs = undefined;
		this.#waitingMs = undefined;
		this.#askedMs = Number.NEGATIVE_INFINITY;
		this.#asked = [];
		this.#owed = [];
	}

	/** Fixed bits tell the answers apart: 0xx1xx10 to DLE EOT, 0xx0xxxx to GS r; anything else is noise. */
	#hear(byte: number): void {
		if ((byte & 0x93) === 0x12) this.#hearRealTime(byte);
		else if ((byte & 0x90) === 0) this.#hearInTurn();
	}

	#hearRealTime(byte: number): void {
		this.#answeredMs = this.#nowMs();
		this.#waitingMs = undefined;
		const question = this.#asked.shift();
		if (question === "printer") this.#isOffline = (byte & 0x08) !== 0;
		if (question !== "paper") return;
		if ((byte & 0x60) !== 0) this.#paper = "out";
		else this.#paper = (byte & 0x0c) === 0 ? "ok" : "low";
	}

	#hearInTurn(): void {
		this.#answeredMs = this.#nowMs();
		if (this.#turnsAsked === 0) return;
		this.#turnsAsked = 0;
		this.#isInDoubt = false;
	}

	#nowMs(): number {
		return this.#options.monotonicMs();
	}
}
