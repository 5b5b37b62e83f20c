/**
 * Unicode to GB 18030, for printing. The table (`firmware/resources/gb-table.ts`) is passed in, so that a
 * device can keep it in flash.
 *
 * The table holds pairs of big-endian 16-bit numbers (code point, two-byte code) in the order of the code
 * points: GB 2312 and the symbols, 7,752 pairs. The other 14,139 ideographs of U+4E00 to U+9FA5 are not
 * in it, because GBK lists them in the order of Unicode (regions GBK/3 and GBK/4): their code follows
 * from how many of their predecessors the table does not hold. The four-byte codes of GB 18030 are
 * counted off in the same way.
 */
import { assert } from "../../../protocol/error.ts";

/** Character set a printer understands: two-byte codes only, or four-byte codes as well. */
export type Charset = "gbk" | "gb18030";

const PAIR_BYTES = 4;
const IDEOGRAPH_FIRST = 0x4e00;
const IDEOGRAPH_LAST = 0x9fa5;
/** Ideographs of U+4E00 to U+9FA5 outside GB 2312. */
const COUNTED_IDEOGRAPHS = 14_139;
/** Region GBK/3: lead bytes 0x81 to 0xA0 with 190 trail bytes each. */
const GBK3_CODES = 6_080;
/**
 * Four-byte codes left vacant by characters that moved to two bytes: U+1E3F in GB 18030-2005, and eight
 * ideographs that end with U+9FBB in GB 18030-2022.
 */
const vacated = [
	{ last: 0x1e3f, codes: 1 },
	{ last: 0x9fbb, codes: 8 },
];

/** What a terminal prints in place of a character the printer does not have. */
export const REPLACEMENT = "?";

/** Characters with the same look on paper that GBK has, for common ones that it has not. */
const lookAlikes: Readonly<Record<string, string>> = {
	"\u00a0": " ",
	"\u00a2": "￠",
	"\u00a3": "￡",
	"\u00a5": "￥",
	"\u2010": "-",
	"\u2011": "-",
	"\u2012": "-",
	"\u2022": "·",
	"\u2212": "-",
	"\t": " ",
};

/** Codes found last, by the low bits of the code point: a list repeats the same few words in every row. */
const RECENT_CODES = 64;

export class Gb18030 {
	readonly #table: Uint8Array;
	readonly #recentPoints = new Uint16Array(RECENT_CODES);
	readonly #recentCodes = new Uint32Array(RECENT_CODES);
	readonly #pairs: number;
	readonly #fourByte: boolean;
	readonly #beforeIdeographs: number;

	/** `table` as `firmware/resources/gb-table.ts` describes it. */
	constructor(table: Uint8Array, charset: Charset) {
		assert(
			table.length > 0 && table.length % PAIR_BYTES === 0,
			`GB table: ${table.length} bytes are no whole number of pairs; generate it again`,
		);
		this.#table = table;
		this.#pairs = table.length / PAIR_BYTES;
		this.#fourByte = charset === "gb18030";
		this.#beforeIdeographs = this.#pairsBelow(IDEOGRAPH_FIRST);
	}

	/**
	 * The code of a character as one number: below 0x80 one byte, below 0x10000 two bytes, otherwise four.
	 * `undefined` for what cannot be printed: control characters, private use, emoji, and scripts that no
	 * printer's Chinese font must have. Of the four-byte codes only ideographs count (extension A is
	 * compulsory since GB 18030-2000), because anything else would leave an unnoticed blank.
	 */
	code(codePoint: number): number | undefined {
		if (codePoint < 0x80) return codePoint >= 0x20 && codePoint < 0x7f ? codePoint : undefined;
		if (codePoint > 0xffff) return undefined;
		const slot = codePoint % RECENT_CODES;
		if (this.#recentPoints[slot] === codePoint) return this.#recentCodes[slot];
		const code = this.#find(codePoint);
		if (code === undefined) return undefined;
		this.#recentPoints[slot] = codePoint;
		this.#recentCodes[slot] = code;
		return code;
	}

	#find(codePoint: number): number | undefined {
		const below = this.#pairsBelow(codePoint);
		if (this.#at(below) === codePoint) return this.#codeAt(below);
		if (codePoint >= IDEOGRAPH_FIRST && codePoint <= IDEOGRAPH_LAST) {
			return countedCode(codePoint - IDEOGRAPH_FIRST - (below - this.#beforeIdeographs));
		}
		if (!this.#fourByte || !isLaterIdeograph(codePoint)) return undefined;
		const counted = codePoint > IDEOGRAPH_LAST ? COUNTED_IDEOGRAPHS : 0;
		const vacant = vacated.reduce(
			(sum, { last, codes }) => sum + (codePoint > last ? codes : 0),
			0,
		);
		return fourByteCode(codePoint - 0x80 - below - counted + vacant);
	}

	/** How many pairs stand for code points below this one: also the place where it would be. */
	#pairsBelow(codePoint: number): number {
		let low = 0;
		let high = this.#pairs;
		while (low < high) {
			const middle = (low + high) >> 1;
			if (this.#at(middle) < codePoint) low = middle + 1;
			else high = middle;
		}
		return low;
	}

	#at(pair: number): number {
		return this.#short(pair * PAIR_BYTES);
	}

	#codeAt(pair: number): number {
		return this.#short(pair * PAIR_BYTES + 2);
	}

	/** Beyond the end it is 0, which is no code point of the table. */
	#short(offset: number): number {
		return ((this.#table[offset] ?? 0) << 8) | (this.#table[offset + 1] ?? 0);
	}
}

/**
 * The text as it can stand on paper: every character is a newline or has a code. Look-alikes are put in,
 * marks without ink (joiners, direction, variation) fall away, and anything else becomes `REPLACEMENT`.
 * So no text, wherever it comes from, can carry a command to the printer.
 */
export function printableText(text: string, charset: Gb18030): string {
	// Most of what is printed needs no look at its characters one by one.
	if (/^[ -~\n]*$/.test(text)) return text;
	return text.replaceAll("\r\n", "\n").replace(/[^ -~\n]/gu, (character) => {
		const codePoint = character.codePointAt(0) ?? 0;
		if (charset.code(codePoint) !== undefined) return character;
		return isWithoutInk(codePoint) ? "" : (lookAlikes[character] ?? REPLACEMENT);
	});
}

/** Regions GBK/3 (190 trail bytes from 0x40) and GBK/4 (96 of them, lead bytes from 0xAA). */
function countedCode(index: number): number {
	const inThird = index < GBK3_CODES;
	const rest = inThird ? index : index - GBK3_CODES;
	const trails = inThird ? 190 : 96;
	const lead = (inThird ? 0x81 : 0xaa) + Math.floor(rest / trails);
	const trail = 0x40 + (rest % trails);
	// 0x7F is no trail byte.
	return (lead << 8) | (trail < 0x7f ? trail : trail + 1);
}

/** Four-byte codes count with digits of 10, 126, 10 from the last byte to the first. */
function fourByteCode(index: number): number {
	const fourth = 0x30 + (index % 10);
	const third = 0x81 + (Math.floor(index / 10) % 126);
	const second = 0x30 + (Math.floor(index / 1_260) % 10);
	const first = 0x81 + Math.floor(index / 12_600);
	return first * 0x1000000 + ((second << 16) | (third << 8) | fourth);
}

/** Extension A, and what was added behind U+9FA5. */
function isLaterIdeograph(codePoint: number): boolean {
	return (
		(codePoint >= 0x3400 && codePoint <= 0x4dbf) ||
		(codePoint > IDEOGRAPH_LAST && codePoint <= 0x9fff)
	);
}

function isWithoutInk(codePoint: number): boolean {
	return (
		codePoint === 0xad ||
		codePoint === 0xfeff ||
		(codePoint >= 0x200b && codePoint <= 0x200f) ||
		(codePoint >= 0x202a && codePoint <= 0x202e) ||
		(codePoint >= 0x2060 && codePoint <= 0x2069) ||
		(codePoint >= 0xfe00 && codePoint <= 0xfe0f)
	);
}
