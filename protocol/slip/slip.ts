/**
 * What stands on paper, as data: slips, lists and reports are all made of these items, and printers,
 * pictures and plain text are made from them.
 *
 * A document is a sequence of blocks that is produced while it prints. A block is what is sent to the
 * printer and confirmed as one unit (one row of a list, the head of a slip): after a paper-out or a power
 * cut printing resumes at a block, so a block makes sense on paper by itself, and only one of them is
 * held in memory.
 */
import type { Align } from "./width.ts";

export type Slip = Iterable<SlipBlock>;

/** One unit of printing; at most `PRINT_BLOCK_BYTES_MAX` bytes once encoded. */
export type SlipBlock = readonly SlipItem[];

export type SlipItem =
	| TextItem
	| PairItem
	| ColumnsItem
	| RuleItem
	| BlankItem
	| QrItem
	| MarkItem
	| HeadingItem
	| CutItem;

/** `wide` and `double` halve the columns of a line; `tall` and `double` are two lines high. */
export type TextSize = "normal" | "wide" | "tall" | "double";

/** A text too long for its place goes on below, or ends with a sign that something is missing. */
export type Overflow = "wrap" | "cut";

interface Look {
	readonly bold?: boolean;
	readonly size?: TextSize;
}

/** A paragraph. Newlines in it begin a new line, except where it is cut. */
export interface TextItem extends Look {
	readonly kind: "text";
	readonly text: string;
	readonly align?: Align;
	/** Default: wrap. */
	readonly overflow?: Overflow;
}

/**
 * A name on the left and a value on the right. The value is never cut; where both do not fit in one line
 * the name wraps beside it or stands above it.
 */
export interface PairItem extends Look {
	readonly kind: "pair";
	readonly left: string;
	readonly right: string;
}

/** A row of a table; one space stands between cells. */
export interface ColumnsItem extends Look {
	readonly kind: "columns";
	readonly cells: readonly Cell[];
}

export interface Cell {
	readonly text: string;
	/** Columns, at least 2; cells without it share what the others leave. */
	readonly width?: number;
	readonly align?: Align;
	/** Default: wrap. */
	readonly overflow?: Overflow;
}

/** A line across the paper. */
export interface RuleItem {
	readonly kind: "rule";
	readonly style?: "single" | "double";
}

export interface BlankItem {
	readonly kind: "blank";
	/** Default: 1. */
	readonly lines?: number;
}

/** A QR code in the middle of the line. A printer that cannot draw it gets the text instead. */
export interface QrItem {
	readonly kind: "qr";
	/** Printable ASCII, at most `QR_DATA_BYTES_MAX` characters. */
	readonly data: string;
	/** Wanted dots of one module, 2 to 16, default 6; less is taken where the paper is too narrow. */
	readonly size?: number;
}

/** A banner that nobody can overlook, such as 重打印/DUPLICATE 2. */
export interface MarkItem {
	readonly kind: "mark";
	readonly text: string;
}

/** The head of a page: what it is, and which page of how many. */
export interface HeadingItem {
	readonly kind: "heading";
	readonly left: string;
	readonly right: string;
}

/** The end of a piece of paper: cut, or fed to the edge where it is torn off. */
export interface CutItem {
	readonly kind: "cut";
	/** Default: partial, which leaves a bridge so that paper does not fall. */
	readonly mode?: "partial" | "full";
}
