/**
 * A receipt printer that is not there: it takes bytes into a small buffer, prints them at its own pace,
 * runs out of paper, loses its power, and keeps the roll for whoever wants to look.
 */
import type { Printer, PrinterStatus } from "../../../firmware/core/port.ts";
import { PaperDecoder, type PaperDecoderOptions } from "./decoder.ts";
import { DOTS_PER_MM, type Paper } from "./model.ts";

export interface SimulatedPrinterOptions extends PaperDecoderOptions {
	/** Needed with `mmPerSecond`. */
	readonly clock?: { monotonicMs(): number };
	/** Paper speed; without it everything is on paper at once. */
	readonly mmPerSecond?: number;
	/** Default: 4096. */
	readonly bufferBytes?: number;
	/** Length of the roll; default: endless. */
	readonly paperMm?: number;
	/** Paper counts as low from here on; default: never. */
	readonly lowMm?: number;
	/** What hangs out of the printer already: the `roll` of an earlier printer. */
	readonly roll?: Uint8Array;
}

const BUFFER_BYTES = 4_096;

export class SimulatedPrinter implements Printer {
	readonly #options: SimulatedPrinterOptions;
	readonly #decoder: PaperDecoder;
	/** Taken and not interpreted yet. */
	readonly #waiting: number[] = [];
	/** Interpreted, but standing in a line or a command that is not complete. */
	#unfinished: number[] = [];
	readonly #roll: number[] = [];
	#mmPerSecond: number | undefined;
	#remainingDots: number;
	#remainingLines = Number.POSITIVE_INFINITY;
	#usedDots = 0;
	/** When the print head will have done what it was given so far. */
	#busyUntilMs = 0;
	#isOnline = true;
	#isPowered = true;
	#canSay = true;

	constructor(options: SimulatedPrinterOptions = {}) {
		this.#options = options;
		this.#decoder = new PaperDecoder(options);
		this.#mmPerSecond = options.mmPerSecond;
		this.#remainingDots = (options.paperMm ?? Number.POSITIVE_INFINITY) * DOTS_PER_MM;
		for (const byte of options.roll ?? []) this.#roll.push(byte);
		this.#decoder.write(options.roll ?? new Uint8Array());
		this.#decoder.powerOn();
	}

	write(bytes: Uint8Array): number {
		this.#print();
		if (!this.#isOnline || !this.#isPowered) return 0;
		const room = (this.#options.bufferBytes ?? BUFFER_BYTES) - this.#waiting.length;
		const taken = bytes.subarray(0, Math.max(0, room));
		this.#waiting.push(...taken);
		this.#print();
		return taken.length;
	}

	status(): PrinterStatus {
		this.#print();
		const online = this.#isOnline && this.#isPowered;
		if (!this.#canSay) return { online, paper: "unknown", drained: "unknown" };
		return { online, paper: this.#paperState(), drained: this.#isDrained() };
	}

	reset(): void {
		this.#print();
		this.#lose();
		this.#decoder.drop();
	}

	/** What is on paper now. */
	get paper(): Paper {
		this.#print();
		return this.#decoder.paper;
	}

	/** How many entries are on paper now; cheaper than `paper`. */
	get length(): number {
		this.#print();
		return this.#decoder.length;
	}

	/** How many bytes `roll` has; cheaper than `roll`. */
	get rollBytes(): number {
		this.#print();
		return this.#roll.length;
	}

	/** Every byte that reached paper, and the commands between them. */
	get roll(): Uint8Array {
		this.#print();
		return Uint8Array.from(this.#roll);
	}

	/** Paper that came out, in millimetres. */
	get usedMm(): number {
		this.#print();
		return this.#usedDots / DOTS_PER_MM;
	}

	/** Paper left on the roll, in millimetres. */
	get remainingMm(): number {
		this.#print();
		return Math.max(0, this.#remainingDots) / DOTS_PER_MM;
	}

	/** Bytes taken that are not on paper. */
	get pendingBytes(): number {
		this.#print();
		return this.#waiting.length + this.#unfinished.length;
	}

	/** The paper ends after so many more lines; at once without a number. */
	paperOut(afterLines = 0): void {
		this.#print();
		this.#remainingLines = afterLines;
	}

	/** A new roll. What is still in the buffer goes on printing, as on a real printer. */
	paperIn(paperMm = this.#options.paperMm ?? Number.POSITIVE_INFINITY): void {
		this.#print();
		this.#remainingLines = Number.POSITIVE_INFINITY;
		this.#remainingDots = paperMm * DOTS_PER_MM;
		this.#startNow();
		this.#print();
	}

	/** Buffer, line and modes are lost; what is on paper stays. */
	cutPower(): void {
		this.#print();
		this.#isPowered = false;
		this.#lose();
		this.#decoder.powerOn();
	}

	restorePower(): void {
		this.#isPowered = true;
		this.#startNow();
	}

	/** Off line it takes no bytes and prints none, but forgets nothing. */
	setOnline(isOnline: boolean): void {
		this.#print();
		this.#isOnline = isOnline;
		this.#startNow();
		this.#print();
	}

	/** How fast paper goes from now on; at once when left out. Needs the option `clock`. */
	setSpeed(mmPerSecond?: number): void {
		this.#print();
		this.#mmPerSecond = mmPerSecond;
		this.#startNow();
	}

	/** A printer on a one-way cable cannot say how it is. */
	setCanSay(canSay: boolean): void {
		this.#canSay = canSay;
	}

	#paperState(): "ok" | "low" | "out" {
		if (this.#isPaperOut()) return "out";
		return this.#remainingDots <= (this.#options.lowMm ?? 0) * DOTS_PER_MM ? "low" : "ok";
	}

	#isPaperOut(): boolean {
		return this.#remainingLines <= 0 || this.#remainingDots <= 0;
	}

	#isDrained(): boolean {
		return (
			this.#waiting.length === 0 && this.#decoder.isAtRest && this.#nowMs() >= this.#busyUntilMs
		);
	}

	/** Brings the paper up to the present moment. */
	#print(): void {
		while (this.#mayPrint() && this.#nowMs() >= this.#busyUntilMs) {
			const byte = this.#waiting.shift();
			if (byte === undefined) break;
			this.#printByte(byte);
		}
		// An idle head does not save up its time.
		if (this.#waiting.length === 0) this.#startNow();
	}

	#mayPrint(): boolean {
		return this.#isOnline && this.#isPowered && !this.#isPaperOut();
	}

	#printByte(byte: number): void {
		const before = this.#decoder.length;
		this.#unfinished.push(byte);
		this.#decoder.write(Uint8Array.of(byte));
		if (this.#decoder.isAtRest) {
			this.#roll.push(...this.#unfinished);
			this.#unfinished = [];
		}
		const dots = this.#decoder.advanceDots(before);
		const entries = this.#decoder.length - before;
		this.#usedDots += dots;
		this.#remainingDots -= dots;
		this.#remainingLines -= dots > 0 ? entries : 0;
		const mmPerSecond = this.#mmPerSecond;
		if (mmPerSecond !== undefined) this.#busyUntilMs += (dots / DOTS_PER_MM / mmPerSecond) * 1_000;
	}

	#startNow(): void {
		this.#busyUntilMs = Math.max(this.#busyUntilMs, this.#nowMs());
	}

	#nowMs(): number {
		return this.#options.clock?.monotonicMs() ?? 0;
	}

	#lose(): void {
		this.#waiting.length = 0;
		this.#unfinished = [];
	}
}
