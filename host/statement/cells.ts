import { CloseoutError } from "../../protocol/error.ts";
import { exponentOf } from "../../protocol/money.ts";
import { type DecimalStyle, parseDecimal } from "./decimal.ts";
import { FieldError, inField } from "./statement.ts";

/** Names whose places are remembered. */
const ASKED_MAX = 1_000;
const NOT_THERE = -1;

/** Columns of a table by name, wherever they stand; columns that nobody asks for do not matter. */
export class Columns {
	readonly names: readonly string[];
	readonly #places = new Map<string, number>();
	readonly #asked = new Map<string, number>();

	constructor(header: readonly string[]) {
		this.names = header.map((name) => name.trim());
		for (const [place, name] of this.names.entries()) {
			const key = columnKey(name);
			// Where a name stands twice, the first one counts.
			if (key !== "" && !this.#places.has(key)) this.#places.set(key, place);
		}
	}

	get count(): number {
		return this.names.length;
	}

	placeOf(name: string): number | undefined {
		const asked = this.#asked.get(name);
		if (asked !== undefined) return asked === NOT_THERE ? undefined : asked;
		const place = this.#places.get(columnKey(name));
		// Callers ask for the same few names in every record.
		if (this.#asked.size < ASKED_MAX) this.#asked.set(name, place ?? NOT_THERE);
		return place;
	}

	has(...names: readonly string[]): boolean {
		return names.some((name) => this.placeOf(name) !== undefined);
	}

	/** Those of the names that the table lacks. */
	missing(names: readonly string[]): string[] {
		return names.filter((name) => !this.has(name));
	}
}

/** Names are compared without regard to case, blanks, and full-width brackets. */
function columnKey(name: string): string {
	return name
		.replaceAll(/[\s\u00a0\ufeff`]/g, "")
		.replaceAll("（", "(")
		.replaceAll("）", ")")
		.toLowerCase();
}

/** One record of a table, read by column name. Every error names the column. */
export class Cells {
	readonly #columns: Columns;
	readonly #record: readonly string[];

	constructor(columns: Columns, record: readonly string[]) {
		this.#columns = columns;
		this.#record = record;
	}

	/** Text of the first of the columns that has any; "" when none has. */
	text(...names: readonly string[]): string {
		for (const name of names) {
			const place = this.#columns.placeOf(name);
			const text = place === undefined ? "" : (this.#record[place] ?? "").trim();
			if (text !== "") return text;
		}
		return "";
	}

	/** Like `text`, but the record has to have it. */
	need(...names: readonly string[]): string {
		const text = this.text(...names);
		if (text !== "") return text;
		throw new FieldError(names[0] ?? "", "is empty");
	}

	/** What `parse` makes of a column that has to have a text. */
	read<T>(names: readonly string[], parse: (text: string) => T): T {
		const text = this.need(...names);
		return inField(this.#nameOf(names), () => parse(text));
	}

	/** An amount; 0 where the column is empty or absent. */
	amount(currency: string, names: readonly string[], style?: DecimalStyle): number {
		const text = this.text(...names);
		return text === ""
			? 0
			: inField(this.#nameOf(names), () => parseDecimal(text, currency, style));
	}

	/** The currency code in a column, in capitals. */
	currency(...names: readonly string[]): string {
		return this.read(names, readCurrency);
	}

	#nameOf(names: readonly string[]): string {
		return names.find((name) => this.text(name) !== "") ?? names[0] ?? "";
	}
}

/** A currency code in capitals. Throws `SCHEMA`. */
export function readCurrency(text: string): string {
	const code = text.trim().toUpperCase();
	exponentOf(code);
	return code;
}

/** The last four digits of a masked card number; undefined where there are none. A whole number gives only its end. */
export function lastFourOf(text: string): string | undefined {
	return /(?:^|[*xX•·\s-]|\d{9})(\d{4})$/.exec(text.trim())?.[1];
}

/** A trace, batch or similar number of up to `digits` digits; undefined for an empty text. Throws `SCHEMA`. */
export function optionalNumber(text: string, digits = 9): number | undefined {
	if (text === "") return undefined;
	if (/^\d+$/.test(text) && text.length <= digits) return Number(text);
	throw new CloseoutError("SCHEMA", `"${text}" is not a number of up to ${digits} digits`);
}
