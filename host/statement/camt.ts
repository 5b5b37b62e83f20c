import { parseAmount } from "../../protocol/money.ts";
import { addMinor, type MoneyRow, moneyText } from "../core/row.ts";
import {
	type Amount,
	amountOf,
	type Detail,
	type Entry,
	entryRow,
	Fields,
	readDetail,
	readEntry,
	signOf,
} from "./camt-entry.ts";
import {
	inField,
	type ParseOptions,
	type StatementParser,
	type StatementSource,
	statementError,
} from "./statement.ts";
import { Tally } from "./tally.ts";
import { walkXml } from "./xml.ts";

/** Versions of the messages whose entries are laid out the way this parser reads them. */
export const CAMT_VERSION_MIN = 1;
export const CAMT_VERSION_MAX = 13;

/** Details of one entry that are held until its end; an entry with more is taken as a whole. */
const ENTRY_DETAILS_MAX = 50_000;

/** What tells one message of the family from the others; their entries are the same. */
export interface CamtKind {
	readonly format: "camt.052" | "camt.053" | "camt.054";
	/** Element that holds the entries of one account, and its name for people. */
	readonly element: "Rpt" | "Stmt" | "Ntfctn";
	readonly name: string;
	/** Codes of the balance after the entries; a message without balances has none. */
	readonly closing: readonly string[];
}

/**
 * ISO 20022 camt.052, .053 and .054. An entry whose details all have amounts that add up to it becomes one row for
 * each detail; any other entry is one row, because the entry is what was booked. Entries for information only are
 * no rows and are counted. Opening balance and booked entries are checked against the closing balance when both are
 * of one currency and the message is not one page of several, and entries against the transaction summary where
 * there is one; differences are findings.
 */
export function camtParser(kind: CamtKind): StatementParser {
	return {
		format: kind.format,
		leg: "bank",
		parse: (source, options) => parseCamt(kind, source, options),
	};
}

async function* parseCamt(kind: CamtKind, source: StatementSource, options?: ParseOptions) {
	const reader = new CamtReader(kind, source, options);
	for await (const _ of walkXml(source, reader)) {
		yield* reader.take();
	}
	return reader.summary();
}

interface Balance extends Amount {
	readonly code: string;
}

/** Version 1 has the details in the entry itself. */
const detailPattern = /^Ntry\/(?:NtryDtls\/)?TxDtls(|\/.*)$/;

class CamtReader {
	readonly #kind: CamtKind;
	readonly #source: StatementSource;
	readonly #tally: Tally;
	#rows: MoneyRow[] = [];
	#version = 0;
	#statements = 0;
	#statement = new Fields(1);
	#balances: Balance[] = [];
	#booked = new Map<string, number>();
	#moved = new Movements();
	#entry = new Fields(1);
	#entryIsBad = false;
	#details: Detail[] = [];
	#detailCount = 0;
	#part = new Fields(1);

	constructor(kind: CamtKind, source: StatementSource, options?: ParseOptions) {
		this.#kind = kind;
		this.#source = source;
		this.#tally = new Tally(source, options);
	}

	/** Rows found since the last call. */
	take(): MoneyRow[] {
		const rows = this.#rows;
		this.#rows = [];
		return rows;
	}

	summary() {
		if (this.#statements === 0) {
			throw statementError(
				"STATEMENT_FORMAT",
				this.#source,
				1,
				`the message holds no ${this.#kind.name} (${this.#kind.element})`,
			);
		}
		const version = String(this.#version).padStart(2, "0");
		return this.#tally.summary(`${this.#kind.format}.001.${version}`);
	}

	open = (path: readonly string[], uri: string, line: number): void => {
		if (path.length === 1) this.#openDocument(path[0] ?? "", uri, line);
		if (path[2] !== this.#kind.element) return;
		const name = path.slice(3).join("/");
		if (name === "") {
			this.#statements += 1;
			this.#statement = new Fields(line);
			this.#balances = [];
			this.#booked = new Map();
			this.#moved = new Movements();
		} else if (name === "Ntry") {
			this.#entry = new Fields(line);
			this.#details = [];
			this.#detailCount = 0;
			this.#entryIsBad = false;
		} else if (name === "Bal" || detailPattern.exec(name)?.[1] === "") {
			this.#part = new Fields(line);
		}
	};

	close = (
		path: readonly string[],
		text: string,
		currency: string | undefined,
		line: number,
	): void => {
		if (path[2] !== this.#kind.element) return;
		const name = path.slice(3).join("/");
		if (name === "") this.#closeStatement(line);
		else if (name === "Bal") this.#closeBalance();
		else if (name === "Ntry") this.#closeEntry();
		else if (detailPattern.exec(name)?.[1] === "") this.#closeDetail();
		else this.#addValue(name, { text, currency });
	};

	#addValue(name: string, value: { text: string; currency: string | undefined }): void {
		const below = (start: string) => name.slice(start.length);
		if (value.text === "") return;
		const inDetail = detailPattern.exec(name)?.[1];
		if (inDetail !== undefined) this.#part.add(inDetail.slice(1), value);
		else if (name.startsWith("Ntry/")) this.#entry.add(below("Ntry/"), value);
		else if (name.startsWith("Bal/")) this.#part.add(below("Bal/"), value);
		else this.#statement.add(name, value);
	}

	#openDocument(name: string, uri: string, line: number): void {
		const start = `urn:iso:std:iso:20022:tech:xsd:${this.#kind.format}.001.`;
		const version = uri.startsWith(start)
			? Number(/^\d{2}$/.exec(uri.slice(start.length)) ?? 0)
			: 0;
		const known = version >= CAMT_VERSION_MIN && version <= CAMT_VERSION_MAX;
		if (name !== "Document" || !known) {
			throw statementError(
				"STATEMENT_FORMAT",
				this.#source,
				line,
				`the namespace "${uri}" is not ${this.#kind.format}.001.01 to .${CAMT_VERSION_MAX}`,
			);
		}
		this.#version = version;
	}

	#closeBalance(): void {
		const part = this.#part;
		const value = part.all("Amt")[0];
		const code = part.text("Tp/CdOrPrtry/Cd");
		if (value === undefined || code === undefined) return;
		const balance = this.#tally.attempt(part.line, () =>
			inField("Bal", () => {
				const { amountMinor, currency } = amountOf(value);
				return { code, currency, amountMinor: signOf(part.text("CdtDbtInd")) * amountMinor };
			}),
		);
		if (balance !== undefined) this.#balances.push(balance);
	}

	#closeDetail(): void {
		this.#detailCount += 1;
		if (this.#detailCount > ENTRY_DETAILS_MAX) {
			this.#details = [];
			return;
		}
		const part = this.#part;
		const detail = this.#tally.attempt(part.line, () =>
			inField("TxDtls", () => readDetail(part, this.#entry)),
		);
		if (detail === undefined) this.#entryIsBad = true;
		else this.#details.push(detail);
	}

	#closeEntry(): void {
		const fields = this.#entry;
		this.#moved.count += 1;
		// The bad detail has been kept aside or thrown, and stands for its entry.
		if (this.#entryIsBad) return;
		const entry = this.#tally.attempt(fields.line, () => readEntry(fields));
		if (entry === undefined) return;
		this.#moved.add(entry.amount);
		if (entry.status === "information") {
			this.#tally.noMoney("entries for information only (INFO)");
			return;
		}
		if (entry.status === "approved") {
			const { currency, amountMinor } = entry.amount;
			this.#booked.set(currency, addMinor(this.#booked.get(currency) ?? 0, amountMinor));
		}
		for (const row of this.#rowsOf(entry)) {
			const checked = this.#tally.row(row.source.line, () => row);
			if (checked !== undefined) this.#rows.push(checked);
		}
	}

	#rowsOf(entry: Entry): MoneyRow[] {
		const details = this.#details;
		const { name: file } = this.#source;
		if (details.length > 0 && addsUp(entry, details)) {
			return details.map((detail) => entryRow(entry, detail, file));
		}
		if (this.#detailCount > 1 || details[0]?.amount !== undefined) {
			this.#tally.find(
				"details",
				entry.line,
				`the ${this.#detailCount} details do not add up to the entry of ${textOf(entry.amount)}; taken as one row`,
			);
		}
		return [entryRow(entry, mergeDetails(details, entry), file)];
	}

	#closeStatement(line: number): void {
		const fields = this.#statement;
		const account = fields.text("Acct/Id/IBAN", "Acct/Id/Othr/Id", "Acct/Id/PrtryAcct/Id");
		if (account !== undefined) this.#tally.accounts.add(account);
		const paged = fields.text("StmtPgntn/LastPgInd") === "false" || pageOf(fields) > 1;
		if (paged) return;
		this.#checkBalance(line);
		this.#checkSummary(fields);
	}

	#checkSummary(fields: Fields): void {
		const moved = this.#moved;
		for (const { path, what, count, sumMinor } of moved.totals()) {
			const statedCount = fields.text(`TxsSummry/${path}/NbOfNtries`);
			if (statedCount !== undefined && Number(statedCount) !== count) {
				const message = `the ${this.#kind.name} says ${statedCount} ${what} and has ${count}`;
				this.#tally.find("count", fields.line, message);
			}
			const statedSum = fields.text(`TxsSummry/${path}/Sum`);
			const currency = moved.currency;
			if (statedSum === undefined || currency === undefined) continue;
			const stated = this.#tally.attempt(fields.line, () =>
				inField(`TxsSummry/${path}/Sum`, () => parseAmount(statedSum, currency)),
			);
			if (stated === undefined || stated === sumMinor) continue;
			const has = moneyText(sumMinor, currency);
			const message = `the ${this.#kind.name} says ${what} of ${moneyText(stated, currency)} and has ${has}`;
			this.#tally.find("control-total", fields.line, message);
		}
	}

	/** Opening balance and booked entries against the closing balance, where all are of one currency. */
	#checkBalance(line: number): void {
		const closings = this.#balances.filter(({ code }) => this.#kind.closing.includes(code));
		const closing =
			closings.length === 1 ? closings[0] : closings.find(({ code }) => code === "CLBD");
		const opening = ["OPBD", "PRCD"]
			.map((code) => this.#balances.find((balance) => balance.code === code))
			.find((balance) => balance !== undefined);
		if (opening === undefined || closing?.currency !== opening.currency) return;
		const others = [...this.#booked.keys()].filter((currency) => currency !== opening.currency);
		if (others.length > 0) return;
		const booked = this.#booked.get(opening.currency) ?? 0;
		if (addMinor(opening.amountMinor, booked) === closing.amountMinor) return;
		const sum = moneyText(booked, opening.currency);
		this.#tally.find(
			"control-total",
			line,
			`opening balance ${textOf(opening)} and booked entries of ${sum} do not make the closing balance ${textOf(closing)}`,
		);
	}
}

/** Entries of one statement, counted and summed by direction. */
class Movements {
	count = 0;
	readonly #currencies = new Set<string>();
	readonly #credit = { count: 0, sumMinor: 0 };
	readonly #debit = { count: 0, sumMinor: 0 };

	add({ amountMinor, currency }: Amount): void {
		this.#currencies.add(currency);
		const side = amountMinor < 0 ? this.#debit : this.#credit;
		side.count += 1;
		side.sumMinor = addMinor(side.sumMinor, Math.abs(amountMinor));
	}

	/** The currency of all entries; undefined when there are several or none. */
	get currency(): string | undefined {
		const [currency, ...others] = this.#currencies;
		return others.length === 0 ? currency : undefined;
	}

	totals() {
		const all = addMinor(this.#credit.sumMinor, this.#debit.sumMinor);
		return [
			{ path: "TtlNtries", what: "entries", count: this.count, sumMinor: all },
			{ path: "TtlCdtNtries", what: "credit entries", ...this.#credit },
			{ path: "TtlDbtNtries", what: "debit entries", ...this.#debit },
		];
	}
}

function pageOf(fields: Fields): number {
	return Number(fields.text("StmtPgntn/PgNb") ?? 1);
}

function textOf({ amountMinor, currency }: Amount): string {
	return moneyText(amountMinor, currency);
}

function addsUp(entry: Entry, details: readonly Detail[]): boolean {
	let sum = 0;
	for (const { amount } of details) {
		if (amount?.currency !== entry.amount.currency) return false;
		sum = addMinor(sum, amount.amountMinor);
	}
	return sum === entry.amount.amountMinor;
}

/** What the details of an entry say besides amounts, as far as a person or the matcher can use it. */
function mergeDetails(details: readonly Detail[], entry: Entry): Detail | undefined {
	if (details.length === 0) return undefined;
	const shown = details.slice(0, MERGED_DETAILS_MAX);
	return {
		line: entry.line,
		amount: undefined,
		references: [...new Set(shown.flatMap((detail) => detail.references))],
		feeMinor: entry.feeMinor,
		text: shown
			.map((detail) => detail.text)
			.filter(Boolean)
			.join(" "),
	};
}

/** Details whose references and texts an entry keeps when it is taken as a whole. */
const MERGED_DETAILS_MAX = 10;
