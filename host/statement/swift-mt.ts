import { addMinor, type MoneyRow, moneyText } from "../core/row.ts";
import { makeRow } from "./row-draft.ts";
import {
	inField,
	type ParseOptions,
	type StatementParser,
	type StatementSource,
	statementError,
} from "./statement.ts";
import { readDetails, type SwiftDetails } from "./swift-details.ts";
import {
	readBalance,
	readLine,
	readSum,
	type SwiftBalance,
	type SwiftLine,
} from "./swift-field.ts";
import { readTags, type SwiftTag } from "./swift-tag.ts";
import { Tally } from "./tally.ts";

/** What tells the customer statement from the report during the day; their lines are the same. */
export interface SwiftKind {
	readonly format: "MT940" | "MT942";
	/** Lines of a report during the day are announced and not final. */
	readonly status: "approved" | "pending";
}

/**
 * SWIFT MT940 and MT942 as banks send them. A row is a field 61 with the field 86 that follows it. Checked as
 * findings: opening balance and lines against the closing balance, a page's opening against the closing of the page
 * before, and the numbers and sums of fields 90C and 90D.
 */
export function swiftParser(kind: SwiftKind): StatementParser {
	return {
		format: kind.format,
		leg: "bank",
		parse: (source, options) => parseSwift(kind, source, options),
	};
}

async function* parseSwift(kind: SwiftKind, source: StatementSource, options?: ParseOptions) {
	const tally = new Tally(source, options);
	const reader = new SwiftReader(kind, tally);
	for await (const tag of readTags(source)) {
		const row = reader.take(tag);
		if (row !== undefined) yield row;
	}
	const row = reader.end();
	if (row !== undefined) yield row;
	return tally.summary(kind.format);
}

interface Side {
	count: number;
	sumMinor: number;
}

class SwiftReader {
	readonly #kind: SwiftKind;
	readonly #tally: Tally;
	#tags = 0;
	#account = "";
	#currency: string | undefined;
	#opening: SwiftBalance | undefined;
	/** Closing balance of the page before, when that was not the last one. */
	#carried: SwiftBalance | undefined;
	#bookedMinor = 0;
	#isClosed = true;
	#start = 1;
	#credit: Side = { count: 0, sumMinor: 0 };
	#debit: Side = { count: 0, sumMinor: 0 };
	#open: { line: SwiftLine; at: number; details: SwiftDetails | undefined } | undefined;

	constructor(kind: SwiftKind, tally: Tally) {
		this.#kind = kind;
		this.#tally = tally;
	}

	/** The row that is complete now that this field follows it. */
	take(field: SwiftTag): MoneyRow | undefined {
		this.#tags += 1;
		const { tag, lines, line } = field;
		if (tag === "86" || tag === "NS") {
			if (this.#open !== undefined) this.#open.details ??= readDetails(lines);
			return undefined;
		}
		const row = this.#close();
		const text = lines[0] ?? "";
		if (tag === "20") this.#begin(line);
		else if (tag === "25" && this.#opening === undefined) this.#name(text);
		else if (tag === "34F") this.#currency ??= /^[A-Z]{3}/.exec(text)?.[0];
		else if (tag === "60F" || tag === "60M") this.#openBalance(field);
		else if (tag === "61") this.#openLine(field);
		else if (tag === "62F" || tag === "62M") this.#closeBalance(field);
		else if (tag === "90C" || tag === "90D") this.#checkSum(field);
		return row;
	}

	end(): MoneyRow | undefined {
		if (this.#tags === 0) {
			const what = "there is no field such as :20: or :61: in the file";
			throw statementError("STATEMENT_FORMAT", this.#tally.source, 1, what);
		}
		const row = this.#close();
		this.#leave();
		return row;
	}

	#begin(line: number): void {
		this.#leave();
		this.#start = line;
		this.#opening = undefined;
		this.#currency = undefined;
		this.#isClosed = false;
		this.#credit = { count: 0, sumMinor: 0 };
		this.#debit = { count: 0, sumMinor: 0 };
	}

	#leave(): void {
		if (this.#opening === undefined || this.#isClosed) return;
		const what = "the statement has no closing balance; the file may have been cut off";
		this.#tally.find("control-total", this.#start, what);
	}

	#name(text: string): void {
		this.#account = text.trim();
		this.#tally.accounts.add(this.#account);
	}

	#openBalance({ tag, lines, line }: SwiftTag): void {
		const opening = this.#balance(tag, lines, line);
		if (opening === undefined) return;
		const carried = this.#carried;
		this.#carried = undefined;
		this.#opening = opening;
		this.#currency = opening.currency;
		this.#bookedMinor = 0;
		this.#isClosed = false;
		const isSame = carried?.amountMinor === opening.amountMinor;
		if (tag === "60F" || carried === undefined || isSame) return;
		const what = `the page opens with ${textOf(opening)} and the page before closed with ${textOf(carried)}`;
		this.#tally.find("control-total", line, what);
	}

	#balance(tag: string, lines: readonly string[], line: number): SwiftBalance | undefined {
		return this.#tally.attempt(line, () =>
			inField(`:${tag}:`, () => readBalance((lines[0] ?? "").trim(), this.#currency)),
		);
	}

	#openLine({ lines, line }: SwiftTag): void {
		const currency = this.#currency;
		if (currency === undefined) {
			const what = "no balance before this line (:60F:, :34F:) says the currency";
			this.#tally.refuse(line, what, ":61:");
			return;
		}
		const read = this.#tally.attempt(line, () => inField(":61:", () => readLine(lines, currency)));
		if (read === undefined) return;
		if (this.#isClosed && this.#kind.format === "MT940") {
			const what = "the line stands after the closing balance, which does not count it";
			this.#tally.find("control-total", line, what);
		}
		this.#bookedMinor = addMinor(this.#bookedMinor, read.amountMinor);
		const side = read.amountMinor < 0 ? this.#debit : this.#credit;
		side.count += 1;
		side.sumMinor = addMinor(side.sumMinor, Math.abs(read.amountMinor));
		this.#open = { line: read, at: line, details: undefined };
	}

	#close(): MoneyRow | undefined {
		const open = this.#open;
		const currency = this.#currency;
		this.#open = undefined;
		if (open === undefined || currency === undefined) return undefined;
		const { line, at, details } = open;
		return this.#tally.row(at, () =>
			makeRow({
				leg: "bank",
				file: this.#tally.source.name,
				line: at,
				kind: line.amountMinor < 0 ? "debit" : "credit",
				status: line.isExpected ? "pending" : this.#kind.status,
				amountMinor: line.amountMinor,
				currency,
				references: [...(details?.references ?? []), ...line.references],
				moment: { date: line.date, at: undefined },
				feeMinor: line.feeMinor,
				texts: [details?.text ?? "", line.text],
			}),
		);
	}

	#closeBalance({ tag, lines, line }: SwiftTag): void {
		const closing = this.#balance(tag, lines, line);
		this.#isClosed = true;
		if (closing === undefined) return;
		this.#carried = tag === "62M" ? closing : undefined;
		const opening = this.#opening;
		if (opening === undefined || opening.currency !== closing.currency) return;
		if (addMinor(opening.amountMinor, this.#bookedMinor) === closing.amountMinor) return;
		const booked = moneyText(this.#bookedMinor, opening.currency);
		const what = `opening balance ${textOf(opening)} and lines of ${booked} do not make the closing balance ${textOf(closing)}`;
		this.#tally.find("control-total", line, what);
	}

	#checkSum({ tag, lines, line }: SwiftTag): void {
		const stated = this.#tally.attempt(line, () =>
			inField(`:${tag}:`, () => readSum((lines[0] ?? "").trim())),
		);
		if (stated === undefined) return;
		const side = tag === "90C" ? this.#credit : this.#debit;
		const name = tag === "90C" ? "credits" : "debits";
		if (stated.count !== side.count) {
			this.#tally.find(
				"count",
				line,
				`the report says ${stated.count} ${name} and has ${side.count}`,
			);
		}
		if (stated.amountMinor !== side.sumMinor) {
			const has = moneyText(side.sumMinor, stated.currency);
			const what = `the report says ${name} of ${textOf(stated)} and has ${has}`;
			this.#tally.find("control-total", line, what);
		}
	}
}

function textOf({ amountMinor, currency }: { amountMinor: number; currency: string }): string {
	return moneyText(amountMinor, currency);
}
