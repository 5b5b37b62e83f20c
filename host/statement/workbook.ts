import { CloseoutError } from "../../protocol/error.ts";
import type { StatementSource } from "./statement.ts";
import { walkXml } from "./xml.ts";
import type { ZipMember } from "./zip.ts";

/** Columns of a sheet that are read. */
const COLUMNS_MAX = 500;
/** Empty rows that are written for rows that a sheet leaves out. */
const ROWS_SKIPPED_MAX = 100_000;

/** True for the members of an Excel workbook (ECMA-376). */
export function isWorkbook(members: readonly ZipMember[]): boolean {
	return members.some(({ name }) => name === "xl/workbook.xml");
}

/**
 * The first sheet of a workbook as CSV. A line of it is a row of the sheet with the same number, so that messages
 * name what a person sees; dates are written as `2026-11-20 18:03:11`, numbers as the sheet would show them.
 */
export async function* workbookCsv(
	name: string,
	members: readonly ZipMember[],
): AsyncGenerator<Uint8Array> {
	const part = (path: string) =>
		sourceOf(
			name,
			members.find((one) => one.name === path),
		);
	const strings = await readStrings(part("xl/sharedStrings.xml"));
	const dates = await readDateStyles(part("xl/styles.xml"));
	const sheets = members.filter((one) => /^xl\/worksheets\/[^/]+\.xml$/.test(one.name));
	const first = sheets.sort((a, b) => numberOf(a.name) - numberOf(b.name))[0];
	const source = sourceOf(name, first);
	if (source === undefined) {
		throw new CloseoutError("STATEMENT_FORMAT", `${name}:1: the workbook has no sheet`);
	}
	const sheet = new Sheet(strings, dates);
	const encoder = new TextEncoder();
	for await (const _ of walkXml(source, sheet)) yield encoder.encode(sheet.take());
}

function sourceOf(name: string, member: ZipMember | undefined): StatementSource | undefined {
	if (member === undefined) return undefined;
	async function* bytes(read: () => Uint8Array) {
		yield read();
	}
	return { name: `${name}/${member.name}`, bytes: bytes(member.read) };
}

function numberOf(name: string): number {
	return Number(/(\d+)\.xml$/.exec(name)?.[1] ?? 0);
}

/** Texts that cells refer to by number; a text of several runs is one. */
async function readStrings(source: StatementSource | undefined): Promise<string[]> {
	const strings: string[] = [];
	if (source === undefined) return strings;
	const handler = {
		open: (path: readonly string[]) => {
			if (path.length === 2 && path[1] === "si") strings.push("");
		},
		close: (path: readonly string[], text: string) => {
			const isText = path.at(-1) === "t" && !path.includes("rPh");
			if (isText) strings.push(`${strings.pop() ?? ""}${text}`);
		},
	};
	for await (const _ of walkXml(source, handler));
	return strings;
}

/** For each style of a cell, whether its number is a date. */
async function readDateStyles(source: StatementSource | undefined): Promise<boolean[]> {
	const styles: boolean[] = [];
	if (source === undefined) return styles;
	const formats = new Map<number, string>();
	const handler = {
		open: (
			path: readonly string[],
			_uri: string,
			_line: number,
			attribute: (name: string) => string | undefined,
		) => {
			const id = Number(attribute("numFmtId"));
			if (path.at(-1) === "numFmt") formats.set(id, attribute("formatCode") ?? "");
			if (path[1] === "cellXfs" && path[2] === "xf" && path.length === 3) {
				styles.push(isDateFormat(id, formats.get(id)));
			}
		},
		close: () => {},
	};
	for await (const _ of walkXml(source, handler));
	return styles;
}

/** Built-in formats of dates and times, and own ones that have day, month, year, hour or second. */
function isDateFormat(id: number, code: string | undefined): boolean {
	if (code === undefined) return (id >= 14 && id <= 22) || (id >= 45 && id <= 47);
	const plain = code.replaceAll(/"[^"]*"|\\.|\[[^\]]*\]/g, "");
	return /[dmyhs]/i.test(plain) && !/general/i.test(plain);
}

class Sheet {
	readonly #strings: readonly string[];
	readonly #dates: readonly boolean[];
	#lines = "";
	#row = 0;
	#cells: string[] = [];
	#width = 0;
	#column = 0;
	#kind = "";
	#isDate = false;

	constructor(strings: readonly string[], dates: readonly boolean[]) {
		this.#strings = strings;
		this.#dates = dates;
	}

	/** Lines that are complete since the last call. */
	take(): string {
		const lines = this.#lines;
		this.#lines = "";
		return lines;
	}

	open = (
		path: readonly string[],
		_uri: string,
		_line: number,
		attribute: (name: string) => string | undefined,
	): void => {
		const element = path.at(-1);
		if (element === "row") this.#openRow(Number(attribute("r") ?? this.#row + 1));
		else if (element === "c") {
			this.#column = columnOf(attribute("r")) ?? this.#cells.length;
			this.#kind = attribute("t") ?? "n";
			this.#isDate = this.#dates[Number(attribute("s") ?? 0)] ?? false;
		}
	};

	close = (path: readonly string[], text: string): void => {
		const element = path.at(-1);
		if (element === "row") this.#closeRow();
		else if (element === "v") this.#put(this.#valueOf(text));
		else if (element === "t" && path.includes("is"))
			this.#put((this.#cells[this.#column] ?? "") + text);
	};

	#openRow(row: number): void {
		const skipped = Math.min(Math.max(row - this.#row - 1, 0), ROWS_SKIPPED_MAX);
		this.#lines += "\n".repeat(skipped);
		this.#row = row;
		this.#cells = [];
	}

	/** Sheets leave out empty cells at the end, where CSV has them. */
	#closeRow(): void {
		this.#width = Math.max(this.#width, this.#cells.length);
		while (this.#cells.length < this.#width) this.#cells.push("");
		this.#lines += `${this.#cells.map(quote).join()}\n`;
	}

	#put(text: string): void {
		if (this.#column >= COLUMNS_MAX) return;
		while (this.#cells.length <= this.#column) this.#cells.push("");
		this.#cells[this.#column] = text;
	}

	#valueOf(text: string): string {
		if (this.#kind === "s") return this.#strings[Number(text)] ?? "";
		if (this.#kind !== "n") return text;
		return this.#isDate ? dateText(Number(text)) : numberText(text);
	}
}

/** Column of a reference such as `AB12`, counted from 0. */
function columnOf(reference: string | undefined): number | undefined {
	const letters = /^[A-Z]{1,3}/.exec(reference ?? "")?.[0];
	if (letters === undefined) return undefined;
	let column = 0;
	for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
	return column - 1;
}

/** Days since 1899-12-30 with a part of a day. */
function dateText(serial: number): string {
	const ms = Date.UTC(1899, 11, 30) + Math.round(serial * 86_400) * 1000;
	const date = new Date(ms);
	return Number.isNaN(date.getTime()) ? "" : date.toISOString().slice(0, 19).replace("T", " ");
}

/** Sheets hold binary fractions; fifteen digits are what they show and what was meant. */
function numberText(text: string): string {
	if (!/^-?\d+\.\d{8,}(?:E-?\d+)?$/i.test(text)) return text;
	return String(Number(Number(text).toPrecision(15)));
}

function quote(cell: string): string {
	return `"${cell.replaceAll(/[\r\n]+/g, " ").replaceAll('"', '""')}"`;
}
