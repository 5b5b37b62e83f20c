import { exponentOf } from "../../../protocol/money.ts";
import type { ListIntent, ListOutcome, ListStamp } from "./list-record.ts";

/** Columns of the cells after the trace number, with one space between them. */
export interface RowColumns {
	readonly type: number;
	readonly tail: number;
	readonly amount: number;
	/** Characters of `hh:mm:ss` that fit. */
	readonly time: 5 | 8;
}

export const TRACE_COLUMNS = 6;

const LF = 0x0a;
const SPACE = 0x20;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const COLON = 0x3a;
const TILDE = 0x7e;
const DAY_SECONDS = 86_400;
/** Whole-number division is cheap up to here; what is larger takes the long way. */
const PLAIN_MINOR_MAX = 0x3fff_ffff;

export interface RowLinesOptions {
	readonly columns: RowColumns;
	/** Names of the types as the printer takes them, filled up to their column. */
	readonly types: Readonly<Record<ListIntent["type"], Uint8Array>>;
	readonly currency: string;
}

/**
 * Ordinary rows of a list as bytes for the printer, each written into a line that is laid out once for its type: a long
 * day has thousands of them. The same line as `ListLayout` makes of text items.
 */
export class RowLines {
	readonly #options: RowLinesOptions;
	readonly #templates = new Map<ListIntent["type"], Uint8Array>();
	readonly #decimals: number;

	constructor(options: RowLinesOptions) {
		this.#options = options;
		this.#decimals = exponentOf(options.currency);
	}

	/** The line, or undefined for a row that needs more than plain digits in their columns. */
	line(
		stamp: ListStamp,
		intent: ListIntent,
		outcome: Pick<ListOutcome, "lastFour">,
	): Uint8Array | undefined {
		const { type, amountMinor, currency, trace, order } = intent;
		const { columns, currency: usual } = this.#options;
		if (currency !== usual || amountMinor > PLAIN_MINOR_MAX) return undefined;
		const line = this.#template(type).slice();
		if (trace === null) line.fill(MINUS, 0, TRACE_COLUMNS);
		else putDigits(line, TRACE_COLUMNS, trace, TRACE_COLUMNS);
		const end = line.length - 1;
		putTime(line, end - columns.time, stamp, columns.time);
		const amountEnd = end - columns.time - 1;
		const tailEnd = amountEnd - columns.amount - 1;
		const tail = outcome.lastFour ?? order?.slice(-columns.tail) ?? "";
		if (!putAscii(line, tailEnd - columns.tail, tail)) return undefined;
		const isTaken = type === "refund" || type === "void";
		const fits = putAmount(line, amountEnd, isTaken ? -amountMinor : amountMinor, {
			decimals: this.#decimals,
			width: columns.amount,
		});
		return fits ? line : undefined;
	}

	/** A line of this type with nothing else in it. */
	#template(type: ListIntent["type"]): Uint8Array {
		const known = this.#templates.get(type);
		if (known !== undefined) return known;
		const { columns, types } = this.#options;
		const name = types[type];
		const rest = 1 + columns.tail + 1 + columns.amount + 1 + columns.time;
		const line = new Uint8Array(TRACE_COLUMNS + 1 + name.length + rest + 1).fill(SPACE);
		line.set(name, TRACE_COLUMNS + 1);
		line[line.length - 1] = LF;
		this.#templates.set(type, line);
		return line;
	}
}

/** False for a text with anything but printable ASCII in it. */
function putAscii(line: Uint8Array, at: number, text: string): boolean {
	for (let index = 0; index < text.length; index++) {
		const code = text.charCodeAt(index);
		if (code < SPACE || code > TILDE) return false;
		line[at + index] = code;
	}
	return true;
}

/** Writes so many digits that end before `end`. */
function putDigits(line: Uint8Array, end: number, value: number, count: number): void {
	let rest = value;
	for (let at = end - 1; at >= end - count; at--) {
		const shorter = (rest / 10) | 0;
		line[at] = ZERO + rest - shorter * 10;
		rest = shorter;
	}
}

/** Writes an amount that ends before `end`; false when it is wider than its column. */
function putAmount(
	line: Uint8Array,
	end: number,
	minor: number,
	{ decimals, width }: { readonly decimals: number; readonly width: number },
): boolean {
	const first = end - width;
	let rest = minor < 0 ? -minor : minor;
	let at = end - 1;
	if (decimals > 0) {
		for (let left = decimals; left > 0; left--) {
			const shorter = (rest / 10) | 0;
			line[at--] = ZERO + rest - shorter * 10;
			rest = shorter;
		}
		line[at--] = POINT;
	}
	do {
		if (at < first) return false;
		const shorter = (rest / 10) | 0;
		line[at--] = ZERO + rest - shorter * 10;
		rest = shorter;
	} while (rest > 0);
	if (minor >= 0) return true;
	if (at < first) return false;
	line[at] = MINUS;
	return true;
}

/** `18:05` or `18:05:09` */
function putTime(line: Uint8Array, at: number, stamp: ListStamp, width: 5 | 8): void {
	const inDay = (stamp.wallS + stamp.zoneMinutes * 60) % DAY_SECONDS;
	const minutes = (inDay / 60) | 0;
	const hour = (minutes / 60) | 0;
	putDigits(line, at + 2, hour, 2);
	line[at + 2] = COLON;
	putDigits(line, at + 5, minutes - hour * 60, 2);
	if (width === 5) return;
	line[at + 5] = COLON;
	putDigits(line, at + 8, inDay - minutes * 60, 2);
}
