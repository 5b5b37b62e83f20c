/** What is on a roll of receipt paper, as a stream of bytes put it there. */

/** Font A at 203 dpi: 12 by 24 dots; a Chinese character is 24 by 24. */
export const COLUMN_DOTS = 12;
export const CHARACTER_DOTS = 24;
export const DOTS_PER_MM = 8;

export type Align = "left" | "center" | "right";

export interface Paper {
	/** From the top of the roll to its end. */
	readonly entries: readonly PaperEntry[];
	/** Commands that did nothing, in the order in which they came. */
	readonly ignored: readonly IgnoredCommand[];
}

export type PaperEntry =
	| PaperLine
	| PaperFeed
	| PaperQr
	| PaperBarcode
	| PaperImage
	| PaperCut
	| PaperPulse;

interface Advance {
	/** How far this entry moves the paper, in dots (8 to a millimetre). */
	readonly advanceDots: number;
}

/** A printed line; without runs it is an empty one. */
export interface PaperLine extends Advance {
	readonly kind: "line";
	readonly align: Align;
	readonly runs: readonly PaperRun[];
	/** True when the printer itself began this line because the one before was full. */
	readonly overflowed: boolean;
}

/** Neighbouring characters of one look. */
export interface PaperRun {
	readonly text: string;
	/** Dots across for each code point of `text`, magnification included. */
	readonly widthsDots: readonly number[];
	readonly style: TextStyle;
}

export interface TextStyle {
	readonly bold: boolean;
	readonly underline: boolean;
	readonly inverse: boolean;
	/** Font B is narrower: 9 dots instead of 12. */
	readonly font: "a" | "b";
	/** Magnification, 1 to 8. */
	readonly width: number;
	readonly height: number;
}

export interface PaperFeed extends Advance {
	readonly kind: "feed";
}

export interface PaperQr extends Advance {
	readonly kind: "qr";
	readonly data: string;
	readonly moduleDots: number;
	readonly level: "L" | "M" | "Q" | "H";
	readonly align: Align;
}

export interface PaperBarcode extends Advance {
	readonly kind: "barcode";
	readonly system: string;
	readonly data: string;
	readonly align: Align;
}

/** An image; its dots are not kept. */
export interface PaperImage extends Advance {
	readonly kind: "image";
	readonly widthDots: number;
	readonly heightDots: number;
	readonly align: Align;
}

export interface PaperCut extends Advance {
	readonly kind: "cut";
	readonly mode: "partial" | "full";
}

/** The drawer was opened. */
export interface PaperPulse extends Advance {
	readonly kind: "pulse";
}

/** A command that the decoder does not know, or that the printer takes only at the beginning of a line. */
export interface IgnoredCommand {
	readonly reason: "unknown" | "line-begun" | "bad-character";
	/** Place of the command's first byte in the stream. */
	readonly offset: number;
	readonly bytes: readonly number[];
}

/** The text of one line, without where it stands. */
export function lineText(line: PaperLine): string {
	return line.runs.map((run) => run.text).join("");
}

/** Dots that a line takes across the paper. */
export function lineDots(line: PaperLine): number {
	return line.runs.flatMap((run) => run.widthsDots).reduce((sum, dots) => sum + dots, 0);
}

/** How many columns of a normal font A character (12 dots) a line takes. */
export function lineColumnsUsed(line: PaperLine): number {
	return lineDots(line) / COLUMN_DOTS;
}

export interface PaperTextOptions {
	/** Columns of the paper; with it, centred and right-aligned lines stand where they are on paper. */
	readonly columns?: number;
}

/**
 * Paper as plain text: one line of text for each printed line. Everything that is not text appears in
 * square brackets, a cut as a line of scissors.
 */
export function paperText(paper: Paper, options: PaperTextOptions = {}): string {
	return paper.entries
		.flatMap((entry) => entryText(entry, options.columns))
		.map((line) => `${line}\n`)
		.join("");
}

function entryText(entry: PaperEntry, columns: number | undefined): readonly string[] {
	switch (entry.kind) {
		case "line":
			return [indentOf(entry, columns) + lineText(entry).trimEnd()];
		case "qr":
			return [`[QR ${entry.data}]`];
		case "barcode":
			return [`[${entry.system} ${entry.data}]`];
		case "image":
			return [`[image ${entry.widthDots}x${entry.heightDots}]`];
		case "cut":
			return [entry.mode === "full" ? "✂ ──────" : "✂ ─ ─ ─"];
		case "feed":
		case "pulse":
			return [];
	}
}

function indentOf(line: PaperLine, columns: number | undefined): string {
	if (columns === undefined || line.align === "left" || line.runs.length === 0) return "";
	const free = Math.max(0, columns - lineColumnsUsed(line));
	return " ".repeat(Math.floor(line.align === "right" ? free : free / 2));
}
