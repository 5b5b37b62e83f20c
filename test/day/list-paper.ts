import { paperEn } from "../../firmware/core/text/paper-en.ts";
import { type PaperText, paperZhCn } from "../../firmware/core/text/paper-zh-cn.ts";
import { CloseoutError } from "../../protocol/error.ts";
import { type ListSeal, parseListSeal } from "../../protocol/paper-seal.ts";
import { lineText, type PaperEntry } from "../emulator/paper/model.ts";
import { valuesOf } from "./screen.ts";

export interface PaperRow {
	readonly trace: string;
	/** As it stands there: `-12.00`. */
	readonly amount: string;
}

/** A daily list as it lies on paper, with everything that a stop in the middle has left there. */
export interface PaperList {
	readonly rows: readonly PaperRow[];
	/** Where it went on after a stop: rows on paper before it, and the row it says that it goes on at. */
	readonly resumed: { readonly rowsBefore: number; readonly atRow: number } | undefined;
	readonly pages: number;
	/** The code at its end; undefined while it is not all printed. */
	readonly seal: ListSeal | undefined;
}

const rowPattern = /^(?<trace>\d{6}|-{6}) .*? (?<amount>-?\d+\.\d\d)? *\d\d:\d\d$/;
const amountPattern = /^(?:[A-Z]{3} )?-?\d+\.\d\d$/;

/** Reads the last daily list of a roll; undefined when there is none. */
export function readList(
	entries: readonly PaperEntry[],
	language: "zh-CN" | "en",
): PaperList | undefined {
	const { list } = language === "en" ? paperEn : paperZhCn;
	const start = entries.findLastIndex((entry) => textOf(entry) === list.title);
	const first = startOfPiece(entries, start);
	return start < 0 ? undefined : new Reader(language).read(entries.slice(first));
}

function startOfPiece(entries: readonly PaperEntry[], from: number): number {
	return entries.slice(0, Math.max(0, from)).findLastIndex(({ kind }) => kind === "cut") + 1;
}

class Reader {
	readonly #text: PaperText;
	readonly #rows: PaperRow[] = [];
	#resumed: PaperList["resumed"];
	#pages = 0;
	#seal: ListSeal | undefined;
	#isBehindRows = false;

	constructor(language: "zh-CN" | "en") {
		this.#text = language === "en" ? paperEn : paperZhCn;
	}

	read(entries: readonly PaperEntry[]): PaperList {
		for (const entry of entries) {
			if (entry.kind === "cut") break;
			if (entry.kind === "qr") this.#seal = sealOf(entry.data);
			else this.#take(textOf(entry));
		}
		return { rows: this.#rows, resumed: this.#resumed, pages: this.#pages, seal: this.#seal };
	}

	#take(text: string): void {
		const { list, copy } = this.#text;
		if (text.startsWith(list.title)) {
			const page = valuesOf(text.slice(list.title.length).trim(), list.page);
			if (page !== undefined) this.#pages = Number(page.pages);
		}
		const row = valuesOf(text, copy.continued)?.row;
		if (row !== undefined) {
			this.#resumed = { rowsBefore: this.#rows.length, atRow: Number(row) };
			this.#isBehindRows = false;
		}
		if (text === list.others || text === list.noGaps || text === list.gaps)
			this.#isBehindRows = true;
		if (!this.#isBehindRows) this.#row(text);
	}

	/** A wide amount stands on the line below its row. */
	#row(text: string): void {
		const found = rowPattern.exec(text)?.groups;
		if (found?.trace !== undefined) {
			this.#rows.push({ trace: found.trace, amount: found.amount ?? "" });
			return;
		}
		const last = this.#rows.at(-1);
		if (last?.amount === "" && amountPattern.test(text)) {
			this.#rows[this.#rows.length - 1] = { ...last, amount: text };
		}
	}
}

/** The rows in order with what was printed again after the stop left out; undefined when one is missing. */
export function joinRows({ rows, resumed }: PaperList): readonly PaperRow[] | undefined {
	if (resumed === undefined) return rows;
	const { rowsBefore, atRow } = resumed;
	const isClose = rowsBefore >= atRow - 1 && rowsBefore <= atRow;
	if (!isClose) return undefined;
	return [...rows.slice(0, atRow - 1), ...rows.slice(rowsBefore)];
}

function textOf(entry: PaperEntry): string {
	return entry.kind === "line" ? lineText(entry).trim() : "";
}

function sealOf(data: string): ListSeal | undefined {
	try {
		return parseListSeal(data);
	} catch (error) {
		if (error instanceof CloseoutError && error.code === "SCHEMA") return undefined;
		throw error;
	}
}
