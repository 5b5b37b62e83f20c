/**
 * An ESC/POS receipt printer's understanding of its bytes: what comes in is a stream, cut anywhere; what
 * comes out is the paper. Written after the command reference, so that it can judge our encoder.
 */

import type { IgnoredCommand, Paper, PaperEntry } from "./model.ts";
import { PrintHead } from "./print-head.ts";
import { PrintedSymbols } from "./symbols.ts";
import { type Command, type Reader, take, takeCommand } from "./syntax.ts";

export interface PaperDecoderOptions {
	/** Dots across the paper, at which the printer begins a new line; without it lines have no end. */
	readonly dotsAcross?: number;
	/** Whether Kanji character mode is on after power-on and ESC @, as on printers for China. */
	readonly isChineseByDefault?: boolean;
}

const LINE_START_ONLY = new Set(["ESC a", "ESC i", "ESC m", "GS V", "GS L", "GS W", "ESC L"]);

export class PaperDecoder {
	readonly #entries: PaperEntry[] = [];
	readonly #ignored: IgnoredCommand[] = [];
	readonly #head: PrintHead;
	readonly #symbols: PrintedSymbols;
	#reader: Reader<never>;
	#offset = 0;
	/** Where the command or character being read began; behind the last byte when none is. */
	#begunAt = 0;

	constructor(options: PaperDecoderOptions = {}) {
		this.#head = new PrintHead(options, (entry) => this.#entries.push(entry));
		this.#symbols = new PrintedSymbols(this.#head);
		this.#reader = this.#begin();
	}

	/** Takes the next bytes of the stream. */
	write(bytes: Uint8Array): void {
		for (const byte of bytes) {
			this.#offset++;
			this.#reader.next(byte);
		}
	}

	/** What is on paper now; the object does not change with later bytes. */
	get paper(): Paper {
		return { entries: [...this.#entries], ignored: [...this.#ignored] };
	}

	/** How many entries are on paper. */
	get length(): number {
		return this.#entries.length;
	}

	/** Dots that the paper moved from entry `from` on. */
	advanceDots(from = 0): number {
		return this.#entries.slice(from).reduce((sum, entry) => sum + entry.advanceDots, 0);
	}

	/** True when nothing waits for more bytes: no text without its line feed, no half a command. */
	get isAtRest(): boolean {
		return this.#begunAt === this.#offset && !this.#head.isLineBegun;
	}

	/** Forgets the line and the command that are not on paper yet; modes stay. */
	drop(): void {
		this.#head.dropLine();
		this.#reader = this.#begin();
		this.#begunAt = this.#offset;
	}

	/** The same, with the modes of a printer that was just switched on. */
	powerOn(): void {
		this.drop();
		this.#head.initialize();
		this.#symbols.initialize();
	}

	/** A reader that waits for its first byte. */
	#begin(): Reader<never> {
		const reader = this.#read();
		reader.next(0);
		return reader;
	}

	*#read(): Reader<never> {
		for (;;) {
			this.#begunAt = this.#offset;
			const first = yield* take();
			if (first >= 0x20) yield* this.#character(first);
			else this.#command(yield* takeCommand(first));
		}
	}

	*#character(first: number): Reader<void> {
		const isLead = this.#head.isChinese && first >= 0x81 && first <= 0xfe;
		if (!isLead) {
			this.#head.printSingle(first);
			return;
		}
		const second = yield;
		if (second >= 0x30 && second <= 0x39) {
			this.#head.printChinese([first, second, yield, yield]);
		} else if (second >= 0x40 && second !== 0x7f && second !== 0xff) {
			this.#head.printChinese([first, second]);
		} else {
			this.#ignore("bad-character", [first, second]);
		}
	}

	#command(command: Command): void {
		if (!command.isKnown) {
			this.#ignore("unknown", command.parameters);
			return;
		}
		const symbol = this.#symbols.isPrinting(command);
		if (this.#head.isLineBegun && (symbol || LINE_START_ONLY.has(command.name))) {
			this.#ignore("line-begun", nameBytes(command));
			return;
		}
		if (this.#symbols.obey(command) || this.#head.obey(command)) return;
		this.#ignore("unknown", nameBytes(command));
	}

	#ignore(reason: IgnoredCommand["reason"], bytes: readonly number[]): void {
		this.#ignored.push({ reason, offset: this.#begunAt, bytes });
	}
}

/** The first bytes of a command again, for the report. */
function nameBytes(command: Command): readonly number[] {
	const prefixes: Readonly<Record<string, number>> = { DLE: 16, ESC: 27, FS: 28, GS: 29 };
	const [prefix = "", ...letters] = command.name.split(" ");
	const letter = letters.join(" ").charCodeAt(0);
	return [prefixes[prefix] ?? 0, letter, ...command.parameters.slice(0, 6)];
}
