/**
 * Slip blocks to the bytes of a receipt printer. Command names are those of Epson's ESC/POS command
 * reference, which the printers of the field follow; only commands that all of them know are used.
 */
import { CloseoutError } from "../../../protocol/error.ts";
import { PRINT_BLOCK_BYTES_MAX } from "../../../protocol/limits.ts";
import {
	type LaidItem,
	type LaidLine,
	type LayoutOptions,
	layoutItem,
} from "../../../protocol/slip/layout.ts";
import type { SlipBlock, TextSize } from "../../../protocol/slip/slip.ts";
import type { Align } from "../../../protocol/slip/width.ts";
import { Gb18030, printableText } from "./gb18030.ts";
import type { PrinterFacts } from "./printer-facts.ts";

const LF = 0x0a;
const ESC = 0x1b;
const FS = 0x1c;
const GS = 0x1d;

const alignCodes: Readonly<Record<Align, number>> = { left: 0, center: 1, right: 2 };
/** GS ! n: bits 4 to 6 are the width minus one, bits 0 to 2 the height minus one. */
const sizeCodes: Readonly<Record<TextSize, number>> = {
	normal: 0x00,
	wide: 0x10,
	tall: 0x01,
	double: 0x11,
};
/** GS ( k: model 2, and error correction level M, which `layout.ts` counts with. */
const QR_MODEL_2 = 50;
const QR_LEVEL_M = 49;

export interface EscPosOptions {
	readonly facts: PrinterFacts;
	/** The table of `firmware/resources/gb-table.ts`. */
	readonly table: Uint8Array;
}

/**
 * Encodes one block at a time. Every block starts from and returns to the state that `start` makes (left,
 * normal size, not bold, ASCII), so blocks can follow each other in any order.
 */
export class EscPos {
	readonly #facts: PrinterFacts;
	readonly #charset: Gb18030;
	readonly #layout: LayoutOptions;
	/** Reused for every block, so that printing a long list leaves nothing behind. */
	readonly #buffer = new Uint8Array(PRINT_BLOCK_BYTES_MAX);
	#length = 0;
	#align: Align = "left";
	#bold = false;
	#size: TextSize = "normal";

	constructor(options: EscPosOptions) {
		const { facts, table } = options;
		const charset = new Gb18030(table, facts.charset);
		this.#facts = facts;
		this.#charset = charset;
		this.#layout = {
			columns: facts.columns,
			dotsAcross: facts.dotsAcross,
			qr: facts.qr,
			clean: (text) => printableText(text, charset),
		};
	}

	get columns(): number {
		return this.#facts.columns;
	}

	/**
	 * Bytes to send before the first block, and again before the block at which an interrupted document
	 * resumes, because nobody knows what the printer was told last.
	 */
	start(): Uint8Array {
		this.#length = 0;
		// ESC @ Initialize printer; ESC 2 Select default line spacing; FS . Cancel Kanji character mode,
		// which printers for the Chinese market switch on by themselves.
		this.#put(ESC, 0x40, ESC, 0x32, FS, 0x2e);
		return this.#taken();
	}

	/**
	 * The bytes of one block, complete lines only.
	 * @throws CloseoutError `LIMIT` when the block needs more than `PRINT_BLOCK_BYTES_MAX` bytes or its QR
	 * data is too long, `USAGE` when the QR data is not ASCII.
	 */
	block(block: SlipBlock): Uint8Array {
		this.#length = 0;
		this.#align = "left";
		this.#bold = false;
		this.#size = "normal";
		for (const item of block) {
			for (const laid of layoutItem(item, this.#layout)) this.#item(laid);
		}
		this.#look("left", false, "normal");
		return this.#taken();
	}

	/** The bytes of a text within a line, in the state that `start` makes. */
	text(text: string): Uint8Array {
		this.#length = 0;
		this.#text(this.#layout.clean(text));
		return this.#taken();
	}

	#item(laid: LaidItem): void {
		switch (laid.kind) {
			case "line":
				this.#line(laid);
				break;
			case "qr":
				this.#qr(laid.data, laid.moduleDots);
				break;
			case "cut":
				this.#cut(laid.mode);
				break;
		}
	}

	#line(line: LaidLine): void {
		if (line.text !== "") {
			this.#look(line.align, line.bold, line.size);
			this.#text(line.text);
		} else {
			this.#look(this.#align, false, "normal");
		}
		// LF Print and line feed.
		this.#put(LF);
	}

	#look(align: Align, bold: boolean, size: TextSize): void {
		// ESC a Select justification: only at the beginning of a line, which is where this is called.
		if (align !== this.#align) this.#put(ESC, 0x61, alignCodes[align]);
		// ESC E Turn emphasized mode on/off.
		if (bold !== this.#bold) this.#put(ESC, 0x45, bold ? 1 : 0);
		// GS ! Select character size.
		if (size !== this.#size) this.#put(GS, 0x21, sizeCodes[size]);
		this.#align = align;
		this.#bold = bold;
		this.#size = size;
	}

	/** FS & Select Kanji character mode and FS . around every run of Chinese: right on any default. */
	#text(text: string): void {
		for (const run of text.match(/[ -~]+|[^ -~]+/g) ?? []) {
			if (run >= " " && run < "\u007f") this.#ascii(run);
			else this.#chinese(run);
		}
	}

	#ascii(text: string): void {
		const { length } = text;
		const start = this.#length;
		this.#makeRoom(length);
		for (let index = 0; index < length; index++) {
			this.#buffer[start + index] = text.charCodeAt(index);
		}
		this.#length = start + length;
	}

	#chinese(text: string): void {
		let isChinese = false;
		for (const character of text) {
			const code = this.#charset.code(character.codePointAt(0) ?? 0) ?? 0x3f;
			if (code >= 0x80 !== isChinese) {
				isChinese = !isChinese;
				this.#put(FS, isChinese ? 0x26 : 0x2e);
			}
			if (code > 0xffff) this.#put((code / 0x1000000) | 0, (code >>> 16) & 0xff);
			if (code > 0xff) this.#put((code >> 8) & 0xff);
			this.#put(code & 0xff);
		}
		if (isChinese) this.#put(FS, 0x2e);
	}

	/** GS ( k, cn = 49: the functions in the order that the reference asks for. */
	#qr(data: string, moduleDots: number): void {
		this.#look("center", false, "normal");
		// Function 165: select the model; 167: set the size of module; 169: error correction level.
		this.#put(GS, 0x28, 0x6b, 4, 0, 49, 65, QR_MODEL_2, 0);
		this.#put(GS, 0x28, 0x6b, 3, 0, 49, 67, moduleDots);
		this.#put(GS, 0x28, 0x6b, 3, 0, 49, 69, QR_LEVEL_M);
		// Function 180: store the data in the symbol storage area.
		const length = data.length + 3;
		this.#put(GS, 0x28, 0x6b, length & 0xff, length >> 8, 49, 80, 48);
		for (let index = 0; index < data.length; index++) this.#put(data.charCodeAt(index));
		// Function 181: print the symbol data. It ends its line by itself.
		this.#put(GS, 0x28, 0x6b, 3, 0, 49, 81, 48);
	}

	#cut(mode: "partial" | "full"): void {
		this.#look("left", false, "normal");
		// GS V, function B: feed to the cutting position and cut; without a cutter ESC d Print and feed n lines.
		if (this.#facts.cutter) this.#put(GS, 0x56, mode === "full" ? 65 : 66, 0);
		else this.#put(ESC, 0x64, this.#facts.tearLines);
	}

	#put(...bytes: readonly number[]): void {
		this.#makeRoom(bytes.length);
		for (const byte of bytes) this.#buffer[this.#length++] = byte;
	}

	#makeRoom(count: number): void {
		if (this.#length + count <= PRINT_BLOCK_BYTES_MAX) return;
		throw new CloseoutError(
			"LIMIT",
			`print block: more than ${PRINT_BLOCK_BYTES_MAX} bytes; make the document of smaller blocks`,
		);
	}

	#taken(): Uint8Array {
		return this.#buffer.slice(0, this.#length);
	}
}
