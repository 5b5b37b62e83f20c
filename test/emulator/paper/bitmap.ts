/**
 * Paper as a picture of black and white dots, the same on every machine: two thirds of the size of the print head, since
 * the font has 16 dots where the printer's has 24.
 */
import { decode, encode } from "fast-png";
import { GLYPH_DOTS, glyphOf } from "./glyph.ts";
import {
	type Align,
	CHARACTER_DOTS,
	COLUMN_DOTS,
	lineDots,
	type PaperEntry,
	type PaperLine,
	type PaperQr,
	type PaperRun,
} from "./model.ts";
import { qrMatrix } from "./qr.ts";

const MARGIN = 16;
const scaled = (dots: number) => Math.round((dots * GLYPH_DOTS) / CHARACTER_DOTS);

/** Rows of dots, one byte each: 1 is ink. */
export class Bitmap {
	readonly width: number;
	readonly height: number;
	readonly #dots: Uint8Array;

	constructor(width: number, height: number) {
		this.width = width;
		this.height = height;
		this.#dots = new Uint8Array(width * height);
	}

	fill(x: number, y: number, width: number, height: number, ink = 1): void {
		for (let row = y; row < y + height; row++) {
			this.#dots.fill(ink, row * this.width + x, row * this.width + x + width);
		}
	}

	invert(x: number, y: number): void {
		const at = y * this.width + x;
		this.#dots[at] = 1 - (this.#dots[at] ?? 0);
	}

	/** A PNG of one bit a dot. */
	png(): Uint8Array {
		const { width, height } = this;
		const rowBytes = Math.ceil(width / 8);
		const data = new Uint8Array(rowBytes * height).fill(0xff);
		for (const [at, ink] of this.#dots.entries()) {
			if (ink === 0) continue;
			const place = Math.floor(at / width) * rowBytes + ((at % width) >> 3);
			data[place] = (data[place] ?? 0) & ~(0x80 >> ((at % width) & 7));
		}
		return encode({ width, height, data, depth: 1, channels: 1 }, { zlib: { level: 9 } });
	}
}

/** What two pictures must have in common to look the same. */
export function dotsOf(png: Uint8Array) {
	const { width, height, data } = decode(png);
	return { width, height, data: Buffer.from(Uint8Array.from(data)).toString("base64") };
}

/** Entries from the top of the paper down. Throws `ASSERTION` for a character that the font does not have. */
export function paperBitmap(entries: readonly PaperEntry[], dotsAcross: number): Bitmap {
	const length = entries.reduce((sum, entry) => sum + scaled(entry.advanceDots), 0);
	const bitmap = new Bitmap(scaled(dotsAcross) + 2 * MARGIN, length + 2 * MARGIN);
	let y = MARGIN;
	for (const entry of entries) {
		if (entry.kind === "line") drawLine(bitmap, entry, y, dotsAcross);
		else if (entry.kind === "qr") drawQr(bitmap, entry, y, dotsAcross);
		else if (entry.kind === "cut") drawCut(bitmap, y, dotsAcross);
		y += scaled(entry.advanceDots);
	}
	return bitmap;
}

function drawLine(bitmap: Bitmap, line: PaperLine, y: number, across: number): void {
	let x = leftOf(line.align, lineDots(line), across);
	for (const run of line.runs) {
		for (const [index, character] of [...run.text].entries()) {
			const widthDots = run.widthsDots[index] ?? 0;
			drawCharacter(bitmap, character, { x: MARGIN + scaled(x), y, widthDots, run });
			x += widthDots;
		}
	}
}

interface Place {
	readonly x: number;
	readonly y: number;
	readonly widthDots: number;
	readonly run: PaperRun;
}

/** In the middle of its cell; bold is one dot wider. */
function drawCharacter(bitmap: Bitmap, character: string, { x, y, widthDots, run }: Place): void {
	const { width, height, bold, inverse, underline } = run.style;
	const cellDots = scaled(widthDots);
	const cellHeight = GLYPH_DOTS * height;
	const glyph = glyphOf(character);
	const left = x + Math.max(0, Math.floor((cellDots - glyph.widthDots * width) / 2));
	for (const [column, row] of glyph.ink) {
		const inkWidth = Math.min(width + (bold ? 1 : 0), x + cellDots - left - column * width);
		bitmap.fill(left + column * width, y + row * height, inkWidth, height);
	}
	if (underline) bitmap.fill(x, y + cellHeight - 1, cellDots, 1);
	if (!inverse) return;
	for (let row = 0; row < cellHeight; row++) {
		for (let column = 0; column < cellDots; column++) bitmap.invert(x + column, y + row);
	}
}

function drawQr(bitmap: Bitmap, qr: PaperQr, y: number, across: number): void {
	const { size, modules } = qrMatrix(qr.data, qr.level);
	const left = MARGIN + scaled(leftOf(qr.align, size * qr.moduleDots, across));
	for (const [index, dark] of modules.entries()) {
		if (dark !== 1) continue;
		const [column, row] = [index % size, Math.floor(index / size)];
		const [x, top] = [scaled(column * qr.moduleDots), scaled(row * qr.moduleDots)];
		const width = scaled((column + 1) * qr.moduleDots) - x;
		bitmap.fill(left + x, y + top, width, scaled((row + 1) * qr.moduleDots) - top);
	}
}

function drawCut(bitmap: Bitmap, y: number, across: number): void {
	for (let x = 0; x < scaled(across); x += COLUMN_DOTS) bitmap.fill(MARGIN + x, y, 6, 1);
}

function leftOf(align: Align, width: number, across: number): number {
	if (align === "left") return 0;
	return Math.floor((across - width) / (align === "right" ? 1 : 2));
}
