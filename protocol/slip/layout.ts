/**
 * Slip items to lines that fit the paper. What a line means on a given printer (bytes, a picture, plain
 * text) is decided by others; here only columns count.
 */
import { assert, CloseoutError } from "../error.ts";
import { QR_DATA_BYTES_MAX } from "../limits.ts";
import type {
	Cell,
	ColumnsItem,
	MarkItem,
	PairItem,
	SlipItem,
	TextItem,
	TextSize,
} from "./slip.ts";
import {
	type Align,
	cutText,
	padText,
	textColumns,
	WIDTH_COLUMNS_MIN,
	withoutTrailingSpaces,
	wrapText,
} from "./width.ts";

export type LaidItem = LaidLine | LaidQr | LaidCut;

/** One printed line; `text` takes at most `lineColumns(columns, size)` columns. */
export interface LaidLine {
	readonly kind: "line";
	readonly text: string;
	readonly align: Align;
	readonly bold: boolean;
	readonly size: TextSize;
}

export interface LaidQr {
	readonly kind: "qr";
	readonly data: string;
	/** Dots of one module. */
	readonly moduleDots: number;
}

export interface LaidCut {
	readonly kind: "cut";
	readonly mode: "partial" | "full";
}

export interface LayoutOptions {
	readonly columns: number;
	readonly dotsAcross: number;
	/** False for paper that cannot show a QR code: its text is printed. */
	readonly qr: boolean;
	/** Makes any text one that the paper can show, e.g. `printableText`. */
	readonly clean: (text: string) => string;
}

/** A name keeps at least this many columns beside its value, otherwise it stands above it. */
const PAIR_LEFT_COLUMNS_MIN = 8;
const QR_MODULE_DOTS_DEFAULT = 6;
const QR_MODULE_DOTS_MIN = 2;
const QR_MODULE_DOTS_MAX = 16;
/** White modules that ISO/IEC 18004 asks for on either side. */
const QR_QUIET_MODULES = 4;
/**
 * ISO/IEC 18004, table 7: bytes that versions 1 to 14 hold at error correction level M. A printer that finds the
 * alphanumeric mode by itself draws a smaller code than was reckoned with; one that does not must still have room.
 */
const qrCapacities = [
	...[14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331],
	QR_DATA_BYTES_MAX,
];
/** Characters of a group where the text is printed instead: as many fit a line of 32 or 48 columns evenly. */
const QR_GROUP_CHARACTERS = 7;

/** Columns of a line in that size. */
export function lineColumns(columns: number, size: TextSize): number {
	return size === "wide" || size === "double" ? columns >> 1 : columns;
}

/**
 * The lines of one item.
 * @throws CloseoutError `LIMIT` or `USAGE` for QR data that cannot be printed.
 */
export function layoutItem(item: SlipItem, options: LayoutOptions): readonly LaidItem[] {
	switch (item.kind) {
		case "text":
			return layoutText(item, options);
		case "pair":
			return layoutPair(item, options);
		case "columns":
			return layoutColumns(item, options);
		case "mark":
			return layoutMark(item, options);
		case "heading":
			return [
				...layoutPair({ kind: "pair", left: item.left, right: item.right, bold: true }, options),
				ruleOf("-", options),
			];
		case "rule":
			return [ruleOf(item.style === "double" ? "=" : "-", options)];
		case "blank":
			return Array.from({ length: item.lines ?? 1 }, () => lineOf("", {}));
		case "qr":
			return layoutQr(item.data, item.size ?? QR_MODULE_DOTS_DEFAULT, options);
		case "cut":
			return [{ kind: "cut", mode: item.mode ?? "partial" }];
	}
}

interface LineLook {
	readonly bold?: boolean;
	readonly size?: TextSize;
	readonly align?: Align;
}

function lineOf(text: string, look: LineLook): LaidLine {
	return {
		kind: "line",
		text: withoutTrailingSpaces(text),
		align: look.align ?? "left",
		bold: look.bold ?? false,
		size: look.size ?? "normal",
	};
}

function ruleOf(sign: string, options: LayoutOptions): LaidLine {
	return lineOf(sign.repeat(options.columns), {});
}

function layoutText(item: TextItem, options: LayoutOptions): readonly LaidLine[] {
	const width = lineColumns(options.columns, item.size ?? "normal");
	const lines = fitText(options.clean(item.text), width, item.overflow === "cut");
	return lines.map((line) => lineOf(line, item));
}

function fitText(text: string, width: number, isCut: boolean): readonly string[] {
	return isCut ? [cutText(text.replaceAll("\n", " "), width)] : wrapText(text, width);
}

function layoutPair(item: PairItem, options: LayoutOptions): readonly LaidLine[] {
	const width = lineColumns(options.columns, item.size ?? "normal");
	const left = options.clean(item.left);
	const right = options.clean(item.right).replaceAll("\n", " ");
	const room = width - textColumns(right) - 1;
	if (room < Math.min(PAIR_LEFT_COLUMNS_MIN, Math.max(WIDTH_COLUMNS_MIN, textColumns(left)))) {
		const above = (left === "" ? [] : wrapText(left, width)).map((line) => lineOf(line, item));
		const below = wrapText(right, width).map((line) => lineOf(padText(line, width, "right"), item));
		return [...above, ...below];
	}
	const names = wrapText(left, room);
	const last = names.length - 1;
	return names.map((name, index) =>
		lineOf(index < last ? name : `${padText(name, room)} ${right}`, item),
	);
}

function layoutColumns(item: ColumnsItem, options: LayoutOptions): readonly LaidLine[] {
	const widths = cellWidths(item.cells, lineColumns(options.columns, item.size ?? "normal"));
	const texts = item.cells.map((cell, index) =>
		fitText(options.clean(cell.text), widths[index] ?? 0, cell.overflow === "cut"),
	);
	const height = Math.max(...texts.map((lines) => lines.length));
	return Array.from({ length: height }, (_, row) => {
		const parts = item.cells.map((cell, index) =>
			padText(texts[index]?.[row] ?? "", widths[index] ?? 0, cell.align),
		);
		return lineOf(parts.join(" "), item);
	});
}

/** Columns of each cell; a broken row is a mistake of the document, which its test must show. */
function cellWidths(cells: readonly Cell[], width: number): readonly number[] {
	assert(cells.length > 0, "a row of a slip has no cells; give it at least one");
	const fixed = cells.reduce((sum, cell) => sum + (cell.width ?? 0), 0);
	const sharing = cells.filter((cell) => cell.width === undefined).length;
	const free = width - fixed - (cells.length - 1);
	const share = sharing > 0 ? Math.floor(free / sharing) : 0;
	let spare = free - share * sharing;
	const widths = cells.map((cell) => cell.width ?? share + (spare-- > 0 ? 1 : 0));
	assert(
		free >= 0 && widths.every((columns) => columns >= WIDTH_COLUMNS_MIN),
		`a row of a slip needs cells of ${widths.join(", ")} columns on a line of ${width}; make it narrower`,
	);
	return widths;
}

function layoutMark(item: MarkItem, options: LayoutOptions): readonly LaidLine[] {
	const text = options.clean(item.text);
	// A banner that would break in the middle of its words is rather narrower than broken.
	const size = textColumns(text) <= lineColumns(options.columns, "double") ? "double" : "tall";
	const border = ruleOf("*", options);
	const lines = wrapText(text, lineColumns(options.columns, size));
	return [
		border,
		...lines.map((line) => lineOf(line, { bold: true, size, align: "center" })),
		border,
	];
}

function layoutQr(data: string, size: number, options: LayoutOptions): readonly LaidItem[] {
	if (!/^[ -~]+$/.test(data)) {
		throw new CloseoutError(
			"USAGE",
			"QR code: its data is empty or not plain ASCII; encode it first",
		);
	}
	if (data.length > QR_DATA_BYTES_MAX) {
		throw new CloseoutError(
			"LIMIT",
			`QR code: ${data.length} characters are more than ${QR_DATA_BYTES_MAX}; shorten its data`,
		);
	}
	if (!options.qr) {
		const groups = data.match(new RegExp(`.{1,${QR_GROUP_CHARACTERS}}`, "g")) ?? [];
		return wrapText(groups.join(" "), options.columns).map((line) => lineOf(line, {}));
	}
	const version = 1 + qrCapacities.findIndex((capacity) => data.length <= capacity);
	const modules = 17 + 4 * version + 2 * QR_QUIET_MODULES;
	const fitting = Math.floor(options.dotsAcross / modules);
	const wanted = Math.min(Math.max(Math.trunc(size), QR_MODULE_DOTS_MIN), QR_MODULE_DOTS_MAX);
	return [{ kind: "qr", data, moduleDots: Math.min(wanted, fitting) }];
}
