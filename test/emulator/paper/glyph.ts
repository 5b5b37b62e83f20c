/** The dots of characters, from the outlines of GNU Unifont, whose every edge lies on a grid of 16 units a character. */
import { readFileSync } from "node:fs";
import { create, type Font } from "fontkitten";
import { CloseoutError } from "../../../protocol/error.ts";

/** Dots of a character from top to bottom; across it has as many, or half of them. */
export const GLYPH_DOTS = 16;

const file = new URL(
	"../../../node_modules/@fontsource/unifontex/files/unifontex-latin-400-normal.woff",
	import.meta.url,
);

export interface Glyph {
	readonly widthDots: number;
	/** Dots with ink, as pairs of column and row. */
	readonly ink: readonly (readonly [x: number, y: number])[];
}

interface Edge {
	readonly x: number;
	readonly top: number;
	readonly bottom: number;
}

const glyphs = new Map<string, Glyph>();
let font: Font | undefined;

/** The glyph of one character; a character that the font does not have is one that a picture must not hold. */
export function glyphOf(character: string): Glyph {
	const known = glyphs.get(character);
	if (known !== undefined) return known;
	const { ascent, unitsPerEm, edges, advanceWidth } = outlineOf(character);
	const unit = unitsPerEm / GLYPH_DOTS;
	const widthDots = advanceWidth / unit;
	const ink: [number, number][] = [];
	for (let y = 0; y < GLYPH_DOTS; y++) {
		const middleY = ascent - (y + 0.5) * unit;
		const crossed = edges.filter(({ top, bottom }) => bottom < middleY && middleY < top);
		for (let x = 0; x < widthDots; x++) {
			// A dot is ink when an odd number of edges stands to the left of its middle.
			const left = crossed.filter((edge) => edge.x < (x + 0.5) * unit);
			if (left.length % 2 === 1) ink.push([x, y]);
		}
	}
	const glyph: Glyph = { widthDots, ink };
	glyphs.set(character, glyph);
	return glyph;
}

function outlineOf(character: string) {
	const { ascent, unitsPerEm, ...loaded } = loadFont();
	const glyph = loaded.font.glyphForCodePoint(character.codePointAt(0) ?? 0);
	if (!loaded.font.hasGlyphForCodePoint(character.codePointAt(0) ?? 0)) {
		throw new CloseoutError("ASSERTION", `the picture's font has no "${character}"`);
	}
	const edges: Edge[] = [];
	let [fromX, fromY, startX, startY] = [0, 0, 0, 0];
	const lineTo = (x: number, y: number) => {
		if (y !== fromY) edges.push({ x, top: Math.max(y, fromY), bottom: Math.min(y, fromY) });
		[fromX, fromY] = [x, y];
	};
	for (const { command, args } of glyph.path.commands) {
		if (command === "closePath") {
			lineTo(startX, startY);
			continue;
		}
		// The font's curves are straight: their control point is where they begin.
		const [x = fromX, y = fromY] = args.slice(-2);
		if (command !== "moveTo") lineTo(x, y);
		else [fromX, fromY, startX, startY] = [x, y, x, y];
	}
	return { ascent, unitsPerEm, edges, advanceWidth: glyph.advanceWidth };
}

function loadFont() {
	if (font === undefined) {
		const loaded = create(readFileSync(file));
		if (loaded.isCollection) throw new CloseoutError("ASSERTION", "the font is a collection");
		font = loaded;
	}
	const { ascent, unitsPerEm } = font;
	return { font, ascent, unitsPerEm };
}
