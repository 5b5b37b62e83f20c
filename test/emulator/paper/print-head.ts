/** The line that a receipt printer is putting together, and the modes it does that in. */
import type { PaperDecoderOptions } from "./decoder.ts";
import {
	type Align,
	CHARACTER_DOTS,
	COLUMN_DOTS,
	type PaperEntry,
	type PaperRun,
	type TextStyle,
} from "./model.ts";
import type { Command } from "./syntax.ts";

/** ESC 2: a sixth of an inch at 203 dpi. */
const LINE_SPACING_DOTS = 34;
const FONT_B_DOTS = 9;
const TAB_COLUMNS = 8;

const plain: TextStyle = {
	bold: false,
	underline: false,
	inverse: false,
	font: "a",
	width: 1,
	height: 1,
};
const aligns: readonly Align[] = ["left", "center", "right"];
/** ESC t: the code pages of the reference that the Encoding Standard has as well. */
const codePages: Readonly<Record<number, string>> = {
	16: "windows-1252",
	17: "ibm866",
	39: "iso-8859-2",
	40: "iso-8859-15",
	45: "windows-1250",
	46: "windows-1251",
	47: "windows-1253",
	48: "windows-1254",
	49: "windows-1255",
	50: "windows-1256",
	51: "windows-1257",
	52: "windows-1258",
};

/** Commands that leave no trace on this paper: sensors, status, page mode, stored images, macros. */
const traceless = new Set(
	[
		"DLE \x04,DLE \x05,DLE \x14,CR,CAN,ESC <,ESC =,ESC ?,ESC %,ESC &,ESC R,ESC T,ESC U,ESC V,ESC v",
		"ESC D,ESC W,ESC L,ESC S,ESC c,ESC r,ESC u,ESC {,ESC A,ESC \f,FS ?,FS C,FS S,FS 2,FS q,FS (",
		"GS #,GS $,GS /,GS :,GS C,GS E,GS I,GS L,GS P,GS T,GS W,GS \\,GS ^,GS a,GS b,GS c,GS f",
		"GS g,GS j,GS r,GS z,GS *",
	]
		.join(",")
		.split(","),
);

interface OpenRun {
	text: string;
	readonly widthsDots: number[];
	readonly style: TextStyle;
}

export class PrintHead {
	#gb18030: InstanceType<typeof TextDecoder> | undefined;
	readonly #options: PaperDecoderOptions;
	readonly #emit: (entry: PaperEntry) => void;
	#runs: OpenRun[] = [];
	#x = 0;
	#overflowed = false;
	#style = plain;
	#spacingDots = 0;
	#lineSpacingDots = LINE_SPACING_DOTS;
	#codePage: { decode(bytes: Uint8Array): string } | undefined;
	align: Align = "left";
	isChinese = false;

	constructor(options: PaperDecoderOptions, emit: (entry: PaperEntry) => void) {
		this.#options = options;
		this.#emit = emit;
		this.initialize();
	}

	get isLineBegun(): boolean {
		return this.#runs.length > 0;
	}

	/** ESC @: the modes of power-on; the line that was not printed yet is lost. */
	initialize(): void {
		this.dropLine();
		this.#style = plain;
		this.#spacingDots = 0;
		this.#lineSpacingDots = LINE_SPACING_DOTS;
		this.#codePage = undefined;
		this.align = "left";
		this.isChinese = this.#options.isChineseByDefault ?? false;
	}

	dropLine(): void {
		this.#runs = [];
		this.#x = 0;
		this.#overflowed = false;
	}

	/** A character of one byte, in the code page when it is not ASCII. */
	printSingle(byte: number): void {
		const decoded = this.#codePage?.decode(Uint8Array.of(byte)) ?? "\ufffd";
		const dots = this.#style.font === "b" ? FONT_B_DOTS : COLUMN_DOTS;
		this.#print(byte < 0x7f ? String.fromCharCode(byte) : decoded, dots);
	}

	/** A character of two or four bytes, which fills a square. */
	printChinese(bytes: readonly number[]): void {
		// Made when it is needed: XS, where the printer runs too, knows UTF-8 only.
		this.#gb18030 ??= new TextDecoder("gb18030");
		this.#print(this.#gb18030.decode(Uint8Array.from(bytes)), CHARACTER_DOTS);
	}

	/** Puts something of its own on paper, after the line that was begun. */
	emit(entry: PaperEntry): void {
		if (this.isLineBegun) this.#endLine();
		this.#emit(entry);
	}

	/** Carries out what concerns text and paper; false when the command is not one of these. */
	obey({ name, parameters: [first = 0, second = 0] }: Command): boolean {
		if (this.#obeyFeed(name, first) || this.#obeyStyle(name, first)) return true;
		switch (name) {
			case "ESC @":
				this.initialize();
				return true;
			case "ESC a":
				this.align = aligns[first % 48] ?? this.align;
				return true;
			case "ESC t":
				this.#codePage =
					codePages[first] === undefined ? undefined : new TextDecoder(codePages[first]);
				return true;
			case "FS &":
			case "FS .":
				this.isChinese = name === "FS &";
				return true;
			case "ESC  ":
				this.#spacingDots = first;
				return true;
			case "HT":
				this.#moveTo(
					(Math.floor(this.#x / (TAB_COLUMNS * COLUMN_DOTS)) + 1) * TAB_COLUMNS * COLUMN_DOTS,
				);
				return true;
			case "ESC $":
				this.#moveTo(first + second * 256);
				return true;
			case "ESC \\":
				this.#moveTo(this.#x + first + second * 256);
				return true;
			case "ESC p":
				this.#emit({ kind: "pulse", advanceDots: 0 });
				return true;
			default:
				return traceless.has(name);
		}
	}

	#obeyFeed(name: string, count: number): boolean {
		switch (name) {
			case "LF":
				this.#endLine();
				return true;
			case "FF":
				if (this.isLineBegun) this.#endLine();
				return true;
			case "ESC d":
				this.#feedLines(count);
				return true;
			case "ESC J":
			case "ESC K":
			case "ESC e":
				if (this.isLineBegun) this.#endLine();
				this.#emit({ kind: "feed", advanceDots: name === "ESC J" ? count : 0 });
				return true;
			case "ESC 2":
				this.#lineSpacingDots = LINE_SPACING_DOTS;
				return true;
			case "ESC 3":
				this.#lineSpacingDots = count;
				return true;
			case "ESC i":
			case "ESC m":
				this.#emit({ kind: "cut", mode: name === "ESC i" ? "full" : "partial", advanceDots: 0 });
				return true;
			case "GS V":
				this.#emit({ kind: "cut", mode: fullCuts.has(count) ? "full" : "partial", advanceDots: 0 });
				return true;
			default:
				return false;
		}
	}

	#obeyStyle(name: string, value: number): boolean {
		const isOn = (value & 1) === 1;
		switch (name) {
			case "ESC !":
				this.#change({
					font: isOn ? "b" : "a",
					bold: (value & 8) !== 0,
					height: value & 16 ? 2 : 1,
					width: value & 32 ? 2 : 1,
					underline: (value & 128) !== 0,
				});
				return true;
			case "FS !":
				this.#change({ width: value & 4 ? 2 : 1, height: value & 8 ? 2 : 1 });
				return true;
			case "FS W":
				this.#change({ width: isOn ? 2 : 1, height: isOn ? 2 : 1 });
				return true;
			case "GS !":
				this.#change({ width: 1 + ((value >> 4) & 7), height: 1 + (value & 7) });
				return true;
			case "ESC E":
			case "ESC G":
				this.#change({ bold: isOn });
				return true;
			case "ESC M":
				this.#change({ font: isOn ? "b" : "a" });
				return true;
			case "ESC -":
			case "FS -":
				this.#change({ underline: value % 48 !== 0 });
				return true;
			case "GS B":
				this.#change({ inverse: isOn });
				return true;
			default:
				return false;
		}
	}

	#change(change: Partial<TextStyle>): void {
		this.#style = { ...this.#style, ...change };
	}

	#print(character: string, dots: number): void {
		const width = (dots + this.#spacingDots) * this.#style.width;
		if (this.#x > 0 && this.#x + width > (this.#options.dotsAcross ?? Number.POSITIVE_INFINITY)) {
			this.#endLine();
			this.#overflowed = true;
		}
		let run = this.#runs.at(-1);
		if (run?.style !== this.#style) {
			run = { text: "", widthsDots: [], style: this.#style };
			this.#runs.push(run);
		}
		run.text += character;
		run.widthsDots.push(width);
		this.#x += width;
	}

	/** A gap, as one wide space. */
	#moveTo(x: number): void {
		if (x <= this.#x) return;
		this.#runs.push({ text: " ", widthsDots: [x - this.#x], style: plain });
		this.#x = x;
	}

	/** The line is on paper, and the paper moves by the taller of the line and the spacing. */
	#endLine(): void {
		const runs: readonly PaperRun[] = this.#runs;
		const height = CHARACTER_DOTS * Math.max(0, ...runs.map((run) => run.style.height));
		const advanceDots = Math.max(height, this.#lineSpacingDots);
		const overflowed = this.#overflowed;
		this.dropLine();
		this.#emit({ kind: "line", align: this.align, runs, overflowed, advanceDots });
	}

	/** ESC d counts the line being printed as the first. */
	#feedLines(count: number): void {
		for (let line = 0; line < Math.max(count, this.isLineBegun ? 1 : 0); line++) this.#endLine();
	}
}

/** GS V: 0 and "0" cut wholly, and so do 65, 97 and 103 after a feed. */
const fullCuts = new Set([0, 48, 65, 97, 103]);
