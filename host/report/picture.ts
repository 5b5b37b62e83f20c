import { create } from "qrcode";
import { type LaidItem, type LaidLine, layoutItem } from "../../protocol/slip/layout.ts";
import type { Slip, TextSize } from "../../protocol/slip/slip.ts";
import { characterColumns, textColumns } from "../../protocol/slip/width.ts";

/**
 * A slip as an SVG picture, one unit a dot of the print head at 203 dpi. The lines are those that the printer
 * gets, and every character stands in its own cell, so columns line up whatever font the viewer has.
 */

/** Font A of receipt printers; a Chinese character takes two columns. */
const COLUMN_DOTS = 12;
const CHARACTER_DOTS = 24;
const LINE_DOTS = 30;
/** From the top of a character's cell to the line it stands on. */
const BASELINE_DOTS = 20;
const CUT_DOTS = 40;
const MARGIN_DOTS = 36;

export interface PictureOptions {
	/** Columns of the paper: 32 for 58 mm, 48 for 80 mm. */
	readonly columns: number;
	/** What the picture is, for those who cannot see it. */
	readonly title: string;
}

/** A complete SVG document. Throws what `layoutItem` throws for a slip that cannot be printed. */
export function slipSvg(slip: Slip, { columns, title }: PictureOptions): string {
	const dotsAcross = columns * COLUMN_DOTS;
	const parts: string[] = [];
	let y = MARGIN_DOTS;
	for (const block of slip) {
		for (const item of block) {
			for (const laid of layoutItem(item, { columns, dotsAcross, qr: true, clean: printable })) {
				const { svg, advance } = drawItem(laid, y, dotsAcross);
				parts.push(svg);
				y += advance;
			}
		}
	}
	const width = dotsAcross + 2 * MARGIN_DOTS;
	const height = y + MARGIN_DOTS;
	return (
		`<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 ${width} ${height}" ` +
		`width="${width}" height="${height}" font-family="monospace" font-size="${CHARACTER_DOTS - 2}">` +
		`<title>${escapeXml(title)}</title><rect width="${width}" height="${height}" fill="#fff"/>` +
		`<g transform="translate(${MARGIN_DOTS} 0)" fill="#000">${parts.join("")}</g></svg>\n`
	);
}

interface Drawn {
	readonly svg: string;
	readonly advance: number;
}

function drawItem(item: LaidItem, y: number, across: number): Drawn {
	if (item.kind === "line") return drawLine(item, y, across);
	if (item.kind === "qr") return drawQr(item.data, item.moduleDots, y, across);
	const middle = y + CUT_DOTS / 2;
	const svg = `<path d="M0 ${middle}H${across}" stroke="#888" stroke-dasharray="8 6"/>`;
	return { svg, advance: CUT_DOTS };
}

const scales: Readonly<Record<TextSize, readonly [number, number]>> = {
	normal: [1, 1],
	wide: [2, 1],
	tall: [1, 2],
	double: [2, 2],
};

/** Magnified characters are drawn in a scaled group, because only that stretches one way alone. */
function drawLine({ text, align, bold, size }: LaidLine, y: number, across: number): Drawn {
	const [wide, high] = scales[size];
	const advance = LINE_DOTS + (high - 1) * CHARACTER_DOTS;
	if (text === "") return { svg: "", advance };
	const free = across - textColumns(text) * COLUMN_DOTS * wide;
	const left = align === "left" ? 0 : Math.floor(free / (align === "right" ? 1 : 2));
	const weight = bold ? ' font-weight="bold"' : "";
	const svg =
		`<text transform="translate(${left} ${y}) scale(${wide} ${high})" x="${places(text)}" ` +
		`y="${BASELINE_DOTS}"${weight} xml:space="preserve">${escapeXml(text)}</text>`;
	return { svg, advance };
}

/** A place for each UTF-16 unit, as SVG counts them; the second of a pair is not looked at. */
function places(text: string): string {
	const list: number[] = [];
	let column = 0;
	for (const character of text) {
		for (let unit = 0; unit < character.length; unit++) list.push(column * COLUMN_DOTS);
		column += characterColumns(character);
	}
	return list.join(" ");
}

function drawQr(data: string, moduleDots: number, y: number, across: number): Drawn {
	const { size, data: modules } = create(data, { errorCorrectionLevel: "M" }).modules;
	let path = "";
	for (const [index, dark] of modules.entries()) {
		if (dark === 1) path += `M${index % size} ${Math.floor(index / size)}h1v1h-1z`;
	}
	const left = Math.floor((across - size * moduleDots) / 2);
	const svg =
		`<g transform="translate(${left} ${y}) scale(${moduleDots})"><title>${escapeXml(data)}</title>` +
		`<path d="${path}"/></g>`;
	return { svg, advance: size * moduleDots + LINE_DOTS };
}

/** Control characters have no place on paper; a person must see that there was something. */
function printable(text: string): string {
	return text.toWellFormed().replaceAll(/(?!\n)\p{Cc}/gu, "?");
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

function escapeXml(text: string): string {
	return text.replaceAll(/[&<>]/g, (sign) => entities[sign] ?? sign);
}
