/**
 * Text on a grid of columns, as a receipt printer sees it: an ASCII character takes one column, every
 * other character is printed from the Chinese font and takes two (also é or α, which GBK holds as
 * full-width characters). All functions expect text that has passed `printableText`.
 */
import { assert } from "../error.ts";

export type Align = "left" | "center" | "right";

/** Shown in place of what a cut text lost; two columns wide and in every Chinese font. */
export const CUT_SIGN = "…";
/** The narrowest width that can take any character. */
export const WIDTH_COLUMNS_MIN = 2;

/** Punctuation that may not begin a line in Chinese typesetting. */
const closing = "，。、；：？！）》」』】〕”’…),.;:?!%";

/** Columns one character takes; `character` is one code point. */
export function characterColumns(character: string): 1 | 2 {
	return character < "\u0080" ? 1 : 2;
}

/** True where a character outside the Basic Multilingual Plane is one unit of a text's length and not two. */
const COUNTS_CODE_POINTS = Array.from("\u{1f600}").length === "\u{1f600}".length;

/** Columns a text takes on one line. */
export function textColumns(text: string): number {
	// Counted by what is not ASCII: a surrogate pair is two units and two columns, any other character one unit more.
	const wide = text.match(/[\u0080-\ud7ff\ue000-\uffff]/g)?.length ?? 0;
	const rare = COUNTS_CODE_POINTS ? (text.match(/[\u{10000}-\u{10ffff}]/gu)?.length ?? 0) : 0;
	return text.length + wide + rare;
}

/** The text when it fits in `width` columns, otherwise as much of it as fits before `CUT_SIGN`. */
export function cutText(text: string, width: number): string {
	assert(
		width >= WIDTH_COLUMNS_MIN,
		`a width of ${width} columns cannot take a full-width character`,
	);
	if (textColumns(text) <= width) return text;
	const room = width - textColumns(CUT_SIGN);
	let kept = "";
	let used = 0;
	for (const character of text) {
		used += characterColumns(character);
		if (used > room) break;
		kept += character;
	}
	return kept + CUT_SIGN;
}

/** Fills `text` up with spaces to `width` columns; a text that is wider comes back unchanged. */
export function padText(text: string, width: number, align: Align = "left"): string {
	const free = Math.max(0, width - textColumns(text));
	const before = align === "left" ? 0 : align === "right" ? free : free >> 1;
	return " ".repeat(before) + text + " ".repeat(free - before);
}

/**
 * Breaks a text into lines of at most `width` columns, at newlines, after spaces and on either side of a
 * full-width character; a longer word is broken where the line ends. Only spaces at a break are lost.
 * An empty text is one empty line.
 */
export function wrapText(text: string, width: number): readonly string[] {
	assert(
		width >= WIDTH_COLUMNS_MIN,
		`a width of ${width} columns cannot take a full-width character`,
	);
	return text.split("\n").flatMap((paragraph) => wrapParagraph(paragraph, width));
}

function wrapParagraph(text: string, width: number): string[] {
	if (textColumns(text) <= width) return [withoutTrailingSpaces(text)];
	const lines: string[] = [];
	let line = "";
	let used = 0;
	/** Where `line` may be parted; 0 when only its end is left. */
	let breakAt = 0;
	for (const character of text) {
		const columns = characterColumns(character);
		if (character === " " && used === width) {
			breakAt = line.length;
			continue;
		}
		const isSeam = columns === 2 || line.endsWith(" ") || characterColumns(line.at(-1) ?? "") === 2;
		if (isSeam && !closing.includes(character)) breakAt = line.length;
		// Twice at most: the part carried over can still be too long before closing punctuation.
		while (line !== "" && used + columns > width) {
			const end = breakAt > 0 ? breakAt : line.length;
			lines.push(withoutTrailingSpaces(line.slice(0, end)));
			line = line.slice(end);
			used = textColumns(line);
			breakAt = 0;
		}
		line += character;
		used += columns;
	}
	lines.push(withoutTrailingSpaces(line));
	return lines;
}

/** Takes trailing spaces off: they carry nothing on paper. */
export function withoutTrailingSpaces(text: string): string {
	let end = text.length;
	while (end > 0 && text[end - 1] === " ") end--;
	return text.slice(0, end);
}
