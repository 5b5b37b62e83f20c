/** What the product must know about a printer, as data: one entry a model. */
import type { Charset } from "./gb18030.ts";

export interface PrinterFacts {
	readonly paperMm: 58 | 80;
	/** ASCII characters of normal size in one line (font A, 12 dots each). */
	readonly columns: 32 | 48;
	/** Printable dots across the paper, 8 to a millimetre (203 dpi). */
	readonly dotsAcross: 384 | 576;
	readonly charset: Charset;
	readonly cutter: boolean;
	/** Whether it draws QR codes itself (GS ( k). */
	readonly qr: boolean;
	/** Lines between the print head and the edge where paper without a cutter is torn. */
	readonly tearLines: number;
}

/** The printer inside most payment terminals. */
export const paper58: PrinterFacts = {
	paperMm: 58,
	columns: 32,
	dotsAcross: 384,
	charset: "gbk",
	cutter: false,
	qr: true,
	tearLines: 4,
};

/** A till printer beside the terminal. */
export const paper80: PrinterFacts = {
	paperMm: 80,
	columns: 48,
	dotsAcross: 576,
	charset: "gb18030",
	cutter: true,
	qr: true,
	tearLines: 4,
};
