/** QR codes, barcodes and images: what a receipt printer draws that is not text. */
import type { PaperQr } from "./model.ts";
import type { PrintHead } from "./print-head.ts";
import { qrMatrix } from "./qr.ts";
import type { Command } from "./syntax.ts";

/** GS k: the systems of m = 0 to 6, and of 65 to 79. */
const barcodes = "UPC-A,UPC-E,EAN13,EAN8,CODE39,ITF,CODABAR,CODE93,CODE128".split(",");
const levels: readonly PaperQr["level"][] = ["L", "M", "Q", "H"];
const BARCODE_HEIGHT_DOTS = 162;
/** The k of GS ( k. */
const SYMBOL_LETTER = 0x6b;
const QR = 49;
const PDF417 = 48;

interface Graphics {
	readonly widthDots: number;
	readonly heightDots: number;
}

export class PrintedSymbols {
	readonly #head: PrintHead;
	#moduleDots = 3;
	#level: PaperQr["level"] = "L";
	#stored = "";
	#barcodeHeightDots = BARCODE_HEIGHT_DOTS;
	#graphics: Graphics | undefined;

	constructor(head: PrintHead) {
		this.#head = head;
	}

	initialize(): void {
		this.#moduleDots = 3;
		this.#level = "L";
		this.#stored = "";
		this.#barcodeHeightDots = BARCODE_HEIGHT_DOTS;
		this.#graphics = undefined;
	}

	/** Whether the command prints at once and therefore needs the beginning of a line. */
	isPrinting({ name, parameters }: Command): boolean {
		if (name === "GS (") return parameters[0] === SYMBOL_LETTER && parameters[4] === 81;
		return name === "GS k" || name === "GS v" || name === "FS p";
	}

	/** Carries out a symbol or an image; false when the command is none. */
	obey(command: Command): boolean {
		const { name, parameters } = command;
		switch (name) {
			case "ESC @":
				// The print head must hear of it as well.
				this.initialize();
				return false;
			case "GS (":
			case "GS 8":
				return this.#extended(parameters);
			case "GS h":
				this.#barcodeHeightDots = parameters[0] ?? BARCODE_HEIGHT_DOTS;
				return true;
			case "GS w":
			case "GS H":
				return true;
			case "GS k":
				this.#barcode(parameters);
				return true;
			case "GS v":
				this.#raster(parameters);
				return true;
			case "ESC *":
				this.#image(word(parameters, 1), (parameters[0] ?? 0) >= 32 ? 24 : 8);
				return true;
			case "FS p":
				this.#image(0, 0);
				return true;
			default:
				return false;
		}
	}

	/** GS ( letter pL pH: two-dimensional codes (k) and graphics (L) draw, the others set things up. */
	#extended(parameters: readonly number[]): boolean {
		const letter = String.fromCharCode(parameters[0] ?? 0);
		const kind = parameters[3];
		if (letter === "L") return this.#graphicsFunction(parameters);
		if (letter === "k" && kind === QR) return this.#qrFunction(parameters);
		if (letter === "k" && kind === PDF417) return this.#pdfFunction(parameters);
		return "ACDEHKMNPQ".includes(letter);
	}

	#qrFunction(parameters: readonly number[]): boolean {
		const value = parameters[5] ?? 0;
		switch (parameters[4]) {
			case 65:
			case 82:
				return true;
			case 67:
				this.#moduleDots = value;
				return true;
			case 69:
				this.#level = levels[value - 48] ?? "L";
				return true;
			case 80:
				this.#stored = new TextDecoder().decode(Uint8Array.from(parameters.slice(6)));
				return true;
			case 81:
				this.#printQr();
				return true;
			default:
				return false;
		}
	}

	#printQr(): void {
		if (this.#stored === "") return;
		const heightDots = qrMatrix(this.#stored, this.#level).size * this.#moduleDots;
		this.#head.emit({
			kind: "qr",
			data: this.#stored,
			moduleDots: this.#moduleDots,
			level: this.#level,
			align: this.#head.align,
			advanceDots: heightDots,
		});
	}

	#pdfFunction(parameters: readonly number[]): boolean {
		const number = parameters[4] ?? 0;
		if (number === 80) this.#stored = String.fromCharCode(...parameters.slice(6));
		if (number === 81) this.#printBarcode("PDF417", this.#stored);
		return number >= 65 && number <= 82;
	}

	#barcode([system = 0, ...data]: readonly number[]): void {
		const name = barcodes[system < 65 ? system : system - 65] ?? "barcode";
		this.#printBarcode(name, String.fromCharCode(...data));
	}

	#printBarcode(system: string, data: string): void {
		const align = this.#head.align;
		this.#head.emit({ kind: "barcode", system, data, align, advanceDots: this.#barcodeHeightDots });
	}

	/** Function 112 stores a raster, 113 columns; 50 prints what is stored. */
	#graphicsFunction(parameters: readonly number[]): boolean {
		const number = parameters[4] ?? 0;
		if (number === 112 || number === 113) {
			const [scaleX = 1, scaleY = 1] = parameters.slice(6, 8);
			const widthDots = word(parameters, 9) * scaleX;
			this.#graphics = { widthDots, heightDots: word(parameters, 11) * scaleY };
		} else if (number === 2 || number === 50) {
			if (this.#graphics !== undefined)
				this.#image(this.#graphics.widthDots, this.#graphics.heightDots);
			this.#graphics = undefined;
		}
		return true;
	}

	/** GS v 0 m: the width in bytes, the height in dots; m doubles either. */
	#raster(parameters: readonly number[]): void {
		const mode = parameters[1] ?? 0;
		this.#image(
			word(parameters, 2) * (mode & 1 ? 16 : 8),
			word(parameters, 4) * (mode & 2 ? 2 : 1),
		);
	}

	#image(widthDots: number, heightDots: number): void {
		const align = this.#head.align;
		this.#head.emit({ kind: "image", widthDots, heightDots, align, advanceDots: heightDots });
	}
}

function word(bytes: readonly number[], at: number): number {
	return (bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 256;
}
