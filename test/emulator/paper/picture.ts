/**
 * Paper as an SVG picture, one unit a dot of the print head. Every character stands in its own cell of the
 * grid, so columns line up whatever font the viewer has.
 */
import {
	type Align,
	CHARACTER_DOTS,
	lineDots,
	type PaperEntry,
	type PaperLine,
	type PaperQr,
	type PaperRun,
} from "./model.ts";
import { qrMatrix } from "./qr.ts";

export interface PictureOptions {
	/** Printable dots across: 384 for 58 mm, 576 for 80 mm. */
	readonly dotsAcross: number;
	/** Unprinted paper on each side, in dots. */
	readonly marginDots?: number;
}

const MARGIN_DOTS = 40;
/** From the top of a character's cell to the line it stands on. */
const BASELINE_DOTS = 20;

/** A complete SVG document; entries from the top of the paper down. */
export function paperSvg(entries: readonly PaperEntry[], options: PictureOptions): string {
	const margin = options.marginDots ?? MARGIN_DOTS;
	const parts: string[] = [];
	let y = margin;
	for (const entry of entries) {
		parts.push(entrySvg(entry, y, options.dotsAcross));
		y += entry.advanceDots;
	}
	const width = options.dotsAcross + 2 * margin;
	const height = y + margin;
	const paper = `<rect width="${width}" height="${height}" fill="#fff"/>`;
	const ink = `<g transform="translate(${margin} 0)" fill="#000">${parts.join("")}</g>`;
	return (
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" ` +
		`height="${height}" font-family="monospace" font-size="${CHARACTER_DOTS - 2}">` +
		`${paper}${ink}</svg>\n`
	);
}

function entrySvg(entry: PaperEntry, y: number, across: number): string {
	switch (entry.kind) {
		case "line":
			return lineSvg(entry, y, across);
		case "qr":
			return qrSvg(entry, y, across);
		case "cut":
			return `<path d="M0 ${y}H${across}" stroke="#888" stroke-dasharray="8 6"/>`;
		case "image":
			return boxSvg(
				"image",
				leftOf(entry.align, entry.widthDots, across),
				y,
				entry.widthDots,
				entry,
			);
		case "barcode":
			return boxSvg(`${entry.system} ${entry.data}`, 0, y, across, entry);
		case "feed":
		case "pulse":
			return "";
	}
}

function lineSvg(line: PaperLine, y: number, across: number): string {
	let x = leftOf(line.align, lineDots(line), across);
	let svg = "";
	for (const run of line.runs) {
		svg += runSvg(run, x, y);
		x += sumOf(run.widthsDots);
	}
	return svg;
}

/** Magnified characters are drawn in a scaled group, because only that stretches one way alone. */
function runSvg(run: PaperRun, x: number, y: number): string {
	const { style } = run;
	const widthDots = sumOf(run.widthsDots);
	const height = CHARACTER_DOTS * style.height;
	const places: number[] = [];
	let place = 0;
	for (const [index, character] of [...run.text].entries()) {
		// The list has one place for each UTF-16 unit; the second of a pair is not looked at.
		for (let unit = 0; unit < character.length; unit++) places.push(place / style.width);
		place += run.widthsDots[index] ?? 0;
	}
	const weight = style.bold ? ' font-weight="bold"' : "";
	const ink = style.inverse ? ' fill="#fff"' : "";
	const text =
		`<text transform="translate(${x} ${y}) scale(${style.width} ${style.height})" ` +
		`x="${places.join(" ")}" y="${BASELINE_DOTS}"${weight}${ink}>${escapeXml(withFirmSpaces(run.text))}</text>`;
	const ground = style.inverse ? rectSvg(x, y, widthDots, height) : "";
	const line = style.underline ? rectSvg(x, y + height - 2, widthDots, 2) : "";
	return ground + text + line;
}

function qrSvg(qr: PaperQr, y: number, across: number): string {
	const { size, modules } = qrMatrix(qr.data, qr.level);
	const left = leftOf(qr.align, size * qr.moduleDots, across);
	let path = "";
	for (let index = 0; index < modules.length; index++) {
		if (modules[index] !== 1) continue;
		path += `M${index % size} ${Math.floor(index / size)}h1v1h-1z`;
	}
	const title = `<title>${escapeXml(qr.data)}</title>`;
	return `<g transform="translate(${left} ${y}) scale(${qr.moduleDots})">${title}<path d="${path}"/></g>`;
}

/** A frame with a name, for what is on paper but not drawn dot by dot. */
function boxSvg(
	name: string,
	x: number,
	y: number,
	width: number,
	entry: { readonly advanceDots: number },
): string {
	return (
		`<rect x="${x}" y="${y}" width="${width}" height="${entry.advanceDots}" fill="none" stroke="#888"/>` +
		`<text x="${x + 8}" y="${y + BASELINE_DOTS}">${escapeXml(name)}</text>`
	);
}

function rectSvg(x: number, y: number, width: number, height: number): string {
	return `<rect x="${x}" y="${y}" width="${width}" height="${height}"/>`;
}

function leftOf(align: Align, width: number, across: number): number {
	if (align === "left") return 0;
	return Math.floor((across - width) / (align === "right" ? 1 : 2));
}

function sumOf(numbers: readonly number[]): number {
	return numbers.reduce((sum, number) => sum + number, 0);
}

/** Browsers run plain spaces together, even where SVG 1.1 says otherwise; then the places would not fit. */
function withFirmSpaces(text: string): string {
	return text.replaceAll(" ", "\u00a0");
}

/** XML 1.0 has no way to write control characters; they are shown by the sign for what is missing. */
function escapeXml(text: string): string {
	return [...text]
		.map((character) => (character < " " ? "\ufffd" : (entities[character] ?? character)))
		.join("");
}

const entities: Readonly<Record<string, string>> = {
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
	'"': "&quot;",
};
